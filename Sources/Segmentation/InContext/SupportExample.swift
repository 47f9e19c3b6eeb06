// An image with its mask, as an example of what is looked for in others; and what is refused of one.

public import Imaging

/// One example of a task. Of a stack or volume every slice that shows a label becomes an example.
public struct SupportExample: Sendable {
  public var image: Volume
  public var mask: LabelMap

  public init(image: Volume, mask: LabelMap) {
    self.image = image
    self.mask = mask
  }
}

/// Why examples cannot be learned from. Examples are counted from 1.
public enum SupportError: Error, Equatable, CustomStringConvertible {
  case notInContext(String)
  case noExamples
  case otherGrid(example: Int, image: SIMD3<Int>, mask: SIMD3<Int>)
  case nonFinite(example: Int, count: Int)
  case emptyMask(example: Int)
  /// A mask has none of the labels that are looked for.
  case noneOfLabels(example: Int, met: [Int32], expected: [Int32])
  /// A mask shares no label with the others, and nobody said which labels are looked for.
  case strangeLabels(example: Int, met: [Int32], others: [Int32])
  case notALabel(Int32)
  case noExample(of: Int32)
  case constantImage(example: Int)
  case settingInvalid(name: String, met: Int)

  public var description: String {
    switch self {
    case .notInContext(let id):
      "\(id) does not learn from examples; choose a model that does, such as universeg"
    case .noExamples:
      "there are no examples; give at least one image with a mask of what to look for"
    case .otherGrid(let example, let image, let mask):
      "in example \(example) the image has \(Self.text(image)) voxels and the mask "
        + "\(Self.text(mask)); give the mask on the grid of the image"
    case .nonFinite(let example, let count):
      "the image of example \(example) has \(count) NaN or infinite voxels; replace them"
    case .emptyMask(let example):
      "the mask of example \(example) is empty; mark what to look for, or leave the example out"
    case .noneOfLabels(let example, let met, let expected):
      "the mask of example \(example) has the labels \(Self.text(met)) and none of "
        + "\(Self.text(expected)), which are looked for; correct it, or leave the example out"
    case .strangeLabels(let example, let met, let others):
      "the mask of example \(example) has the labels \(Self.text(met)) and the other masks "
        + "\(Self.text(others)); give one value to one structure, or name the labels to look for"
    case .notALabel(let value):
      "\(value) is not a label of a structure; labels are whole numbers above 0"
    case .noExample(let label):
      "no mask of the examples has the label \(label); give an example of it, or do not look for it"
    case .constantImage(let example):
      "the image of example \(example) has one grey value where its mask is; leave the example out"
    case .settingInvalid(let name, let met):
      "\(name) is \(met) where a number of at least 1 is needed"
    }
  }

  private static func text(_ size: SIMD3<Int>) -> String { "\(size.x)×\(size.y)×\(size.z)" }

  /// At most four labels, so that the error stays a line.
  private static func text(_ labels: [Int32]) -> String {
    labels.prefix(4).map(String.init).joined(separator: ", ") + (labels.count > 4 ? ", …" : "")
  }
}

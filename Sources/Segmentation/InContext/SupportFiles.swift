// Examples that lie in files, and refusals that name the file at fault.

public import Datasets
import Imaging

/// The files of one example.
public struct SupportFiles: Sendable, Hashable, Codable {
  public var image: String
  public var mask: String

  public init(image: String, mask: String) {
    self.image = image
    self.mask = mask
  }

  /// Reads image and mask.
  ///
  /// - Parameter description: How the values of the mask are to be read. Voxels that nobody labelled become
  ///   background, and of a mask of 0 and 255 alone 255 becomes 1.
  /// - Returns: Both, each on the grid of its file.
  /// - Throws: `ImagingError`.
  public func read(_ description: DatasetDescription = DatasetDescription()) throws
    -> SupportExample
  {
    let image = try Volume(contentsOf: image)
    var mask = try LabelMap(contentsOf: mask).semantic(description)
    if let ignored = description.ignoredLabel {
      mask.labels = mask.labels.map { $0 == ignored ? 0 : $0 }
    }
    return SupportExample(image: image, mask: mask)
  }
}

/// What is wrong with an example that lies in files.
public struct SupportFileError: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let error: SupportError

  public var description: String { "\(path): \(error)" }

  /// Runs `body`; of an example that is refused in it the file is named.
  ///
  /// - Parameters:
  ///   - files: The files of the examples, in their order.
  ///   - body: What looks at the examples.
  /// - Returns: What `body` returns.
  /// - Throws: ``SupportFileError`` where one file is at fault, else what `body` throws.
  public static func naming<Result>(
    _ files: [SupportFiles], _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let error as SupportError {
      guard let fault = error.fault, files.indices.contains(fault.example - 1) else { throw error }
      let pair = files[fault.example - 1]
      throw SupportFileError(path: fault.isOfImage ? pair.image : pair.mask, error: error)
    }
  }
}

extension SupportError {
  /// The example at fault, counted from 1, and whether it is its image; `nil` when no single one is.
  var fault: (example: Int, isOfImage: Bool)? {
    switch self {
    case .otherGrid(let example, _, _), .emptyMask(let example), .noneOfLabels(let example, _, _),
      .strangeLabels(let example, _, _):
      (example, false)
    case .nonFinite(let example, _), .constantImage(let example): (example, true)
    case .notInContext, .noExamples, .notALabel, .noExample, .settingInvalid: nil
    }
  }
}

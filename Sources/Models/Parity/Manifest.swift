// A parity manifest: what an official implementation computed under weights made by the formula.

import Foundation

/// The part of a manifest that a check needs.
public struct Manifest: Decodable, Sendable {
  public struct TensorEntry: Decodable, Sendable {
    public let name: String
    public let shape: [Int]
    public let generated: Bool
    public let aliasOf: String?

    enum CodingKeys: String, CodingKey {
      case name, shape, generated
      case aliasOf = "alias_of"
    }
  }

  public struct Input: Decodable, Sendable {
    public let name: String
    /// `nil` for a prompt, whose values stand here.
    public let shape: [Int]?
    /// How the values are made: the formula, a change of its range, or "literal".
    public let rule: String?
    let points: [[[Double]]]?
    let labels: [[Int]]?
    /// The same for one image's objects below an axis of images, as EfficientSAM takes them.
    let imagePoints: [[[[Double]]]]?
    let imageLabels: [[[Int]]]?
    let boxes: [[Double]]?
    /// Boxes that the official preparation has already scaled to the network's input.
    let preparedBoxes: [[Double]]?
    let mask: String?

    enum CodingKeys: String, CodingKey {
      case name, shape, rule
      case points = "point_coords_xy"
      case labels = "point_labels"
      case imagePoints = "points"
      case imageLabels = "labels"
      case boxes = "boxes_xyxy"
      case preparedBoxes = "box_1024"
      case mask = "mask_input"
    }
  }

  /// Golden values of one output at flattened indices 0, stride, 2 · stride, …
  public struct Output: Decodable, Sendable {
    public let name: String
    public let shape: [Int]
    public let stride: Int
    public let values: [Double]
  }

  /// The published weights on a larger input.
  public struct RealCheckpoint: Decodable, Sendable {
    public struct AbsoluteInput: Decodable, Sendable {
      public let outputs: [Output]
    }

    public let sha256: String
    public let input: Input
    public let outputs: [Output]
    public let absoluteInput: AbsoluteInput?

    enum CodingKeys: String, CodingKey {
      case sha256, input, outputs
      case absoluteInput = "outputs_abs_input"
    }
  }

  public let id: String
  public let parameters: Int
  public let tensors: [TensorEntry]
  public let inputs: [Input]
  public let outputs: [Output]
  public let realCheckpoint: RealCheckpoint?

  enum CodingKeys: String, CodingKey {
    case id, parameters, tensors, inputs, outputs
    case realCheckpoint = "real_checkpoint"
  }

  /// Reads a manifest; throws `ModelError.badManifest` when the file is something else.
  public init(contentsOf path: String) throws {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      self = try JSONDecoder().decode(Manifest.self, from: data)
    } catch let error as DecodingError {
      throw ModelError.badManifest(path: path, reason: error.oneLine)
    } catch {
      throw ModelError.badManifest(path: path, reason: "it cannot be read")
    }
    if let defect { throw ModelError.badManifest(path: path, reason: defect) }
  }
}

extension DecodingError {
  /// Where and what, without Foundation's nested description.
  fileprivate var oneLine: String {
    switch self {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")) has another type"
    default: "it is not JSON"
    }
  }
}

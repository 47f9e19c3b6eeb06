// What trained weights have seen and what that took: the file beside them, for honesty and for budgets.

public import Datasets
import Foundation
import Imaging

/// What is known of the images that weights were trained on: `WEIGHTS.provenance.json`.
public struct Provenance: Codable, Sendable, Equatable {
  /// What an image was used for.
  public enum Use: String, Codable, Sendable {
    /// The weights were fitted to it.
    case training
    /// Its score stopped the training or chose the weights.
    case validation
  }

  public struct Image: Codable, Sendable, Equatable {
    /// Name of the case in its dataset; channels in files of their own share one.
    public let `case`: String?
    public let sha256: String
    public let fingerprint: ImageFingerprint?
    public let patient: String?
    /// Training where nothing is said.
    public let use: Use?

    public init(
      case name: String? = nil, sha256: String, fingerprint: ImageFingerprint?,
      patient: String? = nil, use: Use? = nil
    ) {
      self.case = name
      self.sha256 = sha256
      self.fingerprint = fingerprint
      self.patient = patient
      self.use = use
    }
  }

  public var dataset: String
  /// What the weights are called in tables.
  public var name: String?
  /// Weights with one curve differ only in how much they were trained on: points of a learning curve.
  public var curve: String?
  /// Labelled cases that the weights were fitted to.
  public var trainingCount: Int?
  /// Wall-clock minutes of the training.
  public var trainingMinutes: Double?
  public var images: [Image]

  public init(
    dataset: String, images: [Image], name: String? = nil, curve: String? = nil,
    trainingCount: Int? = nil, trainingMinutes: Double? = nil
  ) {
    self.dataset = dataset
    self.images = images
    self.name = name
    self.curve = curve
    self.trainingCount = trainingCount
    self.trainingMinutes = trainingMinutes
  }

  /// Hashes the images of cases.
  ///
  /// - Parameters:
  ///   - dataset: Name of the dataset that the cases are from.
  ///   - training: Cases that the weights were fitted to.
  ///   - validation: Cases whose score stopped the training or chose the weights; none where it only
  ///     watched.
  ///   - minutes: Wall-clock minutes of the training.
  ///   - name: What the weights are to be called in tables.
  ///   - curve: What weights trained on more or fewer cases have in common.
  /// - Throws: `ImagingError` and errors of files that cannot be read.
  public init(
    dataset: String, training: [DatasetCase], validation: [DatasetCase] = [], minutes: Double?,
    name: String? = nil, curve: String? = nil
  ) throws {
    let used = training.map { ($0, Use.training) } + validation.map { ($0, Use.validation) }
    let images = try CaseWorkers.map(used.count) { index in
      let (item, use) = used[index]
      return try item.images.map { path in
        Image(
          case: item.id, sha256: try ModelStore.sha256(ofFile: path),
          fingerprint: ImageFingerprint(try Volume(contentsOf: path)), patient: item.patient,
          use: use)
      }
    }
    self.init(
      dataset: dataset, images: images.flatMap(\.self), name: name, curve: curve,
      trainingCount: training.count, trainingMinutes: minutes)
  }

  /// Where the file that goes with weights lies.
  public static func path(beside weights: String) -> String { weights + ".provenance.json" }

  /// Writes the file that goes with weights.
  ///
  /// - Throws: `CocoaError` where the file cannot be written
  public func write(beside weights: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self)
      .write(to: URL(fileURLWithPath: Self.path(beside: weights)), options: .atomic)
  }

  /// The file that goes with weights; nil when there is none.
  ///
  /// - Throws: `DecodingError` for a damaged one
  public init?(beside weights: String) throws {
    guard let data = FileManager.default.contents(atPath: Self.path(beside: weights)) else {
      return nil
    }
    self = try JSONDecoder().decode(Provenance.self, from: data)
  }

  /// Cases that the weights were fitted to, each by its name, else by its image.
  public var trainingCases: Set<String> {
    Set(images.filter { $0.use != .validation }.map { $0.case ?? $0.sha256 })
  }

  /// Whether every case is listed, so that one that is not listed was not seen, though it is of the same
  /// dataset.
  public var isComplete: Bool { trainingCount.map { $0 > 0 && trainingCases.count >= $0 } ?? false }
}

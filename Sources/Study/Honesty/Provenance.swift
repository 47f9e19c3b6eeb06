// What trained weights have seen and what that took: the file beside them, for honesty and for budgets.

import Crypto
public import Datasets
import Foundation
import Imaging
import Segmentation

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
  /// - Throws: ``StudyError/cannotWrite(path:reason:)``
  public func write(beside weights: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try StudyFolder.write(try encoder.encode(self), to: Self.path(beside: weights))
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
  var trainingCases: Set<String> {
    Set(images.filter { $0.use != .validation }.map { $0.case ?? $0.sha256 })
  }

  /// Whether every case is listed, so that one that is not listed was not seen, though it is of the same
  /// dataset.
  var isComplete: Bool { trainingCount.map { $0 > 0 && trainingCases.count >= $0 } ?? false }
}

/// What the training of a participant took.
struct TrainingBudget: Equatable {
  /// Labelled cases, once.
  var cases: Int
  /// Wall-clock minutes, once.
  var minutes: Double?
  /// The learning curve that it is a point of.
  var curve: String
}

extension StudyPlan.Participant {
  /// Checkpoints of a trained model, or the file of weights.
  var weightFiles: [String] { trained?.checkpoints ?? [weights].compactMap(\.self) }

  /// What lies beside its weights; a damaged file has been refused when the study was planned.
  var provenances: [Provenance] { weightFiles.compactMap { try? Provenance(beside: $0) } }

  /// What its training took, where the files beside all its weights say so: the cases of all folds
  /// together, and their minutes added.
  var budget: TrainingBudget? {
    let all = provenances
    guard let first = all.first, all.count == weightFiles.count else { return nil }
    let listed = all.reduce(into: Set<String>()) { $0.formUnion($1.trainingCases) }.count
    let stated = all.compactMap(\.trainingCount).max() ?? 0
    guard max(listed, stated) > 0 else { return nil }
    let minutes = all.compactMap(\.trainingMinutes)
    let curve = first.curve ?? trained.map { "nnU-Net \($0.configuration)" } ?? entrant.model
    return TrainingBudget(
      cases: max(listed, stated),
      minutes: minutes.count == all.count ? minutes.reduce(0, +) : nil, curve: curve ?? name)
  }
}

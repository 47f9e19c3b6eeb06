// What is written down of a participant's answers to a case, as soon as they are scored: what a run that was
// killed goes on from.

import Crypto
import Foundation
public import Metrics
public import Models
public import Prompts

/// Scores and costs of one participant on one case.
public struct CaseRecord: Codable, Sendable, Equatable {
  /// The scores of one label; a metric that is undefined here has the value nil.
  public struct LabelScores: Codable, Sendable, Equatable {
    public let label: Int32
    /// Whether the reference contains it, and whether the answer does.
    public let isReferenced: Bool
    public let isPredicted: Bool
    public let values: [String: Double?]
  }

  /// One level of prompts.
  public struct Level: Codable, Sendable, Equatable {
    public let level: PromptLevel
    public let scores: [LabelScores]
    /// Why there is no answer at this level; nil when there is one.
    public let failure: String?
    /// Clicks, corners and strokes.
    public let interactions: Int
    /// How often the parts of a network ran.
    let work: Work
    /// Labelled cases that were shown.
    public let examples: Int
    /// Path of the mask below the study's folder.
    public let mask: String
    /// Wall-clock seconds, stage by stage.
    public let seconds: [String: Double]
    public let cpuSeconds: Double
    /// How often stated probabilities came true; nil where none are stated.
    public let calibration: Calibration?
  }

  /// Decides whether a record still holds: a hash of everything that its scores depend on.
  public let key: String
  public let participant: String
  public let caseID: String
  public let levels: [Level]
  /// Why there is no answer; nil when there is one.
  public let failure: String?
  /// Largest resident memory of the participant's own process during the answer, in bytes, with what it held
  /// before; scoring is not in it where the system lets the counter be set back.
  public let peakMemory: Int
  /// Joules of the whole machine during the answer; nil where they cannot be read.
  public let joules: Double?
  public let operations: RegisteredModel.Operations?
  public let parameters: Int?
  /// What products were computed in.
  public let precision: String?

  /// Whether there is no answer at any level.
  var isFailure: Bool { failure != nil }

  /// What it says of a level; nil when the case failed.
  func at(_ level: PromptLevel) -> Level? { levels.first { $0.level == level } }

  /// Why there is no answer at a level; nil when there is one.
  func failure(at level: PromptLevel) -> String? { failure ?? at(level)?.failure }
}

extension StudyPlan {
  /// Everything that the scores of a participant on a case depend on, as a hash. What only tells about them
  /// (attributes, provenance, what was given) is not in it, so that a new column costs no run.
  func key(of participant: Participant, _ item: Case, version: String) throws -> String {
    struct Content: Encodable {
      let version: String
      let model: String?
      let weights: String?
      let levels: [PromptLevel]
      let table: ByLabel<Int32>
      let mask: String?
      let caseID: String
      let image: String
      let reference: String
      let labels: [Label]
      let declared: ByLabel<String>
      let instances: Bool
      let ignored: Int32?
      let objects: StudyProtocol.Objects
      let metrics: [String]
      let options: MetricOptions
      let precision: String
      let seed: UInt64
      let training: [String]
    }
    let content = Content(
      version: version, model: participant.entrant.model,
      weights: participant.isUntrained ? "untrained" : participant.weightsHash,
      levels: participant.levels, table: participant.labels,
      mask: participant.files[item.id]?.sha256, caseID: item.id,
      image: ([item.imageHash] + item.furtherChannels.map(\.sha256)).joined(separator: " "),
      reference: item.referenceHash, labels: labels, declared: declared, instances: instances,
      ignored: ignored, objects: study.objects, metrics: study.metrics, options: study.options,
      precision: study.precision, seed: study.seed,
      training: participant.learns
        ? training(for: item).map { other in
          // Who looks at masks alone keeps its records when an image changes.
          "\(other.id) \(other.referenceHash)"
            + (participant.kind == .inContext ? " \(other.imageHash)" : "")
        } : [])
    return SHA256.hash(data: try StudyFolder.encoder.encode(content))
      .map { String(format: "%02x", $0) }.joined()
  }
}

extension StudyPlan {
  /// SHA-256 of the protocol.
  var digest: String {
    let text = (try? study.yaml()) ?? ""
    return SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
  }
}

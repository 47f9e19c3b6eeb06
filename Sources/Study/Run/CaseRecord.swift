// What is written down of a participant's answers to a case, as soon as they are scored: what a run that was
// killed goes on from.

import Crypto
public import Foundation
public import Metrics
public import Models
public import Prompts

/// Scores and costs of one participant on one case.
public struct CaseRecord: Codable, Sendable, Equatable {
  /// The scores of one label; a metric that is undefined here has the value nil.
  public struct LabelScores: Codable, Sendable, Equatable {
    public let label: Int32
    public let values: [String: Double?]
  }

  /// One level of prompts.
  public struct Level: Codable, Sendable, Equatable {
    public let level: PromptLevel
    public let scores: [LabelScores]
    /// Clicks, corners and strokes.
    public let interactions: Int
    public let objects: Int
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
  /// Largest resident memory of the participant's own process so far, in bytes.
  public let peakMemory: Int
  /// Joules of the whole machine during the answer; nil where they cannot be read.
  public let joules: Double?
  public let operations: RegisteredModel.Operations?
  public let parameters: Int?
  /// What products were computed in.
  public let precision: String?

  /// The same record without what differs from run to run.
  var isFailure: Bool { failure != nil }
}

extension StudyPlan {
  /// Everything that the scores of a participant on a case depend on, as a hash.
  func key(of participant: Participant, _ item: Case, version: String) throws -> String {
    struct Content: Encodable {
      let version: String
      let participant: Participant
      let item: Case
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
    let learns = participant.kind == .baseline
    let content = Content(
      version: version, participant: participant, item: item, labels: labels, declared: declared,
      instances: instances, ignored: ignored, objects: study.objects, metrics: study.metrics,
      options: study.options, precision: study.precision, seed: study.seed,
      training: learns ? training(for: item).map(\.referenceHash) : [])
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

// What a participant answers to one case at one level of prompts, before it is scored.

import Imaging
import Prompts
import Segmentation

/// An answer on the grid of the image.
struct CaseAnswer: Sendable {
  let level: PromptLevel
  /// Values of the dataset's labels.
  var labels: [Int32]
  /// Numbers of objects, where the participant tells objects apart.
  var instances: [Int32]?
  /// Probability of the only label, where the participant states it.
  var probabilities: [Float]?
  /// Why there is no answer at this level; what it holds otherwise does not count then.
  var failure: String?
  /// Clicks, corners and strokes that were given.
  var interactions = 0
  /// Labelled cases that were shown to the participant.
  var examples = 0
  /// How often the parts of a network ran.
  var work = Work()
  /// Wall-clock seconds, stage by stage, and seconds of all cores together.
  var meter = StageMeter()
  /// Shapes that a dense network read, or one of an in-context network's, whose runs are counted in `work`.
  var inputs: [[Int]] = []
}

/// How often the parts of a network ran.
struct Work: Sendable, Codable, Equatable {
  /// Images or slices that were read; of an in-context network once for each label.
  var imagesRead = 0
  var promptsDecoded = 0
  /// Examples that were read, once for each reading of an image; nil for networks that take none.
  var examplesRead: Int?
}

/// Anything that answers cases.
protocol Contestant {
  /// Answers at all its levels; an answer of a promptable network shares its reading of the image.
  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer]
}

/// Measures wall-clock and core seconds of a stage together.
struct StageMeter: Sendable {
  var stopwatch = Stopwatch()
  var cpuSeconds = 0.0

  mutating func measure<Result>(_ stage: String, _ body: () throws -> Result) rethrows -> Result {
    let before = Usage.cpuSeconds
    defer { cpuSeconds += Usage.cpuSeconds - before }
    return try stopwatch.measure(stage, body)
  }

  mutating func add(_ other: StageMeter) {
    stopwatch.add(other.stopwatch)
    cpuSeconds += other.cpuSeconds
  }
}

/// An error in one line.
func oneLine(_ error: any Error) -> String {
  String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
}

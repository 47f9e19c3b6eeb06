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
  /// Clicks, corners and strokes that were given.
  var interactions = 0
  /// Objects that were pointed at.
  var objects = 0
  /// Labelled cases that were shown to the participant.
  var examples = 0
  /// Wall-clock seconds, stage by stage.
  var stopwatch = Stopwatch()
  /// Seconds of all cores together.
  var cpuSeconds = 0.0
  /// Shapes that a dense network read.
  var inputs: [[Int]] = []
}

/// Anything that answers cases.
protocol Contestant {
  /// Answers at all its levels; an answer of a promptable network shares its reading of the image.
  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer]
}

/// Measures wall-clock and core seconds of a stage together.
struct StageMeter {
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

// The loop on a problem of three numbers: resuming, stopping, and what goes wrong.

import Datasets
import Foundation
import Tensors
import TestSupport
import Testing
import Weights

@testable import Training

/// Pulls a vector towards a target that shakes with the number of the step.
private final class Pull: TrainingProblem {
  struct Cut: Error {}

  let parameters: Parameters
  /// The step before which the power fails.
  var cut: Int?
  var brokenStep: Int?
  var dice: (Int) -> Double = { 1 - 1 / Double($0 + 2) }
  private(set) var asked: [Int] = []
  private(set) var begun: [Int] = []

  init(cut: Int? = nil, brokenStep: Int? = nil) throws {
    parameters = Parameters(names: ["w"], tensors: [try Tensor([3, -2, 5] as [Float], shape: [3])])
    self.cut = cut
    self.brokenStep = brokenStep
  }

  func begin(step: Int, epoch: Int) throws { begun = [step, epoch] }

  func gradients(step: Int) throws -> StepOutcome {
    if step == cut { throw Cut() }
    asked.append(step)
    var random = CounterRandom(seed: 7, step: step)
    let target = try Tensor((0..<3).map { _ in Float(random.normal()) }, shape: [3])
    let difference = try parameters.tensors[0] - target
    let loss = try (difference * difference).sum().item()
    return StepOutcome(
      loss: step == brokenStep ? .nan : loss, gradients: [try difference * 2],
      cases: ["case \(step)"])
  }

  func validate(epoch: Int) throws -> ValidationOutcome {
    ValidationOutcome(loss: 1, dice: [dice(epoch), nil])
  }
}

@Suite struct TrainingLoopTests {
  private func loop(
    _ folder: String, epochs: Int = 4, patience: Int? = nil, average: Double? = 0.9,
    identity: String = "one"
  ) throws -> TrainingLoop {
    var optimiser = OptimiserSettings.adamW
    optimiser.averageDecay = average
    return try TrainingLoop(
      settings: .init(epochs: epochs, stepsPerEpoch: 5, optimiser: optimiser, patience: patience),
      folder: folder, metadata: ["plans": "{}"], identity: identity)
  }

  private func bytes(_ loop: TrainingLoop, _ name: String) -> Data? {
    FileManager.default.contents(atPath: loop.checkpoint(name))
  }

  @Test(arguments: [0, 1, 4, 5, 9, 12, 19])
  func aTrainingThatWasCutEndsWithTheSameBits(cut: Int) throws {
    try Temporary.withFolder { folder in
      let whole = try loop(folder + "/whole")
      try whole.run(Pull())
      let resumed = try loop(folder + "/cut")
      #expect(throws: Pull.Cut.self) { try resumed.run(Pull(cut: cut)) }
      let second = try Pull()
      let state = try resumed.run(second)
      // Whole epochs are kept, the one that was cut is done again.
      #expect(second.begun == [cut / 5 * 5, cut / 5])
      #expect(second.asked == Array(cut / 5 * 5..<20))
      #expect(state.history.epochs.map(\.number) == [0, 1, 2, 3])
      for name in ["best", "final"] {
        #expect(bytes(whole, name) != nil)
        #expect(bytes(whole, name) == bytes(resumed, name), "\(name)")
      }
      let file = try WeightFile(contentsOf: resumed.checkpoint("final"))
      #expect(file.metadata == ["plans": "{}"])
      #expect(try file.stateDict().names == ["w"])
    }
  }

  @Test func aFinishedTrainingIsLeftAlone() throws {
    try Temporary.withFolder { folder in
      let loop = try loop(folder)
      try loop.run(Pull())
      let again = try Pull()
      let state = try loop.run(again)
      #expect(again.asked.isEmpty && again.begun.isEmpty)
      #expect(state.step == 20)
    }
  }

  @Test func theBestCheckpointIsThatOfTheHighestSmoothedDice() throws {
    try Temporary.withFolder { folder in
      let loop = try loop(folder, average: nil)
      let problem = try Pull()
      problem.dice = { $0 == 1 ? 0.9 : 0.1 }
      let state = try loop.run(problem)
      #expect(state.history.best?.number == 1)
      #expect(bytes(loop, "best") != bytes(loop, "final"))
    }
  }

  @Test func patienceStopsATrainingThatGainsNothing() throws {
    try Temporary.withFolder { folder in
      let loop = try loop(folder, epochs: 50, patience: 3)
      let problem = try Pull()
      problem.dice = { $0 < 2 ? 0.5 + Double($0) / 10 : 0.1 }
      let state = try loop.run(problem)
      #expect(state.isStoppedEarly)
      #expect(state.history.epochs.count == 5)
      #expect(bytes(loop, "final") != nil)
      let again = try Pull()
      try loop.run(again)
      #expect(again.asked.isEmpty)
    }
  }

  @Test func aLossThatIsNoNumberStopsWithCaseStepAndCheckpoint() throws {
    try Temporary.withFolder { folder in
      let loop = try loop(folder)
      let problem = try Pull(brokenStep: 7)
      let error = #expect(throws: TrainingError.self) { try loop.run(problem) }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("step 7") && text.contains("case 7") && text.contains("nan"))
      #expect(text.contains(loop.checkpoint("latest")))
      #expect(bytes(loop, "final") == nil)
      // The data are mended and it goes on after the last whole epoch.
      let mended = try Pull()
      try loop.run(mended)
      #expect(mended.begun == [5, 1])
    }
  }

  @Test func aCheckpointOfAnotherTrainingIsRefused() throws {
    try Temporary.withFolder { folder in
      try loop(folder).run(Pull())
      let other = try loop(folder, identity: "two")
      let error = #expect(throws: TrainingError.self) { try other.run(Pull()) }
      #expect("\(error as Any)".contains("other settings"))
    }
  }

  @Test func aDamagedCheckpointIsNamed() throws {
    try Temporary.withFolder { folder in
      let loop = try loop(folder)
      try loop.run(Pull())
      let path = loop.checkpoint("latest")
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      try data.prefix(data.count - 9).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: TrainingError.self) { try loop.run(Pull()) }
      #expect("\(error as Any)".contains("checkpoint_latest"))
    }
  }

  @Test func aCheckpointThatCannotBeWrittenLeavesTheOneBefore() throws {
    try Temporary.withFolder { folder in
      let loop = try loop(folder, average: nil)
      let problem = try Pull()
      let error = #expect(throws: TrainingError.self) {
        try loop.run(problem) { event in
          // A folder where the best checkpoint should go cannot be replaced by a file.
          guard case .step(let report) = event, report.done == 6 else { return }
          try FileManager.default.removeItem(atPath: loop.checkpoint("best"))
          try FileManager.default.createDirectory(
            atPath: loop.checkpoint("best") + "/x", withIntermediateDirectories: true)
        }
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("checkpoint_best") && text.contains("is whole"))
      try FileManager.default.removeItem(atPath: loop.checkpoint("best"))
      let again = try Pull()
      try loop.run(again)
      #expect(again.begun == [10, 2])
    }
  }
}

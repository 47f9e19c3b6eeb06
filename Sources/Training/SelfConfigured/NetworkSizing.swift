// How large a network may be that has hours, not days, on the processor at hand.

internal import Datasets
internal import Foundation
internal import Planning
internal import Tensors

/// Chooses channels, samples and patch so that a training of some hours makes enough steps.
///
/// nnU-Net's own plan is taken where it does. Else narrower networks, fewer samples and smaller patches are
/// tried, the richest first that is fast enough; the pace of each is measured on noise. What is chosen is
/// written into `plans.json`, as if it had been asked for.
struct NetworkSizing {
  /// Fewer steps than this teach little: nnU-Net's schedule has 250,000.
  static let enoughSteps = 2000.0

  let training: SelfConfiguredTraining
  let fingerprint: Fingerprint
  let seconds: Double

  /// - Returns: the plan of the richest network that is fast enough, or of the leanest.
  /// - Throws: `PlanningError`, or `TensorError` where memory is short
  func plans() throws -> Plans {
    let candidates = try candidates()
    guard var chosen = candidates.first else { return try plans(nil) }
    var known: (pace: Double, cost: Double)?
    for candidate in candidates {
      // A network that must be far too slow is not even tried.
      let expected = known.map { $0.pace * candidate.cost / $0.cost } ?? 0
      if expected > 2 * slowest { break }
      let pace = try pace(of: candidate)
      if known != nil, pace > slowest { break }
      (chosen, known) = (candidate, (pace, candidate.cost))
    }
    return chosen.plans
  }

  /// Seconds that a step may take.
  private var slowest: Double { seconds / Self.enoughSteps }

  private struct Candidate {
    let plans: Plans
    let name: String
    let configuration: PlannedConfiguration

    /// Multiplications of a step, up to a factor.
    var cost: Double {
      let network = configuration.architecture
      var voxels = Double(configuration.batchSize * configuration.patchSize.reduce(1, *))
      var sum = 0.0
      for (stage, features) in network.features.enumerated() {
        voxels /= Double(network.strides[stage].reduce(1, *))
        let taps = Double(network.kernels[stage].reduce(1, *))
        sum += voxels * taps * Double(features * features * network.encoderBlocks[stage])
      }
      return sum
    }
  }

  /// The leanest first.
  private func candidates() throws -> [Candidate] {
    let whole = try candidate(nil)
    let isFlat = whole.configuration.patchSize.count == 2
    let planned = whole.configuration.batchSize
    let few = min(planned, isFlat ? 4 : 2)
    let (small, medium): (Int, Int) = isFlat ? (16_384, 65_536) : (64_000, 262_144)
    func budget(_ features: Int, _ voxels: Int?) -> Planner.Budget {
      Planner.Budget(baseFeatures: features, batchSize: few, maxPatchVoxels: voxels)
    }
    let budgets = [
      budget(8, small), budget(16, small), budget(16, medium), budget(32, medium), budget(32, nil),
    ]
    var result: [Candidate] = []
    for next in try budgets.map(candidate) + [whole]
    where result.last.map({ next.cost > $0.cost }) ?? true {
      result.append(next)
    }
    return result
  }

  private func candidate(_ budget: Planner.Budget?) throws -> Candidate {
    let plans = try plans(budget)
    let name = try training.configurationName(in: plans)
    return Candidate(plans: plans, name: name, configuration: try plans.configuration(name))
  }

  private func plans(_ budget: Planner.Budget?) throws -> Plans {
    var planner = try training.request.makePlanner()
    planner.budget = budget
    return try planner.plan(
      fingerprint, training.dataset.description, datasetName: training.dataset.name)
  }

  /// The shorter of two steps on noise, without batches and losses, which cost little.
  private func pace(of candidate: Candidate) throws -> Double {
    let setup = try FoldSetup(
      training, plans: candidate.plans, configurationName: candidate.name)
    let network = try setup.makeNetwork()
    let shape = [
      candidate.configuration.batchSize, setup.dataset.inputChannels(isCascade: setup.isCascade),
    ]
    let image = try RandomGenerator(seed: 0).normal(shape + candidate.configuration.patchSize)
    return try (0..<2).map { _ in
      let begun = ContinuousClock.now
      _ = try network.gradients(image) { scores in
        try scores.dropFirst().reduce((scores[0] * scores[0]).mean()) { try $0 + ($1 * $1).mean() }
      }
      return (ContinuousClock.now - begun) / .seconds(1)
    }.min() ?? .infinity
  }
}

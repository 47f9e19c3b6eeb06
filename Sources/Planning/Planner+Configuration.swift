// One configuration: the largest patch that fits the memory, its network, and how many patches go in a batch.

import Foundation

extension Planner {
  /// Plans for a voxel size.
  ///
  /// - Parameters:
  ///   - name: "2d", "3d_fullres" or "3d_lowres"
  ///   - spacing: two or three numbers in mm
  ///   - shape: median size of the images at that spacing, in voxels
  ///   - voxels: of all training images together
  ///   - data: what else is known of the dataset
  /// - Returns: a configuration without batch Dice and without other stages
  /// - Throws: ``PlanningError/memoryTooSmall(configuration:gigabytes:)``
  func configuration(
    _ name: String, spacing: [Double], shape: [Double], voxels: Double, _ data: PlanningData
  ) throws -> PlannedConfiguration {
    let isFlat = spacing.count == 2
    let constants = constants
    let gigabytes = memoryGB ?? constants.referenceGB
    let reference =
      (isFlat ? constants.reference2D : constants.reference3D)
      * (gigabytes / constants.referenceGB)
    let referenceBatch: Double = isFlat ? 12 : 2

    var topology = Topology(
      spacing: spacing, patchSize: zip(Self.startingPatch(spacing), shape).map(min))
    var network = architecture(topology)
    var estimate = Self.estimate(network, topology, data)
    while isTooLarge(estimate, reference, referenceBatch) || exceedsBudget(topology.patchSize) {
      guard let smaller = Self.shortened(topology, spacing: spacing, shape: shape) else {
        throw PlanningError.memoryTooSmall(configuration: name, gigabytes: gigabytes)
      }
      topology = smaller
      network = architecture(topology)
      estimate = Self.estimate(network, topology, data)
    }

    let fitting = (reference / estimate * referenceBatch).rounded(.toNearestOrEven)
    let share =
      (voxels * (largestBatchShare ?? constants.largestShare)
      / Double(topology.patchSize.reduce(1, *)))
      .rounded(.toNearestOrEven)
    let batch = max(min(fitting, share), 2)
    return PlannedConfiguration(
      dataIdentifier: dataIdentifier(name),
      batchSize: max(1, budget?.batchSize ?? Int(min(batch, 1e9))),
      patchSize: topology.patchSize, medianImageSize: shape, spacing: spacing,
      normalisation: data.normalisation, usesMaskForNormalisation: data.usesMask,
      architecture: network, batchDice: false)
  }

  /// As long along each axis in mm, and certainly too large: 256³ voxels, or 2048² pixels.
  private static func startingPatch(_ spacing: [Double]) -> [Double] {
    let aspect = spacing.map { 1 / $0 }
    let edge: Double = spacing.count == 3 ? 256 : 2048
    let axes = Double(spacing.count)
    let scale = pow(pow(edge, axes) / aspect.reduce(1, *), 1 / axes)
    return aspect.map { ($0 * scale).rounded(.toNearestOrEven) }
  }

  private static func estimate(
    _ network: PlannedArchitecture, _ topology: Topology, _ data: PlanningData
  ) -> Double {
    Double(
      MemoryEstimate.featureValues(
        network, patchSize: topology.patchSize, classes: data.classes))
  }

  /// Plain networks are asked to fit two samples, residual ones a single one, as nnU-Net does.
  private func isTooLarge(_ estimate: Double, _ reference: Double, _ batch: Double) -> Bool {
    kind == .plain ? estimate / batch * 2 > reference : estimate > reference
  }

  private func exceedsBudget(_ patch: [Int]) -> Bool {
    budget?.maxPatchVoxels.map { patch.reduce(1, *) > max(1, $0) } ?? false
  }

  /// The next smaller patch: one step less along the axis that covers most of the image.
  private static func shortened(
    _ topology: Topology, spacing: [Double], shape: [Double]
  ) -> Topology? {
    let covered = topology.patchSize.indices.map { Double(topology.patchSize[$0]) / shape[$0] }
    let axis = covered.indices.max { (covered[$0], $0) < (covered[$1], $1) } ?? 0
    var patch = topology.patchSize.map(Double.init)
    // A shorter patch may be pooled less often and then allows a smaller step, as 256 → 224 with 32 for 64.
    var trial = patch
    trial[axis] -= Double(topology.divisors[axis])
    guard trial[axis] > 0 else { return nil }
    patch[axis] -= Double(Topology(spacing: spacing, patchSize: trial).divisors[axis])
    guard patch[axis] >= 1 else { return nil }
    return Topology(spacing: spacing, patchSize: patch)
  }

  private func architecture(_ topology: Topology) -> PlannedArchitecture {
    let stages = topology.strides.count
    let isFlat = topology.patchSize.count == 2
    let base = max(1, budget?.baseFeatures ?? 32)
    let cap = max(1, (isFlat ? 512 : 320) * base / 32)
    let residualBlocks = [1, 3, 4] + Array(repeating: 6, count: max(0, stages - 3))
    let isPlain = kind == .plain
    return PlannedArchitecture(
      kind: isPlain ? .plain : .residualEncoder,
      features: PlannedArchitecture.features(base: base, cap: cap, stages: stages),
      kernels: topology.kernels, strides: topology.strides,
      encoderBlocks: isPlain
        ? Array(repeating: 2, count: stages) : Array(residualBlocks.prefix(stages)),
      decoderConvolutions: Array(repeating: isPlain ? 2 : 1, count: stages - 1))
  }
}

// What must hold for plans of any data, and what our own limits change about them.

import Datasets
import Planning
import Testing

@Suite struct PlannerRuleTests {
  /// Counts of dynamic_network_architectures 0.4.4 for the networks by which nnU-Net calibrated itself; they
  /// include the coarser outputs of deep supervision, which its planner leaves out.
  @Test func countsFeatureValuesAsNNUNet() {
    let volume = PlannedArchitecture(
      kind: .residualEncoder, features: [32, 64, 128, 256, 320, 320],
      kernels: Array(repeating: [3, 3, 3], count: 6),
      strides: [[1, 1, 1]] + Array(repeating: [2, 2, 2], count: 5),
      encoderBlocks: [1, 3, 4, 6, 6, 6], decoderConvolutions: [1, 1, 1, 1, 1])
    let coarser = 3 * [64, 32, 16, 8].map { $0 * $0 * $0 }.reduce(0, +)
    #expect(
      MemoryEstimate.featureValues(volume, patchSize: [128, 128, 128], classes: 3) + coarser
        == 558_319_104)
    let flat = PlannedArchitecture(
      kind: .residualEncoder, features: [32, 64, 128, 256, 512, 512, 512],
      kernels: Array(repeating: [3, 3], count: 7),
      strides: [[1, 1]] + Array(repeating: [2, 2], count: 6),
      encoderBlocks: [1, 3, 4, 6, 6, 6, 6], decoderConvolutions: [1, 1, 1, 1, 1, 1])
    let flatter = 3 * [256, 128, 64, 32, 16].map { $0 * $0 }.reduce(0, +)
    #expect(
      MemoryEstimate.featureValues(flat, patchSize: [512, 512], classes: 3) + flatter
        == 129_793_792)
  }

  @Test func topologyHoldsItsPromises() {
    var random = SeededRandom(state: 7)
    for _ in 0..<400 {
      let axes = Bool.random(using: &random) ? 3 : 2
      let spacing = (0..<axes).map { _ in Double.random(in: 0.2...8, using: &random) }
      let patch = (0..<axes).map { _ in Double(Int.random(in: 1...400, using: &random)) }
      let topology = Topology(spacing: spacing, patchSize: patch)
      #expect(topology.strides.count == topology.kernels.count)
      #expect(topology.strides[0].allSatisfy { $0 == 1 })
      #expect(topology.kernels.last?.allSatisfy { $0 == 3 } == true)
      for axis in 0..<axes {
        let total = topology.strides.map { $0[axis] }.reduce(1, *)
        #expect(total == topology.divisors[axis])
        #expect(topology.patchSize[axis] % total == 0)
        #expect(Double(topology.patchSize[axis]) >= patch[axis])
        #expect(Double(topology.patchSize[axis] - total) < patch[axis])
        #expect(total == 1 || topology.patchSize[axis] / total >= 4)
        // Once a convolution looks along an axis it goes on to do so.
        let kernels = topology.kernels.map { $0[axis] }
        #expect(kernels == kernels.sorted() && Set(kernels).isSubset(of: [1, 3]))
      }
    }
  }

  @Test func aBudgetOfNNUNetsOwnNumbersChangesNothing() throws {
    let (fingerprint, description) = Self.dataset([1, 1, 1], [200, 220, 180])
    let plain = try Planner().plan(fingerprint, description)
    let same = try Planner(budget: .init()).plan(fingerprint, description)
    #expect(plain == same)
  }

  @Test(arguments: [8, 16, 32], [4096, 32_768, 262_144])
  func aBudgetLimitsPatchAndNetwork(base: Int, voxels: Int) throws {
    let (fingerprint, description) = Self.dataset([3, 0.8, 0.8], [90, 400, 380])
    let budget = Planner.Budget(baseFeatures: base, batchSize: 3, maxPatchVoxels: voxels)
    let free = try Planner().plan(fingerprint, description)
    let plans = try Planner(budget: budget).plan(fingerprint, description)
    for (name, entry) in plans.configurations {
      let met = entry.configuration
      #expect(met.batchSize == 3)
      #expect(met.patchSize.reduce(1, *) <= voxels)
      #expect(met.architecture.features[0] == base)
      #expect(met.architecture.features.max() ?? 0 <= (met.dimensions == 2 ? 16 : 10) * base)
      for (patch, stride) in zip(met.patchSize, met.architecture.strides.reduce([1, 1, 1], times)) {
        #expect(patch % stride == 0)
      }
      guard name != "3d_lowres", let original = free.configurations[name] else { continue }
      #expect(met.spacing == original.configuration.spacing)
    }
  }

  @Test func lessMemoryNeverMeansALargerPatch() throws {
    let (fingerprint, description) = Self.dataset([1, 1, 1], [300, 300, 300])
    var last = 0
    for gigabytes in [0.25, 0.5, 1, 2, 4, 8, 16, 24, 40] {
      let plans = try Planner(memoryGB: gigabytes).plan(fingerprint, description)
      let patch = try plans.configuration("3d_fullres").patchSize.reduce(1, *)
      #expect(patch >= last)
      last = patch
    }
  }

  @Test func refusesWhatCannotBePlanned() {
    let (fingerprint, description) = Self.dataset([1, 1, 1], [60, 60, 60])
    #expect(throws: PlanningError.memoryTooSmall(configuration: "2d", gigabytes: 0)) {
      try Planner(memoryGB: 0).plan(fingerprint, description)
    }
    var broken = fingerprint
    broken.spacings = [[1, 0, 1]]
    #expect(throws: PlanningError.self) { try Planner().plan(broken, description) }
    broken.spacings = []
    broken.shapesAfterCrop = []
    #expect(throws: PlanningError.self) { try Planner().plan(broken, description) }
  }

  @Test func normalisationFollowsTheChannelsName() {
    let expected: [(String, NormalisationScheme)] = [
      ("CT", .ct), ("ct", .ct), ("noNorm", .none), ("rescale_to_0_1", .range),
      ("rgb_to_0_1", .rgb), ("R", .zScore), ("MRI", .zScore), ("CT abdomen", .zScore),
    ]
    for (name, scheme) in expected {
      #expect(NormalisationScheme(channelName: name) == scheme, "\(name)")
    }
  }

  @Test func slicesAreNeverTurned() throws {
    let (fingerprint, description) = Self.dataset([1, 2, 2], [1, 200, 300])
    let plans = try Planner().plan(fingerprint, description)
    #expect(plans.transposeForward == [0, 1, 2])
    #expect(Array(plans.configurations.keys) == ["2d"])
  }

  private func times(_ total: [Int], _ stride: [Int]) -> [Int] { zip(total, stride).map(*) }

  private static func dataset(
    _ spacing: [Double], _ shape: [Int]
  ) -> (Fingerprint, DatasetDescription) {
    (
      Golden.fingerprint(
        spacings: Array(repeating: spacing, count: 50),
        shapes: Array(repeating: shape, count: 50), channels: 1),
      Golden.description(classes: 3, channels: ["MRI"])
    )
  }
}

/// SplitMix64, so that a failing test fails again.
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

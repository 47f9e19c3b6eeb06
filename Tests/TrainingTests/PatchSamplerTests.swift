// Where patches are cut: shares, bounds, padding and errors.

import Testing

@testable import Training

@Suite("Patch sampler")
struct PatchSamplerTests {
  func sampler(
    _ cases: [SyntheticCase], initial: [Int] = [12, 14, 16], patch: [Int] = [8, 10, 12],
    _ settings: PatchSampler.Settings = .init()
  ) throws -> PatchSampler {
    try PatchSampler(
      cases: cases, initialPatchSize: initial, patchSize: patch, settings: settings)
  }

  /// round(batch · 0.67) samples are placed anywhere, as Python rounds.
  @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 1), (9, 3), (12, 4)])
  func lastThirdIsForeground(batch: Int, foreground: Int) throws {
    let sampler = try sampler([twoCubes("a")], .init(batchSize: batch))
    let flags = (0..<batch).map { sampler.placement(step: 5, sample: $0).isForeground }
    #expect(flags.count { $0 } == foreground)
    #expect(flags.suffix(foreground).allSatisfy { $0 })
  }

  @Test func classesAreBalancedWhateverTheirSize() throws {
    var large = twoCubes("a")
    large.classLocations[1] = Array(repeating: SIMD3(5, 5, 5), count: 5000)
    let sampler = try sampler([large], .init(batchSize: 1, foregroundFraction: 1))
    let chosen = (0..<2000).map { sampler.placement(step: $0, sample: 0).chosenClass }
    #expect(abs(Double(chosen.count { $0 == 1 }) / 2000 - 0.5) < 0.04)
    #expect(chosen.allSatisfy { $0 == 1 || $0 == 2 })
  }

  @Test func casesAreDrawnUniformly() throws {
    let sampler = try sampler(["a", "b", "c"].map { twoCubes($0) })
    var counts = [0, 0, 0]
    for step in 0..<1500 {
      for sample in 0..<2 { counts[sampler.placement(step: step, sample: sample).caseNumber] += 1 }
    }
    #expect(counts.allSatisfy { abs(Double($0) / 3000 - 1.0 / 3) < 0.03 })
  }

  @Test func foregroundPatchesHoldTheirClass() throws {
    let sampler = try sampler([twoCubes("a")], .init(batchSize: 1, foregroundFraction: 1))
    for step in 0..<60 {
      let placement = sampler.placement(step: step, sample: 0)
      let patch = try sampler.patch(at: placement)
      let chosen = try #require(placement.chosenClass)
      #expect(patch.labels.contains(Int16(chosen)))
    }
  }

  @Test func probabilisticForeground() throws {
    let sampler = try sampler([twoCubes("a")], .init(batchSize: 1, isProbabilistic: true))
    let share = (0..<3000).count { sampler.placement(step: $0, sample: 0).isForeground }
    #expect(abs(Double(share) / 3000 - 0.33) < 0.03)
  }

  @Test func annotatedVoxelsWhereSomeAreIgnored() throws {
    var sparse = twoCubes("a")
    sparse.classLocations[CaseLocations.annotated] = [SIMD3(10, 12, 14)]
    let sampler = try sampler([sparse], .init(batchSize: 2, hasIgnoreLabel: true))
    for step in 0..<20 {
      let first = sampler.placement(step: step, sample: 0)
      #expect(first.chosenClass == CaseLocations.annotated)
      #expect(first.lower == [4, 5, 6])
      #expect(sampler.placement(step: step, sample: 1).chosenClass != CaseLocations.annotated)
    }
  }

  @Test func withoutForegroundPlacesAreUniform() throws {
    let sampler = try sampler(
      [SyntheticCase("empty", [20, 24, 28], [1: []])], .init(batchSize: 1, foregroundFraction: 1))
    let placements = (0..<50).map { sampler.placement(step: $0, sample: 0) }
    #expect(placements.allSatisfy { $0.isForeground && $0.chosenClass == nil })
    #expect(Set(placements.map(\.lower)).count > 30)
  }

  @Test func boundsAreNnunets() throws {
    let golden = try #require(AugmentationGolden.shared)
    for expected in golden.bounds {
      let sampler = try sampler(
        [SyntheticCase("a", expected.shape, [:])], initial: expected.initial,
        patch: expected.patch, .init(batchSize: 1))
      let lowers = (0..<600).map { sampler.placement(step: $0, sample: 0).lower }
      for axis in 0..<3 {
        #expect(lowers.map { $0[axis] }.min() == expected.bounds[axis][0])
        #expect(lowers.map { $0[axis] }.max() == expected.bounds[axis][1])
      }
    }
  }

  @Test func paddingBeyondTheImage() throws {
    var small = SyntheticCase("small", [4, 5, 6], [1: [SIMD3(1, 1, 1)]])
    small.channelCount = 2
    let sampler = try sampler([small], initial: [7, 8, 9], patch: [7, 8, 9])
    let placement = Placement(
      caseNumber: 0, lower: [-2, -1, -2], size: [7, 8, 9], isForeground: false, chosenClass: nil)
    let patch = try sampler.patch(at: placement)
    #expect(patch.image.count == 2 * 504 && patch.labels.count == 504)
    for z in 0..<7 {
      for y in 0..<8 {
        for x in 0..<9 {
          let voxel = [z - 2, y - 1, x - 2]
          let isInside = (0..<3).allSatisfy { voxel[$0] >= 0 && voxel[$0] < small.shape[$0] }
          let place = (z * 8 + y) * 9 + x
          let number = Float((voxel[0] * 5 + voxel[1]) * 6 + voxel[2] + 1)
          #expect(patch.image[place] == (isInside ? number : 0))
          #expect(patch.image[504 + place] == (isInside ? -number : 0))
          #expect((patch.labels[place] == -1) != isInside)
        }
      }
    }
    let outside = Placement(
      caseNumber: 0, lower: [9, 0, 0], size: [7, 8, 9], isForeground: false, chosenClass: nil)
    #expect(try sampler.patch(at: outside).labels.allSatisfy { $0 == -1 })
  }

  @Test func flatPatchesAreSlices() throws {
    let source = twoCubes("a")
    let sampler = try sampler(
      [source], initial: [14, 16], patch: [10, 12], .init(batchSize: 1, foregroundFraction: 1))
    for step in 0..<20 {
      let placement = sampler.placement(step: step, sample: 0)
      let chosen = try #require(placement.chosenClass)
      let planes = try #require(source.classLocations[chosen]).map(\.x)
      #expect(placement.size == [1, 14, 16] && planes.contains(Int32(placement.lower[0])))
      let patch = try sampler.patch(at: placement)
      #expect(patch.shape == [14, 16] && patch.labels.contains(Int16(chosen)))
    }
  }

  @Test func partiallyLabelledCases() throws {
    var partial = twoCubes("a")
    partial.annotatedLabels = [2]
    let sampler = try sampler([partial])
    let batch = try sampler.batch(
      step: 0, .standard(patchSize: [8, 10, 12]).cut(to: [12, 14, 16]))
    #expect(batch.annotatedLabels == [[2], [2]])
  }

  @Test func unusableCases() {
    #expect(throws: SamplingError.noCases) { try sampler([]) }
    var stray = twoCubes("stray")
    stray.classLocations[1]?.append(SIMD3(20, 0, 0))
    var coloured = twoCubes("coloured")
    coloured.channelCount = 3
    #expect(throws: SamplingError.self) { try sampler([stray]) }
    #expect(throws: SamplingError.self) { try sampler([twoCubes("a"), coloured]) }
    #expect(throws: SamplingError.self) { try sampler([twoCubes("a")], .init(batchSize: 0)) }
    #expect(throws: SamplingError.self) { try sampler([twoCubes("a")], initial: [4, 4, 4]) }
    #expect(throws: SamplingError.self) {
      try sampler([twoCubes("a")], .init(foregroundFraction: .nan))
    }
  }
}

extension Augmentation {
  /// The same changes of a patch of another initial size.
  func cut(to initialPatchSize: [Int]) -> Augmentation {
    var copy = self
    copy.initialPatchSize = initialPatchSize
    return copy
  }
}

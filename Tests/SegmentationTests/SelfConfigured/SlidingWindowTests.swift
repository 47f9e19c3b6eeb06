// Sliding windows against what they must give back, and against sums that hold everything at once.

import Planning
import Tensors
import Testing

@testable import Segmentation

@Suite struct SlidingWindowTests {
  /// A volume of smooth but irregular values, the same on every run.
  static func image(_ shape: [Int], channels: Int = 1) -> ImageArray {
    let count = shape.reduce(1, *)
    return ImageArray(
      channels: (0..<channels).map { channel in
        (0..<count).map { Float((($0 + 7 * channel) * 2_654_435_761) % 1009) / 504.5 - 1 }
      },
      shape: shape, spacing: [1, 1, 1])
  }

  /// All planes in one buffer per class, and the ranges in which they came.
  static func run(
    _ window: SlidingWindow, _ image: ImageArray, classes: Int,
    networks: [SlidingWindow.Network]
  ) throws -> (scores: [[Float]], ranges: [Range<Int>]) {
    var scores = [[Float]](repeating: [], count: classes)
    var ranges: [Range<Int>] = []
    try window.run(image, classes: classes, networks: networks) { planes in
      ranges.append(planes.planes)
      for (label, values) in planes.channels.enumerated() { scores[label] += values }
    }
    return (scores, ranges)
  }

  @Test(arguments: [
    ([9, 11, 13], [4, 6, 5]), ([3, 20, 4], [8, 8, 8]), ([16, 16, 16], [16, 16, 16]),
    ([1, 5, 6], [2, 3, 4]), ([30, 7, 7], [5, 7, 7]),
  ])
  func givesBackWhatTheNetworkReturns(shape: [Int], patch: [Int]) throws {
    let image = Self.image(shape, channels: 2)
    let window = SlidingWindow(patch: patch, mirrorAxes: [0, 1, 2])
    let (scores, ranges) = try Self.run(window, image, classes: 2, networks: [{ $0 }])
    for (mine, theirs) in zip(scores, image.channels) {
      #expect(mine.count == theirs.count)
      #expect(zip(mine, theirs).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    // Every plane once and in order.
    #expect(ranges.flatMap { Array($0) } == Array(0..<shape[0]))
  }

  @Test func readsSlices() throws {
    let image = Self.image([5, 12, 9])
    let (scores, ranges) = try Self.run(
      SlidingWindow(patch: [6, 10], mirrorAxes: [0, 1]), image, classes: 1, networks: [{ $0 }])
    #expect(zip(scores[0], image.channels[0]).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(ranges == (0..<5).map { $0..<$0 + 1 })
  }

  /// nnU-Net's own example (110, 64 → 0, 23, 46) and values of `compute_steps_for_sliding_window`.
  @Test(arguments: [
    (110, 64, [0, 23, 46]), (64, 64, [0]), (100, 24, [0, 11, 22, 33, 43, 54, 65, 76]),
    (25, 16, [0, 4, 9]), (40, 64, [-12]), (41, 64, [-11]),
  ])
  func startsAsNNUNet(extent: Int, patch: Int, starts: [Int]) {
    #expect(WindowGrid(shape: [extent], patch: [patch]).starts == [starts])
  }

  @Test(arguments: 1..<60) func coversEveryVoxel(extent: Int) {
    for patch in [1, 2, 3, 5, 8, 16, 31] {
      let starts = WindowGrid(shape: [extent], patch: [patch]).starts[0]
      var covered = Set<Int>()
      for start in starts { covered.formUnion(start..<start + patch) }
      #expect(covered.isSuperset(of: 0..<extent))
      #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 <= max(patch / 2 + 1, 1) })
    }
  }

  @Test func importanceIsPositiveAndPeaksAtTen() {
    let patch = [16, 20, 9]
    let weights = WindowGrid.importance(patch)
    #expect(weights.max() == 10)
    #expect(weights[(8 * 20 + 10) * 9 + 4] == 10)
    #expect(weights.allSatisfy { $0 > 0 })
  }

  /// A network whose scores depend on the place in the window, so that weights and mirroring count.
  @Test(arguments: [[], [0], [0, 2]]) func bandEqualsBruteForce(mirror: [Int]) throws {
    let (shape, patch) = ([11, 10, 9], [5, 6, 4])
    let image = Self.image(shape)
    let ramp = try Tensor(
      (0..<patch.reduce(1, *)).map { Float($0 % 17) / 17 }, shape: [1, 1] + patch)
    let networks: [SlidingWindow.Network] = [
      { try .concatenate([$0 + ramp, $0 * ramp], axis: 1) },
      { try .concatenate([$0 - ramp, $0], axis: 1) },
    ]
    let (scores, _) = try Self.run(
      SlidingWindow(patch: patch, mirrorAxes: mirror), image, classes: 2, networks: networks)

    let weights = WindowGrid.importance(patch)
    let count = shape.reduce(1, *)
    var sums = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
    var totals = [Double](repeating: 0, count: count)
    let grid = WindowGrid(shape: shape, patch: patch)
    let whole = try Tensor(image.channels[0], shape: [1, 1] + shape)
    for z in grid.starts[0] {
      for y in grid.starts[1] {
        for x in grid.starts[2] {
          let cut = try whole.slice(z..<z + patch[0], axis: 2).slice(y..<y + patch[1], axis: 3)
            .slice(x..<x + patch[2], axis: 4)
          var mean = try Tensor.zeros([1, 2] + patch)
          for bits in 0..<1 << mirror.count {
            let axes = mirror.enumerated().filter { bits >> $0.offset & 1 == 1 }.map {
              $0.element + 2
            }
            func flip(_ tensor: Tensor) throws -> Tensor {
              try axes.reduce(tensor) { try $0.flipped($1) }
            }
            for network in networks { mean = try mean + flip(network(flip(cut))) }
          }
          let values = try (mean / Double(networks.count << mirror.count)).floats()
          for index in weights.indices {
            let place = [
              z + index / (patch[1] * patch[2]), y + index / patch[2] % patch[1],
              x + index % patch[2],
            ]
            let voxel = (place[0] * shape[1] + place[1]) * shape[2] + place[2]
            totals[voxel] += Double(weights[index])
            for label in 0..<2 {
              sums[label][voxel] += Double(weights[index] * values[label * weights.count + index])
            }
          }
        }
      }
    }
    for label in 0..<2 {
      for voxel in 0..<count {
        #expect(abs(Double(scores[label][voxel]) - sums[label][voxel] / totals[voxel]) < 1e-4)
      }
    }
  }

  @Test func bandInAFileGivesTheSameBits() throws {
    let image = Self.image([14, 9, 8])
    var window = SlidingWindow(patch: [4, 5, 4], mirrorAxes: [1])
    let inMemory = try Self.run(window, image, classes: 1, networks: [{ try $0 * 3 }])
    window.bandLimit = 0
    let inFile = try Self.run(window, image, classes: 1, networks: [{ try $0 * 3 }])
    #expect(inMemory.scores == inFile.scores)
  }

  @Test func refusesScoresThatAreNoNumbers() {
    #expect(throws: SegmentationError.notNumbers) {
      try Self.run(
        SlidingWindow(patch: [4, 4, 4]), Self.image([5, 5, 5]), classes: 1,
        networks: [{ try $0 * Double.nan }])
    }
  }

  @Test func namesAnotherNumberOfClasses() {
    #expect(
      throws: SelfConfiguredError.wrongScores(met: [1, 1, 4, 4, 4], expected: [1, 3, 4, 4, 4])
    ) {
      try Self.run(
        SlidingWindow(patch: [4, 4, 4]), Self.image([5, 5, 5]), classes: 3, networks: [{ $0 }])
    }
  }

  @Test func stopsWhenCancelled() async {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try Self.run(
        SlidingWindow(patch: [4, 4, 4]), Self.image([5, 5, 5]), classes: 1, networks: [{ $0 }]
      )
      .scores
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

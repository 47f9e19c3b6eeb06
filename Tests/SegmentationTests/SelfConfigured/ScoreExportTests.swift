// Streamed resampling and decisions against a volume that is resampled at once.

import Foundation
import Planning
import Testing

@testable import Segmentation

@Suite struct ScoreExportTests {
  /// Feeds scores in pieces of `planes`.
  static func export(
    _ grid: ExportGrid, _ scores: [[Float]], rule: LabelRule, planes: Int,
    resampling: ResamplingRule = .probabilities, keepsProbabilities: Bool = false
  ) throws -> (labels: [Int32], probabilities: [[Float]]) {
    let export = try ScoreExport(
      grid, resampling: resampling, rule: rule, keepsProbabilities: keepsProbabilities)
    let area = grid.prepared[1] * grid.prepared[2]
    for start in stride(from: 0, to: grid.prepared[0], by: planes) {
      let end = min(start + planes, grid.prepared[0])
      let pieces = scores.map { Array($0[start * area..<end * area]) }
      func lend(_ index: Int, _ lent: [UnsafeBufferPointer<Float>]) throws {
        guard index < pieces.count else {
          return try export.take(
            ScorePlanes(planes: start..<end, extents: Array(grid.prepared[1...]), channels: lent))
        }
        try pieces[index].withUnsafeBufferPointer { try lend(index + 1, lent + [$0]) }
      }
      try lend(0, [])
    }
    return export.finish()
  }

  /// Trilinear, or nearest along one axis, at half-pixel centres, one voxel at a time.
  static func sample(
    _ values: [Float], _ shape: [Int], _ target: [Int], _ place: [Int], nearest: Int?
  ) -> Double {
    var lower = [0, 0, 0]
    var share = [0.0, 0, 0]
    for axis in 0..<3 {
      let scale = Double(shape[axis]) / Double(target[axis])
      let coordinate = scale * (Double(place[axis]) + 0.5) - 0.5
      if axis == nearest {
        lower[axis] = min(max(Int(floor(coordinate + 0.5)), 0), shape[axis] - 1)
      } else {
        let clamped = min(max(coordinate, 0), Double(shape[axis] - 1))
        lower[axis] = Int(clamped)
        share[axis] = clamped - floor(clamped)
      }
    }
    var total = 0.0
    for corner in 0..<8 {
      var weight = 1.0
      var index = 0
      for axis in 0..<3 {
        let isUpper = corner >> axis & 1 == 1
        weight *= isUpper ? share[axis] : 1 - share[axis]
        index = index * shape[axis] + min(lower[axis] + (isUpper ? 1 : 0), shape[axis] - 1)
      }
      if weight > 0 { total += weight * Double(values[index]) }
    }
    return total
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let prepared, target: [Int]
    let preparedSpacing, spacing: [Double]
    let nearest: Int?
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "finer", prepared: [5, 6, 4], target: [9, 11, 7], preparedSpacing: [2, 2, 2],
      spacing: [1.1, 1.1, 1.1], nearest: nil),
    Case(
      name: "coarser", prepared: [13, 9, 10], target: [4, 5, 3], preparedSpacing: [1, 1, 1],
      spacing: [3, 2, 3], nearest: nil),
    Case(
      name: "equal", prepared: [4, 5, 6], target: [4, 5, 6], preparedSpacing: [1, 1, 1],
      spacing: [1, 1, 1], nearest: nil),
    Case(
      name: "thick slices first", prepared: [6, 7, 8], target: [3, 9, 10],
      preparedSpacing: [2.5, 1.2, 1.2], spacing: [5, 1, 1], nearest: 0),
    Case(
      name: "thick slices last", prepared: [6, 7, 4], target: [8, 9, 6],
      preparedSpacing: [1.3, 1.2, 6], spacing: [1, 1, 4], nearest: 2),
  ]

  @Test(arguments: cases) func equalsWholeVolume(item: Case) throws {
    let scores = (0..<3).map {
      SlidingWindowTests.image(item.prepared, channels: $0 + 1).channels[$0]
    }
    let box = item.target.enumerated().map { $0 + 1..<$0 + 1 + $1 }
    let full = item.target.enumerated().map { $1 + 2 * $0 + 2 }
    let transpose = [2, 0, 1]
    let grid = ExportGrid(
      prepared: item.prepared, preparedSpacing: item.preparedSpacing, box: box, full: full,
      spacing: item.spacing, transpose: transpose)
    let whole = try Self.export(grid, scores, rule: .largest([0, 1, 2]), planes: item.prepared[0])
    for planes in [1, 2, 3] {
      let streamed = try Self.export(grid, scores, rule: .largest([0, 1, 2]), planes: planes)
      #expect(streamed.labels == whole.labels)
    }

    // Axis `transpose[a]` of the file is axis a of the network.
    var extents = [0, 0, 0]
    for axis in 0..<3 { extents[transpose[axis]] = full[axis] }
    var expected = [Int32](repeating: 0, count: full.reduce(1, *))
    var margins = [Double](repeating: 1, count: expected.count)
    for z in 0..<item.target[0] {
      for y in 0..<item.target[1] {
        for x in 0..<item.target[2] {
          let place = [z, y, x]
          let values = scores.map {
            Self.sample($0, item.prepared, item.target, place, nearest: item.nearest)
          }
          var file = [0, 0, 0]
          for axis in 0..<3 { file[transpose[axis]] = place[axis] + box[axis].lowerBound }
          let index = (file[0] * extents[1] + file[1]) * extents[2] + file[2]
          let best = values.max() ?? 0
          expected[index] = Int32(values.firstIndex(of: best) ?? 0)
          margins[index] = best - (values.sorted().dropLast().last ?? 0)
        }
      }
    }
    for index in expected.indices where margins[index] > 1e-5 {
      #expect(whole.labels[index] == expected[index])
    }
  }

  @Test func paintsRegionsInOrder() throws {
    let grid = ExportGrid(
      prepared: [1, 1, 4], preparedSpacing: [1, 1, 1], box: [0..<1, 0..<1, 0..<4],
      full: [1, 1, 4], spacing: [1, 1, 1], transpose: [0, 1, 2])
    let result = try Self.export(
      grid, [[-1, 2, 3, 0], [-2, -1, 1, 5]], rule: .regions([4, 7]), planes: 1,
      keepsProbabilities: true)
    #expect(result.labels == [0, 4, 7, 7])
    #expect(abs(result.probabilities[0][1] - 0.880797) < 1e-5)
    #expect(result.probabilities[0][3] == 0.5)
  }

  @Test func probabilitiesOfTheCropAreABackgroundOfOnes() throws {
    let grid = ExportGrid(
      prepared: [1, 1, 2], preparedSpacing: [1, 1, 1], box: [0..<1, 0..<1, 1..<3],
      full: [1, 1, 4], spacing: [1, 1, 1], transpose: [0, 1, 2])
    let (labels, probabilities) = try Self.export(
      grid, [[0, 0], [0, 1], [0, 0]], rule: .largest([0, 1, 2]), planes: 1,
      keepsProbabilities: true)
    // Of equal scores the first wins.
    #expect(labels == [0, 0, 1, 0])
    #expect(probabilities[0][0] == 1 && probabilities[1][0] == 0 && probabilities[0][3] == 1)
    for voxel in 0..<4 {
      #expect(abs(probabilities.reduce(0) { $0 + $1[voxel] } - 1) < 1e-6)
    }
  }

  @Test func refusesCubicScores() {
    let grid = ExportGrid(
      prepared: [2, 2, 2], preparedSpacing: [1, 1, 1], box: [0..<2, 0..<2, 0..<2],
      full: [2, 2, 2], spacing: [1, 1, 1], transpose: [0, 1, 2])
    #expect(throws: SelfConfiguredError.unsupportedResampling(order: 3)) {
      try ScoreExport(grid, resampling: .data, rule: .largest([0]))
    }
  }
}

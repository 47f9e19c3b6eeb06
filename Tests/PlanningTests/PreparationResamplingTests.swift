// Resampling against direct evaluation, and what holds for any image.

import Foundation
import Testing

@testable import Planning

@Suite struct PreparationResamplingTests {
  static let shapes: [(from: [Int], to: [Int])] = [
    ([4, 5, 6], [7, 3, 6]), ([1, 3, 20], [2, 2, 9]), ([6, 2, 3], [3, 4, 11]),
    ([17, 3, 2], [5, 3, 4]), ([3, 18, 1], [3, 7, 1]),
  ]

  @Test(arguments: shapes, [1, 3])
  func splinesEqualDirectEvaluation(shapes: (from: [Int], to: [Int]), order: Int) throws {
    let values = PreparationGolden.image(
      shapes.from, seed: 5, range: [-200, 300], margin: [0, 0, 0])
    let change = GridChange(from: shapes.from, to: shapes.to)
    let expected = DirectSpline(values, shapes.from, order: order).resampled(to: shapes.to)
    let one = try SplineResampling(change, order: order, threads: 1)(values)
    #expect(PreparationGolden.worst(one, expected) < 1e-6)
    #expect(try SplineResampling(change, order: order, threads: 3)(values) == one)
  }

  @Test(arguments: shapes, [2, 3, 6])
  func labelsEqualGreatestIndicator(shapes: (from: [Int], to: [Int]), count: Int) throws {
    let labels = PreparationGolden.noise(shapes.from.reduce(1, *), seed: 8).map {
      Int16($0 * Double(count)) - 1
    }
    let change = GridChange(from: shapes.from, to: shapes.to)
    let result = try LabelResampling(change, threads: 1)(labels)
    #expect(result == DirectLabels.resampled(labels, shapes.from, to: shapes.to))
    #expect(try LabelResampling(change, threads: 3)(labels) == result)
    #expect(Set(result).isSubset(of: Set(labels)))
    let nearest = try LabelResampling(change, order: 0)(labels)
    let values = try SplineResampling(change, order: 0)(labels.map(Float.init))
    #expect(nearest == values.map { Int16($0) })
  }

  @Test(arguments: [0, 1, 2], [1, 3])
  func separateAxisEqualsSliceBySlice(axis: Int, orderAlongAxis: Int) throws {
    let (from, to) = ([5, 6, 4], [8, 3, 9])
    let values = PreparationGolden.image(from, seed: 6, range: [-2, 3], margin: [0, 0, 0])
    let change = GridChange(from: from, to: to, separateAxis: axis)
    let result = try SplineResampling(change, order: 3, orderAlongAxis: orderAlongAxis)(values)
    // Each slice by itself, then lines across the slices without a limit to their values.
    var plane = to
    plane[axis] = from[axis]
    var slices = [Float](repeating: .nan, count: plane.reduce(1, *))
    for slice in 0..<from[axis] {
      var (lower, size) = ([0, 0, 0], from)
      lower[axis] = slice
      size[axis] = 1
      let part = cut(values, lower: lower, size: size, shape: from)
      var target = plane
      target[axis] = 1
      let resized = DirectSpline(part, size, order: 3).resampled(to: target)
      for (value, var voxel) in zip(resized, PreparationGolden.voxels(target)) {
        voxel[axis] = slice
        slices[(voxel[0] * plane[1] + voxel[1]) * plane[2] + voxel[2]] = value
      }
    }
    let expected = DirectSpline(slices, plane, order: orderAlongAxis, clips: false)
      .resampled(to: to)
    #expect(PreparationGolden.worst(result, expected) < 1e-6)
  }

  @Test func labelsBetweenSlicesNeedMoreThanHalf() throws {
    let change = GridChange(from: [2, 1, 1], to: [4, 1, 1], separateAxis: 0)
    #expect(try LabelResampling(change, orderAlongAxis: 1)([1, 2]) == [1, 1, 2, 2])
    // The middle of three lies half way between two labels, and neither wins.
    let middle = GridChange(from: [2, 1, 1], to: [3, 1, 1], separateAxis: 0)
    #expect(try LabelResampling(middle, orderAlongAxis: 1)([1, 2]) == [1, 0, 2])
  }

  @Test func constantsStayAndSameGridIsUntouched() throws {
    let constant = [Float](repeating: 7.25, count: 60)
    let change = GridChange(from: [3, 4, 5], to: [6, 3, 9])
    #expect(try SplineResampling(change)(constant).allSatisfy { abs($0 - 7.25) < 1e-5 })
    let same = GridChange(from: [3, 4, 5], to: [3, 4, 5], separateAxis: 0)
    let values = PreparationGolden.noise(60, seed: 1).map(Float.init)
    #expect(try SplineResampling(same)(values) == values)
  }

  @Test(
    arguments: [
      ([1, 1, 1], [1, 1, 1], nil, nil), ([3, 1, 1], [3, 1, 1], nil, nil),
      ([3.1, 1, 1], [1, 1, 1], nil, 0), ([1, 1, 1], [1, 1, 4], nil, 2),
      ([0.24, 1.25, 1.25], [1, 1, 1], nil, nil), ([2, 1, 1], [1, 1, 1], true, 0),
      ([1, 1, 1], [1, 1, 4], true, nil), ([9, 1, 1], [9, 1, 1], false, nil),
      ([1, 5, 1], [1, 1, 5], nil, 1),
    ] as [([Double], [Double], Bool?, Int?)])
  func separateAxis(spacing: [Double], target: [Double], force: Bool?, axis: Int?) {
    #expect(GridChange.separateAxis(from: spacing, to: target, force: force) == axis)
  }

  @Test func shapesRoundHalfToEven() {
    let shape = GridChange.shape([5, 7, 3], spacing: [0.5, 0.5, 1], target: [1, 1, 20])
    #expect(shape == [2, 4, 1])
  }

  @Test func unknownOrdersAreRefused() {
    let change = GridChange(from: [1, 1, 1], to: [2, 2, 2])
    #expect(throws: PreparationError.self) { try SplineResampling(change, order: 2) }
    #expect(throws: PreparationError.self) { try LabelResampling(change, order: 3) }
    #expect(throws: PreparationError.self) { try LinearResampler(from: [1], to: [1], order: 3) }
  }
}

/// Splines of order 1 and 3 as sums over all knots around a point, with the coefficients of a linear system.
private struct DirectSpline {
  let shape: [Int]
  let order: Int
  let padding: Int
  let bounds: ClosedRange<Double>?
  private(set) var knots: [Double]
  let padded: [Int]

  init(_ values: [Float], _ shape: [Int], order: Int, clips: Bool = true) {
    self.shape = shape
    self.order = order
    let padding = order == 3 ? 12 : 0
    let padded = shape.map { $0 + 2 * padding }
    self.padding = padding
    self.padded = padded
    let sorted = values.map(Double.init).sorted()
    bounds = clips ? (sorted.first ?? 0)...(sorted.last ?? 0) : nil
    knots = PreparationGolden.voxels(padded).map { voxel in
      let place = (0..<3).map { min(max(voxel[$0] - padding, 0), shape[$0] - 1) }
      return Double(values[(place[0] * shape[1] + place[1]) * shape[2] + place[2]])
    }
    if order == 3 { for axis in 0..<3 { solve(axis) } }
  }

  func resampled(to target: [Int]) -> [Float] {
    PreparationGolden.voxels(target).map { voxel in
      let taps = (0..<3).map { around($0, voxel[$0], target[$0]) }
      var sum = 0.0
      for (z, a) in taps[0] {
        for (y, b) in taps[1] {
          for (x, c) in taps[2] { sum += a * b * c * knots[(z * padded[1] + y) * padded[2] + x] }
        }
      }
      return Float(bounds.map { min(max(sum, $0.lowerBound), $0.upperBound) } ?? sum)
    }
  }

  private func around(_ axis: Int, _ index: Int, _ count: Int) -> [(Int, Double)] {
    let centre = (Double(index) + 0.5) * Double(shape[axis]) / Double(count) - 0.5
    let point = order == 3 ? centre + 12 : min(max(centre, 0), Double(shape[axis] - 1))
    let first = Int(point.rounded(.down)) - (order == 3 ? 1 : 0)
    return (first...first + order).map { knot in
      (min(max(knot, 0), padded[axis] - 1), kernel(abs(point - Double(knot))))
    }
  }

  private func kernel(_ distance: Double) -> Double {
    if order == 1 { return max(0, 1 - distance) }
    if distance >= 2 { return 0 }
    if distance >= 1 { return (2 - distance) * (2 - distance) * (2 - distance) / 6 }
    return 2.0 / 3 - distance * distance * (1 - distance / 2)
  }

  /// (c[i−1] + 4 c[i] + c[i+1]) / 6 = s[i], the line mirrored at its ends.
  private mutating func solve(_ axis: Int) {
    let stride = padded[(axis + 1)...].reduce(1, *)
    let count = padded[axis]
    for start in knots.indices where start / stride % count == 0 {
      var diagonal = [Double](repeating: 4, count: count)
      diagonal[0] += 1
      diagonal[count - 1] += 1
      var line = (0..<count).map { knots[start + $0 * stride] * 6 }
      for i in 1..<count {
        let factor = 1 / diagonal[i - 1]
        diagonal[i] -= factor
        line[i] -= factor * line[i - 1]
      }
      for i in (0..<count).reversed() {
        let next = i + 1 < count ? line[i + 1] : 0
        line[i] = (line[i] - next) / diagonal[i]
        knots[start + i * stride] = line[i]
      }
    }
  }
}

/// Every label's indicator in turn.
private enum DirectLabels {
  static func resampled(_ labels: [Int16], _ shape: [Int], to target: [Int]) -> [Int16] {
    let all = Set(labels).sorted()
    return PreparationGolden.voxels(target).map { voxel in
      let taps = (0..<3).map { axis -> [(Int, Double)] in
        let step = Double(shape[axis]) / Double(target[axis])
        let centre = (Double(voxel[axis]) + 0.5) * step - 0.5
        let point = min(max(centre, 0), Double(shape[axis] - 1))
        let first = Int(point)
        let weight = 1 - (point - Double(first))
        return [(first, weight), (min(first + 1, shape[axis] - 1), 1 - weight)]
      }
      let near = (0..<3).map { axis in
        Int(((taps[axis][0].1 <= 0.5) ? taps[axis][1] : taps[axis][0]).0)
      }
      let scores = all.map { label in
        var sum = 0.0
        for (z, a) in taps[0] {
          for (y, b) in taps[1] {
            for (x, c) in taps[2] {
              let isLabel = labels[(z * shape[1] + y) * shape[2] + x] == label
              sum += isLabel ? a * b * c : 0
            }
          }
        }
        return min(sum, 1)
      }
      let best = scores.max() ?? 0
      let tied = all.indices.filter { scores[$0] == best }.map { all[$0] }
      let nearest = labels[(near[0] * shape[1] + near[1]) * shape[2] + near[2]]
      return tied.contains(nearest) ? nearest : tied[0]
    }
  }
}

// One case of a fingerprint: its box of values that are not 0, its labels, and its foreground's intensities.

import Datasets
import Foundation
import Metrics

/// What is kept of a case once its image is let go.
struct CaseMeasurement: Sendable {
  /// One channel's values inside the foreground.
  struct Foreground: Sendable {
    var count: Int
    var mean: Double
    /// Mean of the squares, around 0.
    var square: Double
    var min: Float
    var max: Float
    /// Up to ``CaseMeasurement/sampleCount`` of them.
    var sample: [Float]
  }

  static let sampleCount = 10_000

  let spacing: [Double]
  let croppedShape: [Int]
  /// Part of the voxels inside the box, 0…1.
  let relativeSize: Double
  let isEmptyImage: Bool
  let record: Fingerprint.Case
  /// One per channel; empty without foreground.
  let foreground: [Foreground]

  init(_ item: DatasetCase, _ description: DatasetDescription, channels: Int) throws {
    let (image, grid) = try ImageArray.read(item.images)
    guard image.channels.count == channels else {
      throw PlanningError.mismatch(
        path: item.images[0], met: "\(image.channels.count) channels",
        expected: "\(channels), as dataset.json or the first case says; give every case the same")
    }
    guard let path = item.label else {
      throw PlanningError.mismatch(path: item.id, met: "no mask", expected: "one")
    }
    let (mask, maskGrid) = try LabelArray.read(path, description)
    try grid.check(maskGrid)
    let box = Self.box(of: image)
    spacing = image.spacing
    croppedShape = box ?? image.shape
    isEmptyImage = box == nil
    relativeSize = Double(croppedShape.reduce(1, *)) / Double(image.count)
    record = try Self.record(of: mask, id: item.id, ignored: description.ignoredLabel)
    let voxels = mask.labels.indices.filter { mask.labels[$0] > 0 }
    let chosen = Self.sample(voxels)
    foreground =
      voxels.isEmpty ? [] : image.channels.map { Self.foreground($0, voxels, chosen) }
  }

  /// Extents of the smallest box around voxels that are not 0 in some channel; nil where all are.
  private static func box(of image: ImageArray) -> [Int]? {
    let (depth, height, width) = (image.shape[0], image.shape[1], image.shape[2])
    var low = image.shape
    var high = [-1, -1, -1]
    for channel in image.channels {
      channel.withUnsafeBufferPointer { values in
        for z in 0..<depth {
          for y in 0..<height {
            let row = (z * height + y) * width
            var first = 0
            while first < width, values[row + first] == 0 { first += 1 }
            guard first < width else { continue }
            var last = width - 1
            while values[row + last] == 0 { last -= 1 }
            low = [min(low[0], z), min(low[1], y), min(low[2], first)]
            high = [max(high[0], z), max(high[1], y), max(high[2], last)]
          }
        }
      }
    }
    return high[0] < 0 ? nil : zip(low, high).map { $1 - $0 + 1 }
  }

  private static func record(
    of mask: LabelArray, id: String, ignored: Int32?
  ) throws -> Fingerprint.Case {
    let labels = mask.labels.map(Int32.init)
    let pieces = try Instances.components(
      of: labels, size: SIMD3(mask.shape[2], mask.shape[1], mask.shape[0]), connectivity: .full)
    var sizes: [Int32: Int] = [:]
    var components: [Int32: Int] = [:]
    for piece in pieces.all {
      sizes[piece.label, default: 0] += piece.voxels
      if piece.label != ignored { components[piece.label, default: 0] += 1 }
    }
    let background = labels.count - sizes.values.reduce(0, +)
    if background > 0 { sizes[0] = background }
    return Fingerprint.Case(
      id: id, originalShape: mask.shape, classSizes: sizes, components: components)
  }

  /// One voxel at random from each of equally long stretches of the foreground, or all where there are few.
  private static func sample(_ voxels: [Int]) -> [Int] {
    guard voxels.count > sampleCount else { return voxels }
    var state: UInt64 = 1234
    return (0..<sampleCount).map { stretch in
      let start = stretch * voxels.count / sampleCount
      let end = (stretch + 1) * voxels.count / sampleCount
      // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      mixed ^= mixed >> 31
      return voxels[start + Int(mixed.multipliedFullWidth(by: UInt64(end - start)).high)]
    }
  }

  private static func foreground(
    _ channel: [Float], _ voxels: [Int], _ chosen: [Int]
  ) -> Foreground {
    var result = Foreground(
      count: voxels.count, mean: 0, square: 0, min: .infinity, max: -.infinity,
      sample: chosen.map { channel[$0] })
    channel.withUnsafeBufferPointer { values in
      for voxel in voxels {
        let value = values[voxel]
        result.mean += Double(value)
        result.square += Double(value) * Double(value)
        result.min = Swift.min(result.min, value)
        result.max = Swift.max(result.max, value)
      }
    }
    result.mean /= Double(voxels.count)
    result.square /= Double(voxels.count)
    return result
  }
}

extension IntensityProperties {
  /// Over cases that all count the same; `parts` has one element at least.
  init(_ parts: [CaseMeasurement.Foreground]) {
    let cases = Double(parts.count)
    let mean = parts.reduce(0) { $0 + $1.mean } / cases
    let square = parts.reduce(0) { $0 + $1.square } / cases
    var weighted: [(value: Float, weight: Double)] = []
    for part in parts {
      let weight = 1 / (cases * Double(part.sample.count))
      weighted += part.sample.map { ($0, weight) }
    }
    weighted.sort { ($0.value, $0.weight) < ($1.value, $1.weight) }
    func percentile(_ part: Double) -> Double {
      var sum = 0.0
      for (value, weight) in weighted {
        sum += weight
        // The sum ends a rounding error away from 1.
        if sum >= part - 1e-12 { return Double(value) }
      }
      return weighted.last.map { Double($0.value) } ?? 0
    }
    self.init(
      max: Double(parts.map(\.max).max() ?? 0), mean: mean, median: percentile(0.5),
      min: Double(parts.map(\.min).min() ?? 0), percentile005: percentile(0.005),
      percentile995: percentile(0.995),
      std: Swift.max(0, square - mean * mean).squareRoot())
  }
}

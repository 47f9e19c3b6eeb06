// Batches and scores that losses are tested on, and slopes by differences.

import Tensors

@testable import Training

/// A batch without an image: samples of labels on the grids of all outputs.
func labelledBatch(
  _ targets: [[Int16]], shapes: [[Int]], annotated: [[Int]?]? = nil
) throws -> Batch {
  let samples = shapes.first?.first ?? 0
  let patches = (0..<samples).map { sample in
    var patch = Patch(
      image: [], labels: [], shape: Array(shapes[0].dropFirst()), caseID: "case\(sample)",
      annotatedLabels: annotated?[sample])
    patch.targets = zip(targets, shapes).map { labels, shape in
      let voxels = shape.dropFirst().reduce(1, *)
      return Patch.Target(
        labels: Array(labels[sample * voxels..<(sample + 1) * voxels]),
        shape: Array(shape.dropFirst()))
    }
    return patch
  }
  return try Batch(patches, step: 0)
}

/// Numbers from −2 to 2 and labels, the same for the same seed.
struct LossSamples {
  private var random: UInt64

  init(seed: UInt64) { random = seed &* 2 &+ 1 }

  private mutating func next(_ bound: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(bound))
  }

  mutating func scores(_ count: Int) -> [Double] {
    (0..<count).map { _ in Double(next(4001) - 2000) / 1000 }
  }

  mutating func labels(_ count: Int, of values: [Int16]) -> [Int16] {
    (0..<count).map { _ in values[next(values.count)] }
  }
}

/// A loss of one output, with everything that it is computed from.
struct LossProblem {
  var loss: SegmentationLoss
  var scheme: LabelScheme
  var batch: Batch
  /// B, C and the extents.
  var shape: [Int]

  func value(_ scores: [Double]) throws -> Double {
    try loss([Tensor(scores, shape: shape)], batch, scheme: scheme, weights: [1]).item()
  }

  func gradient(_ scores: [Double]) throws -> [Double] {
    let tensor = try Tensor(scores, shape: shape).requiringGrad()
    try loss([tensor], batch, scheme: scheme, weights: [1]).backward()
    return try tensor.grad.values(as: Double.self)
  }

  /// Slopes by central differences.
  func differences(_ scores: [Double], step: Double = 1e-5) throws -> [Double] {
    try scores.indices.map { index in
      var (above, below) = (scores, scores)
      above[index] += step
      below[index] -= step
      return try (value(above) - value(below)) / (2 * step)
    }
  }
}

/// The largest difference as a share of the largest number; infinite if there are other numbers of numbers.
func relativeDifference(_ one: [Double], _ other: [Double]) -> Double {
  if one.count != other.count { return .infinity }
  let scale = max(one.map(abs).max() ?? 0, other.map(abs).max() ?? 0)
  // No number is smaller than the other list's largest error, where both should be zero.
  return zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(scale, 1e-9)
}

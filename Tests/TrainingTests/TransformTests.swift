// What must hold of every change of a patch, whatever its parameters.

import Datasets
import Foundation
import Testing

@testable import Training

@Suite("Transforms")
struct TransformTests {
  static func patch(_ shape: [Int], channels: Int = 1, seed: UInt64 = 1) -> Patch {
    var random = CounterRandom(seed: seed)
    let count = shape.reduce(1, *)
    return Patch(
      image: (0..<count * channels).map { _ in Float(random.normal()) },
      labels: (0..<count).map { Int16($0 % 5 == 0 ? 7 : $0 % 3) }, shape: shape,
      channels: channels)
  }

  @Test(arguments: [[9, 10, 11], [10, 13]])
  func nothingDrawnChangesNothing(shape: [Int]) {
    let original = Self.patch(shape, channels: 2)
    var patch = original
    SpatialTransform(patchSize: shape).apply(.init(), to: &patch)
    Mirroring(axes: []).mirror([], of: &patch)
    Brightness().multiply(1, by: 1, of: &patch)
    LowResolution().coarsen(0, to: 1, of: &patch)
    GaussianNoise().add(0, seed: 3, to: &patch)
    #expect(patch == original)
    // Sampled at the voxels themselves.
    SpatialTransform(patchSize: shape).apply(.init(isRotated: true), to: &patch)
    #expect(patch.labels == original.labels)
    #expect(largestDifference(patch.image, original.image) < 1e-5)
    Gamma().bend(0, by: 1, of: &patch)
    Contrast().stretch(1, by: 1, of: &patch)
    #expect(largestDifference(patch.image, original.image) < 1e-5)
  }

  /// A quarter turn about an axis sends voxel (a, b) of the other two to (b, last − a).
  @Test(arguments: [0, 1, 2])
  func quarterTurns(axis: Int) {
    let size = 7
    let original = Self.patch([size, size, size])
    var patch = original
    var motion = SpatialTransform.Motion(isRotated: true)
    motion.angles[axis] = Double.pi / 2
    SpatialTransform(patchSize: [size, size, size]).apply(motion, to: &patch)
    let strides = [size * size, size, 1]
    // R₁ turns z towards x, the others their first axis towards the second.
    let (first, second) = [(1, 2), (2, 0), (0, 1)][axis]
    for a in 0..<size {
      for b in 0..<size {
        for c in 0..<size {
          let to = a * strides[first] + b * strides[second] + c * strides[axis]
          let from = (size - 1 - b) * strides[first] + a * strides[second] + c * strides[axis]
          #expect(patch.labels[to] == original.labels[from])
          #expect(abs(patch.image[to] - original.image[from]) < 1e-4)
        }
      }
    }
  }

  @Test func quarterTurnsOfFlatAndPlanarPatches() {
    let size = 8
    let original = Self.patch([3, size, size])
    var planar = original
    let motion = SpatialTransform.Motion(angles: [Double.pi / 2, 0, 0], isRotated: true)
    SpatialTransform(patchSize: [3, size, size], isPlanar: true).apply(motion, to: &planar)
    for z in 0..<3 {
      let plane = z * size * size..<(z + 1) * size * size
      var flat = Patch(
        image: Array(original.image[plane]), labels: Array(original.labels[plane]),
        shape: [size, size])
      SpatialTransform(patchSize: [size, size]).apply(motion, to: &flat)
      #expect(Array(planar.image[plane]) == flat.image)
      #expect(Array(planar.labels[plane]) == flat.labels)
      for y in 0..<size {
        for x in 0..<size {
          let from = plane.lowerBound + (size - 1 - x) * size + y
          #expect(flat.labels[y * size + x] == original.labels[from])
        }
      }
    }
  }

  @Test(arguments: [[0], [1], [2], [0, 2], [0, 1, 2]])
  func mirroringTwice(axes: [Int]) {
    let original = Self.patch([5, 6, 37], channels: 2)
    var patch = original
    Mirroring(axes: axes).mirror(axes, of: &patch)
    #expect(patch.image != original.image)
    let at = [1, 2, 3]
    let from = (0..<3).map { axes.contains($0) ? [5, 6, 37][$0] - 1 - at[$0] : at[$0] }
    let index = { (voxel: [Int]) in (voxel[0] * 6 + voxel[1]) * 37 + voxel[2] }
    #expect(patch.labels[index(at)] == original.labels[index(from)])
    #expect(patch.image[1110 + index(at)] == original.image[1110 + index(from)])
    Mirroring(axes: axes).mirror(axes, of: &patch)
    #expect(patch == original)
  }

  @Test func flatPatchesMirrorTheirOwnAxes() {
    var patch = Patch(image: [1, 2, 3, 4, 5, 6], labels: [1, 2, 3, 4, 5, 6], shape: [2, 3])
    Mirroring(axes: [0]).mirror([0], of: &patch)
    #expect(patch.labels == [4, 5, 6, 1, 2, 3])
    Mirroring(axes: [1]).mirror([1], of: &patch)
    #expect(patch.image == [6, 5, 4, 3, 2, 1])
  }

  @Test func noiseIsNormal() {
    let count = 200_003
    var patch = Patch(
      image: Array(repeating: 0, count: count), labels: Array(repeating: 0, count: count),
      shape: [1, count])
    GaussianNoise().add(1, seed: 99, to: &patch)
    let values = patch.image.map(Double.init)
    let moment = { (power: Double) in
      values.reduce(0) { $0 + pow($1, power) } / Double(count)
    }
    #expect(abs(moment(1)) < 0.01 && abs(moment(2) - 1) < 0.015)
    #expect(abs(moment(3)) < 0.03 && abs(moment(4) - 3) < 0.08)
    #expect(values.allSatisfy { abs($0) < 6 })
    // 4.55 % lie beyond two deviations.
    #expect(abs(Double(values.count { abs($0) > 2 }) / Double(count) - 0.0455) < 0.002)
    // Neighbours and the two numbers of a pair do not go together.
    for lag in [1, 256] {
      let product = (0..<count - lag).reduce(0.0) { $0 + values[$1] * values[$1 + lag] }
      #expect(abs(product / Double(count)) < 0.01)
    }
    var short = Patch(image: [0, 0, 0], labels: [0, 0, 0], shape: [1, 3])
    GaussianNoise().add(1, seed: 99, to: &short)
    #expect(short.image == Array(patch.image.prefix(3)))
  }

  @Test(arguments: [1, 2, 31, 33, 1000])
  func gammaOfAnySize(count: Int) {
    var random = CounterRandom(seed: UInt64(count))
    let image = (0..<count).map { _ in Float(random.uniform() * 4 - 1) }
    var patch = Patch(
      image: image, labels: Array(repeating: 0, count: count), shape: [1, count])
    Gamma(keepsMoments: false).bend(0, by: 0.8, of: &patch)
    let low = image.min() ?? 0
    let range = max((image.max() ?? 0) - low, 1e-7)
    let expected = image.map { powf(($0 - low) / range, 0.8) * range + low }
    #expect(largestDifference(patch.image, expected) < 4e-6)
  }

  @Test func flatChannelsStayFinite() {
    var patch = Patch(
      image: Array(repeating: 3, count: 60), labels: Array(repeating: 0, count: 60),
      shape: [3, 4, 5])
    Gamma().bend(0, by: 1.5, of: &patch)
    Gamma(isInverted: true).bend(0, by: 0.7, of: &patch)
    Contrast().stretch(0, by: 1.2, of: &patch)
    GaussianBlur().blur(0, [1, 1, 1], of: &patch)
    LowResolution().coarsen(0, to: 0.5, of: &patch)
    #expect(patch.image.allSatisfy { abs($0 - 3) < 1e-5 })
  }

  /// Blurs whose kernels reach beyond the patch still mirror it.
  @Test func blurOfTinyPatches() {
    var patch = Self.patch([1, 2, 3])
    let mean = patch.image.reduce(0, +) / 6
    GaussianBlur().blur(0, [1, 3, 2], of: &patch)
    #expect(patch.image.allSatisfy { $0.isFinite && abs($0 - mean) < 2 })
  }

  @Test func labelsStayInTheSet() {
    let original = Self.patch([16, 18, 20])
    let labels = Set(original.labels)
    for step in 0..<12 {
      var patch = original
      var random = CounterRandom(seed: 5, step: step)
      SpatialTransform(patchSize: [10, 10, 10], rotationProbability: 1, scalingProbability: 1)
        .apply(to: &patch, random: &random)
      #expect(Set(patch.labels).isSubset(of: labels.union([-1])))
    }
  }

  @Test func maskAndReplacement() {
    var patch = Patch(
      image: [1, 2, 3, 4, 5, 6, 7, 8], labels: [0, -1, 2, -1, -1, 1, -1, 3], shape: [2, 2],
      channels: 2, labelChannels: 2)
    var random = CounterRandom(seed: 0)
    NonzeroMask(channels: [1]).apply(to: &patch, random: &random)
    #expect(patch.image == [1, 2, 3, 4, 5, 0, 7, 0])
    LabelReplacement(replacement: 9).apply(to: &patch, random: &random)
    #expect(patch.labels == [0, 9, 2, 9, 0, 1, 0, 3])
  }
}

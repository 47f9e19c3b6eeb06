// Patches seen in a mirror.

internal import CKernels
public import Datasets

/// Reverses each allowed axis of image and labels by chance.
///
/// nnU-Net: all axes, each by chance 0.5. Source: batchgeneratorsv2 0.3.6, `MirrorTransform`.
public struct Mirroring: PatchTransform {
  /// What is random is which axes are reversed.
  public var probability: Double { 1 }
  public var axisProbability: Double
  /// Axes of the patch that may be reversed, 0 the outermost.
  public var axes: [Int]

  public init(axisProbability: Double = 0.5, axes: [Int]) {
    self.axisProbability = axisProbability
    self.axes = axes
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    mirror(axes.filter { _ in random.happens(axisProbability) }, of: &patch)
  }

  public func check() throws {
    try requireProbability("axisProbability", axisProbability)
    try require("axes", axes, axes.allSatisfy { (0..<3).contains($0) }, "axes from 0 to 2")
  }

  func mirror(_ axes: [Int], of patch: inout Patch) {
    if axes.isEmpty { return }
    let flat = 3 - patch.shape.count
    let extents = Patch.extents(patch.shape)
    let reversed = (0..<3).map { axes.contains($0 - flat) }
    patch.image = Self.mirrored(patch.image, patch.channels, extents, reversed)
    patch.labels = Self.mirrored(patch.labels, patch.labelChannels, extents, reversed)
  }

  private static func mirrored<Value>(
    _ values: [Value], _ channels: Int, _ extents: [Int32], _ reversed: [Bool]
  ) -> [Value] {
    let count = values.count / max(1, channels)
    return [Value](unsafeUninitializedCapacity: values.count) { out, used in
      values.withUnsafeBufferPointer { values in
        guard let from = values.baseAddress, let to = out.baseAddress else { return }
        for start in stride(from: 0, to: values.count, by: count) {
          vk_mirror(
            from + start, extents, reversed, Int32(MemoryLayout<Value>.stride), to + start)
        }
      }
      used = values.count
    }
  }
}

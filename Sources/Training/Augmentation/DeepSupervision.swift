// Labels on the grids of all outputs of a network that is supervised at several depths.

internal import CKernels
public import Datasets

/// Gives the labels on coarser grids, each voxel by the nearest one.
///
/// Source: batchgeneratorsv2 0.3.6, `DownsampleSegForDSTransform`.
public struct DeepSupervision: PatchTransform {
  public var probability: Double { 1 }
  /// Extents of each output as shares of the patch's, the finest output first; ones are the patch itself.
  public var scales: [[Double]]

  public init(scales: [[Double]]) { self.scales = scales }

  /// Outputs of all stages but the coarsest, as nnU-Net compares them.
  ///
  /// - Parameter strides: Stride of the first convolution of each stage, by axis, as the plan says.
  public init(strides: [[Int]]) {
    var product = Array(repeating: 1.0, count: strides.first?.count ?? 0)
    let all = strides.map { stride in
      product = zip(product, stride).map { $0 * Double($1) }
      return product.map { 1 / $0 }
    }
    scales = Array(all.dropLast())
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    let extents = Patch.extents(patch.shape)
    let labels = patch.labels.prefix(patch.count)
    patch.targets = scales.map { scale in
      let shape = shape(of: patch.shape, at: scale)
      if shape == patch.shape { return Patch.Target(labels: Array(labels), shape: shape) }
      let coarse = [Int16](unsafeUninitializedCapacity: shape.reduce(1, *)) { out, used in
        labels.withUnsafeBufferPointer {
          vk_nearest_labels($0.baseAddress, extents, Patch.extents(shape), out.baseAddress)
        }
        used = out.count
      }
      return Patch.Target(labels: coarse, shape: shape)
    }
  }

  public func check() throws {
    try require(
      "scales", scales,
      !scales.isEmpty && scales.allSatisfy { $0.allSatisfy { $0 > 0 && $0 <= 1 } },
      "shares above 0, up to 1, for at least one output")
  }

  func shape(of shape: [Int], at scale: [Double]) -> [Int] {
    zip(shape, scale).map { max(1, Int((Double($0) * $1).rounded(.toNearestOrEven))) }
  }
}

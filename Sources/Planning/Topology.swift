// Where a U-Net halves its resolution and how wide its kernels are, from voxel size and patch size alone.

/// Strides and kernels of a U-Net, axis by axis.
///
/// Fine axes are halved first until all are equally fine within a factor of 2, and an axis stays without
/// pooling once it would get shorter than the shortest edge. Convolutions do not look along an axis that is
/// still at least twice as coarse as the finest.
/// Source: nnU-Net, Isensee et al., Nature Methods 2021, supplementary note 2; rules of nnunetv2 2.8.1.
public struct Topology: Sendable, Equatable {
  /// Stride of each stage; the first is 1 along all axes.
  public let strides: [[Int]]
  /// Kernel of each stage; the coarsest looks 3 voxels far along all axes.
  public let kernels: [[Int]]
  /// The patch, padded so that every pooling divides it.
  public let patchSize: [Int]
  /// What a patch must be a multiple of.
  public let divisors: [Int]

  /// Shortest edge of the coarsest feature maps, in voxels.
  static let shortestEdge = 4.0

  /// Decides for a patch; `patchSize` may be fractional as medians are.
  public init(spacing: [Double], patchSize: [Double]) {
    let axes = spacing.indices
    var spacing = spacing
    var size = patchSize
    var poolings = axes.map { _ in 0 }
    var kernel = axes.map { _ in 1 }
    var strides = [axes.map { _ in 1 }]
    var kernels: [[Int]] = []
    while true {
      let long = axes.filter { size[$0] >= 2 * Self.shortestEdge }
      guard let finest = long.map({ spacing[$0] }).min() else { break }
      let pooled = long.filter { spacing[$0] / finest < 2 }
      if pooled.count == 1, size[pooled[0]] < 3 * Self.shortestEdge { break }
      let finestOfAll = spacing.min() ?? 1
      for axis in axes where spacing[axis] / finestOfAll < 2 { kernel[axis] = 3 }
      for axis in pooled {
        poolings[axis] += 1
        spacing[axis] *= 2
        size[axis] = (size[axis] / 2).rounded(.up)
      }
      strides.append(axes.map { pooled.contains($0) ? 2 : 1 })
      kernels.append(kernel)
    }
    kernels.append(axes.map { _ in 3 })
    self.strides = strides
    self.kernels = kernels
    divisors = poolings.map { 1 << $0 }
    self.patchSize = zip(patchSize, divisors).map { size, divisor in
      Int((size / Double(divisor)).rounded(.up)) * divisor
    }
  }
}

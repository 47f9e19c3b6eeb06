// The grid that label arrays lie on, checked once, and how an image of a single slice is read.

internal import CKernels

/// What the faces of an image of one slice are.
public enum FlatImage: String, Sendable, Codable, CaseIterable {
  /// The image has two dimensions: nothing lies above and below a pixel. What is meant by 2-D images.
  case twoDimensional
  /// The image is a volume of one slice, with background above and below, so that every voxel of a mask
  /// belongs to its border: what libraries do that are given an array of three dimensions.
  case oneSlice
}

/// Size in voxels and spacing in mm, x first; x runs fastest.
struct Grid: Sendable {
  let size: SIMD3<Int>
  let spacing: SIMD3<Double>
  let voxels: Int

  init(size: SIMD3<Int>, spacing: SIMD3<Double> = .one) throws {
    let (plane, planeOverflows) = size.x.multipliedReportingOverflow(by: size.y)
    let (voxels, overflows) = plane.multipliedReportingOverflow(by: size.z)
    // One more than the size must be countable in 32 bits, for the corners of voxels.
    guard !planeOverflows, !overflows, size.min() >= 0, size.max() < Int(Int32.max) else {
      throw MetricsError.sizeInvalid(size)
    }
    guard spacing.min() > 0, (0..<3).allSatisfy({ spacing[$0].isFinite }) else {
      throw MetricsError.spacingInvalid(spacing)
    }
    self.size = size
    self.spacing = spacing
    self.voxels = voxels
  }

  init(
    prediction: [Int32], reference: [Int32], size: SIMD3<Int>, spacing: SIMD3<Double> = .one
  ) throws {
    guard prediction.count == reference.count else {
      throw MetricsError.lengthsDiffer(prediction: prediction.count, reference: reference.count)
    }
    try self.init(size: size, spacing: spacing)
    try check(voxels: reference.count)
  }

  func check(voxels count: Int) throws {
    guard count == voxels else { throw MetricsError.sizeDiffers(voxels: count, size: size) }
  }

  /// From one outer corner of the image to the opposite one, in mm.
  var diagonal: Double {
    let extent = SIMD3<Double>(size) * spacing
    return (extent * extent).sum().squareRoot()
  }

  func isPlanar(_ flat: FlatImage) -> Bool { size.z == 1 && flat == .twoDimensional }
}

/// A part of a grid: the first voxel, and the first one behind the last of each axis.
struct Box: Sendable, Equatable {
  var low: SIMD3<Int>
  var high: SIMD3<Int>

  static func whole(_ grid: Grid) -> Box { Box(low: .zero, high: grid.size) }

  func union(_ other: Box?) -> Box {
    guard let other else { return self }
    return Box(
      low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high))
  }

  /// The same part for the kernels.
  func window(in grid: Grid) -> vk_window {
    let row = grid.size.x
    let plane = row * grid.size.y
    return vk_window(
      grid: vk_grid(size: high &- low),
      origin: Int64(low.x + low.y * row + low.z * plane), row: Int64(row), plane: Int64(plane))
  }
}

extension vk_grid {
  init(size: SIMD3<Int>) {
    self.init(
      columns: Int32(size.x), rows: Int32(size.y), planes: Int32(size.z),
      words: Int64((size.x + 63) / 64))
  }

  /// Rows of all planes.
  var rowCount: Int { Int(rows) * Int(planes) }
  var voxelCount: Int { rowCount * Int(columns) }
  var size: SIMD3<Int> { SIMD3(Int(columns), Int(rows), Int(planes)) }
}

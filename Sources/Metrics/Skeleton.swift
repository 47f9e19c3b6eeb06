// Skeletons: masks thinned to curves that keep their topology, as the centreline Dice needs them.
// Zhang and Suen, CACM 27 (1984) 236; Lee, Kashyap and Chu, CVGIP 56 (1994) 462.

internal import CKernels

/// In which order the voxels of a volume are thinned.
///
/// Thinning decides voxel by voxel, and what it leaves of thick parts depends on the order. Both orders are
/// those of scikit-image; which one a published figure has, depends on the library that read the image.
public enum ThinningOrder: String, Sendable, Codable, CaseIterable {
  /// The array as (z, y, x), x innermost: SimpleITK, pictures.
  case zyx
  /// The array as (x, y, z), z innermost: nibabel.
  case xyz
}

/// The skeleton of a mask.
public enum Skeleton {
  /// Thins a mask to a skeleton with the voxels that scikit-image 0.26 keeps.
  ///
  /// Two dimensions: Zhang and Suen's conditions, with scikit-image's other decisions in 25 of the 256
  /// neighbourhoods. Three dimensions: Lee's algorithm; parts with an even number of voxels across may
  /// vanish, in scikit-image too.
  ///
  /// - Parameters:
  ///   - mask: one byte per voxel, not 0 in the mask, x fastest
  ///   - size: voxels along x, y and z; z is 1 for a picture
  ///   - order: in which order voxels are removed
  ///   - flat: how an image of one slice is read
  /// - Returns: one byte per voxel, 1 in the skeleton
  /// - Throws: ``MetricsError``
  public static func thin(
    _ mask: [UInt8], size: SIMD3<Int>, order: ThinningOrder = .zyx,
    flat: FlatImage = .twoDimensional
  ) throws -> [UInt8] {
    let grid = try Grid(size: size)
    try grid.check(voxels: mask.count)
    let set = mask.withUnsafeBytes { VoxelSet(bytes: $0, zeros: false, of: grid) }
    let skeleton = set.skeleton(order: order, of: grid, isPlanar: grid.isPlanar(flat))
    let rows = size.y * size.z
    return (0..<rows).flatMap { row in
      (0..<size.x).map { skeleton.contains(column: $0, row: row) ? 1 : 0 }
    }
  }
}

extension VoxelSet {
  /// The voxels that thinning keeps of a part of an image.
  func skeleton(order: ThinningOrder, of image: Grid, isPlanar: Bool) -> VoxelSet {
    // One voxel of background all around; the axis that runs fastest comes first.
    let axes = order == .zyx ? [0, 1, 2] : isPlanar ? [1, 0, 2] : [2, 1, 0]
    let size = grid.size &+ SIMD3(2, 2, 2)
    var strides = SIMD3<Int>.zero
    var stride = 1
    for axis in axes {
      strides[axis] = stride
      stride *= size[axis]
    }
    let place = { (x: Int, y: Int, z: Int) in
      ((SIMD3(x, y, z) &+ 1) &* strides).wrappedSum()
    }
    var padded = [UInt8](repeating: 0, count: stride)
    var voxels: [Int64] = []
    forEach { x, y, z in
      padded[place(x, y, z)] = 1
      voxels.append(Int64(place(x, y, z)))
    }
    if order == .xyz { voxels.sort() }
    var candidates = [Int64](repeating: 0, count: voxels.count)
    let row = Int64(size[axes[0]])
    let plane = row * Int64(size[axes[1]])
    let kept =
      if isPlanar {
        vk_skeleton_2d(&padded, row, &voxels, Int64(voxels.count), &candidates)
      } else {
        // Of an image whose outermost axis has length one, scikit-image leaves that axis alone.
        vk_skeleton_3d(
          &padded, row, plane, image.size[axes[2]] == 1, &voxels, Int64(voxels.count), &candidates)
      }
    let skeleton = VoxelSet(grid)
    for voxel in voxels.prefix(Int(kept)) {
      let position = (0..<3).map { Int(voxel) / strides[$0] % size[$0] - 1 }
      skeleton.insert(position[0], position[1], position[2])
    }
    return skeleton
  }
}

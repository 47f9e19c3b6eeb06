// The largest connected piece of a mask in three dimensions.

import Foundation

/// Which voxels belong to the largest piece of a mask; voxels touch over faces, edges and corners.
///
/// Of several largest pieces all are kept, as nnU-Net does.
enum LargestComponents {
  /// `mask` is x fastest; the result is true for the kept voxels.
  static func kept(_ mask: [Bool], size: SIMD3<Int>) -> [Bool] {
    var pieces = [Int32](repeating: -1, count: mask.count)
    var counts: [Int] = []
    var open: [Int] = []
    mask.withUnsafeBufferPointer { mask in
      pieces.withUnsafeMutableBufferPointer { pieces in
        for start in mask.indices where mask[start] && pieces[start] < 0 {
          let piece = Int32(counts.count)
          pieces[start] = piece
          open.append(start)
          var count = 0
          while let voxel = open.popLast() {
            count += 1
            let x = voxel % size.x
            let y = voxel / size.x % size.y
            let z = voxel / (size.x * size.y)
            for plane in max(z - 1, 0)...min(z + 1, size.z - 1) {
              for row in max(y - 1, 0)...min(y + 1, size.y - 1) {
                let line = (plane * size.y + row) * size.x
                for place in line + max(x - 1, 0)...line + min(x + 1, size.x - 1)
                where mask[place] && pieces[place] < 0 {
                  pieces[place] = piece
                  open.append(place)
                }
              }
            }
          }
          counts.append(count)
        }
      }
    }
    guard let largest = counts.max() else { return mask }
    return pieces.map { $0 >= 0 && counts[Int($0)] == largest }
  }
}

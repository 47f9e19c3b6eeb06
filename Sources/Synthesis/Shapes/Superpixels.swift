// SLIC: an image divided into compact pieces of even brightness.

internal import Foundation

/// Superpixels of a grey picture.
///
/// Source: Achanta et al., SLIC Superpixels Compared to State-of-the-Art Superpixel Methods, IEEE Transactions on Pattern
/// Analysis and Machine Intelligence 34 (2012), 2274.
enum Superpixels {
  /// Divides a picture.
  ///
  /// - Parameters:
  ///   - picture: one slice, values from 0 to 255
  ///   - count: about how many pieces
  ///   - compactness: grey levels that weigh as much as the distance of two centres
  ///   - rounds: of assigning pixels and moving centres
  /// - Returns: the number of each pixel's piece, from 0 without gaps; every piece is connected
  static func divide(
    _ picture: Field, count: Int, compactness: Float = 20, rounds: Int = 8
  ) -> [Int32] {
    let width = picture.size.x
    let height = picture.size.y
    let step = max(2, Float((Double(width * height) / Double(max(1, count))).squareRoot()))
    var centres: [SIMD3<Float>] = []
    var y = step / 2
    while y < Float(height) {
      var x = step / 2
      while x < Float(width) {
        centres.append(SIMD3(x, y, picture.values[Int(x) + width * Int(y)]))
        x += step
      }
      y += step
    }
    var owner = [Int32](repeating: 0, count: width * height)
    let reach = Int(step.rounded(.up))
    for _ in 0..<rounds {
      var best = [Float](repeating: .infinity, count: width * height)
      for (number, centre) in centres.enumerated() {
        let left = max(0, Int(centre.x) - reach)
        let top = max(0, Int(centre.y) - reach)
        for y in top...min(height - 1, Int(centre.y) + reach) {
          for x in left...min(width - 1, Int(centre.x) + reach) {
            let index = x + width * y
            let shade = (picture.values[index] - centre.z) / compactness
            let dx = (Float(x) - centre.x) / step
            let dy = (Float(y) - centre.y) / step
            let distance = shade * shade + dx * dx + dy * dy
            if distance < best[index] {
              best[index] = distance
              owner[index] = Int32(number)
            }
          }
        }
      }
      var sums = [SIMD4<Float>](repeating: .zero, count: centres.count)
      for index in owner.indices {
        sums[Int(owner[index])] += SIMD4(
          Float(index % width), Float(index / width), picture.values[index], 1)
      }
      for number in centres.indices where sums[number].w > 0 {
        centres[number] =
          SIMD3(sums[number].x, sums[number].y, sums[number].z) / sums[number].w
      }
    }
    return connected(owner, width: width, smallest: Int(step * step / 4))
  }

  /// Numbers connected pieces anew; those below a size join the piece before them.
  private static func connected(_ owner: [Int32], width: Int, smallest: Int) -> [Int32] {
    let height = owner.count / width
    var result = [Int32](repeating: -1, count: owner.count)
    var next: Int32 = 0
    for start in owner.indices where result[start] < 0 {
      var members = [start]
      var neighbour: Int32 = -1
      result[start] = next
      var cursor = 0
      while cursor < members.count {
        let index = members[cursor]
        cursor += 1
        let x = index % width
        let y = index / width
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
          let column = x + dx
          let row = y + dy
          guard column >= 0, row >= 0, column < width, row < height else { continue }
          let other = column + width * row
          if result[other] < 0, owner[other] == owner[start] {
            result[other] = next
            members.append(other)
          } else if result[other] >= 0, result[other] != next {
            neighbour = result[other]
          }
        }
      }
      if members.count < smallest, neighbour >= 0 {
        for index in members { result[index] = neighbour }
      } else {
        next += 1
      }
    }
    return result
  }
}

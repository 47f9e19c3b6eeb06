// What an image looks like in a kilobyte, so that the same picture is found again under another name.

import Foundation
public import Imaging

/// A perceptual hash of an image, and the thumbnail that confirms a match.
///
/// The hash tells for 8 × 8 places whether the image grows brighter to the right (dHash); it survives
/// resizing, other formats and changes of brightness. A match is confirmed by the correlation of 32 × 32
/// thumbnails. Mirrored and turned copies are found too. Of a volume the middle slice stands for it.
public struct ImageFingerprint: Codable, Sendable, Equatable {
  static let side = 32
  /// Correlation from which two images count as one; different photographs of one organ stay below.
  public static let sameImage = 0.995
  /// Differing bits of the hash, of 64, up to which the thumbnails are compared.
  static let mostBits = 12

  /// 32 × 32 bytes, from the darkest to the brightest place of the image.
  private let thumbnail: [UInt8]
  /// The hash of each of the eight ways to turn and mirror the thumbnail; the first is as it lies.
  private let hashes: [UInt64]
  /// Sum of the bytes and of their squares, which no turn changes.
  private let sum: Int
  private let squares: Int

  /// The fingerprint of an image; nil for a constant one, which looks like any other.
  public init?(_ image: Volume) {
    guard let values = try? image.floats(.luminance) else { return nil }
    let size = image.geometry.size
    let start = size.z / 2 * size.x * size.y
    let grid = Self.reduced(
      Array(values[start..<start + size.x * size.y]), width: size.x, height: size.y)
    guard let low = grid.min(), let high = grid.max(), high > low, (high - low).isFinite else {
      return nil
    }
    self.init(thumbnail: grid.map { UInt8((($0 - low) / (high - low) * 255).rounded()) })
  }

  private init(thumbnail: [UInt8]) {
    self.thumbnail = thumbnail
    let grid = thumbnail.map(Double.init)
    hashes = Self.turns.map { turn in Self.hash(turn.map { grid[$0] }) }
    sum = thumbnail.reduce(0) { $0 + Int($1) }
    squares = thumbnail.reduce(0) { $0 + Int($1) * Int($1) }
  }

  /// How alike two images are, at most 1: the correlation of their thumbnails, over the eight ways to
  /// turn and mirror one of them whose hashes are close; 0 where none is.
  public func similarity(to other: ImageFingerprint) -> Double {
    var best = 0.0
    // Bits tell most images apart; few thumbnails are looked at.
    for (turn, hash) in other.hashes.enumerated()
    where (hashes[0] ^ hash).nonzeroBitCount <= Self.mostBits {
      best = max(best, correlation(with: other, turned: Self.turns[turn]))
    }
    return best
  }

  /// Pearson's correlation of the thumbnails, by sums of whole numbers, which are exact.
  private func correlation(with other: ImageFingerprint, turned places: [Int]) -> Double {
    let count = thumbnail.count
    var products = 0
    for (value, place) in zip(thumbnail, places) {
      products += Int(value) * Int(other.thumbnail[place])
    }
    let spreads =
      Double(count * squares - sum * sum) * Double(count * other.squares - other.sum * other.sum)
    return spreads > 0 ? Double(count * products - sum * other.sum) / spreads.squareRoot() : 0
  }

  /// Means over the 32 × 32 blocks of the image; every block holds at least one pixel.
  private static func reduced(_ values: [Float], width: Int, height: Int) -> [Double] {
    (0..<side * side).map { place in
      let (row, column) = (place / side, place % side)
      let rows = row * height / side..<max(row * height / side + 1, (row + 1) * height / side)
      let columns =
        column * width / side..<max(column * width / side + 1, (column + 1) * width / side)
      var sum = 0.0
      for y in rows { for x in columns { sum += Double(values[y * width + x]) } }
      return sum / Double(rows.count * columns.count)
    }
  }

  private static func hash(_ grid: [Double]) -> UInt64 {
    var bits: UInt64 = 0
    for row in 0..<8 {
      let means = (0..<9).map { column -> Double in
        let columns = column * side / 9..<(column + 1) * side / 9
        let rows = row * side / 8..<(row + 1) * side / 8
        return rows.reduce(0.0) { sum, y in
          sum + columns.reduce(0.0) { $0 + grid[y * side + $1] }
        } / Double(rows.count * columns.count)
      }
      for column in 0..<8 { bits = bits << 1 | (means[column] < means[column + 1] ? 1 : 0) }
    }
    return bits
  }

  /// For each of the eight ways to turn and mirror a thumbnail the places that its values come from.
  private static let turns: [[Int]] = (0..<8).map { turn in
    (0..<side * side).map { place in
      var (y, x) = (place / side, place % side)
      if turn & 1 != 0 { x = side - 1 - x }
      if turn & 2 != 0 { y = side - 1 - y }
      if turn & 4 != 0 { (x, y) = (y, x) }
      return y * side + x
    }
  }
}

extension ImageFingerprint {
  private enum CodingKeys: CodingKey { case thumbnail }

  public init(from decoder: any Decoder) throws {
    let bytes = try decoder.container(keyedBy: CodingKeys.self).decode(
      Data.self, forKey: .thumbnail)
    guard bytes.count == Self.side * Self.side else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a thumbnail has \(Self.side * Self.side) bytes, not \(bytes.count)"))
    }
    self.init(thumbnail: Array(bytes))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Data(thumbnail), forKey: .thumbnail)
  }
}

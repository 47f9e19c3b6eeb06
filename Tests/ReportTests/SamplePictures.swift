// Small pictures for the gallery of the sample, encoded without any library.

import Foundation

/// A round fundus with a vessel, a reference outline and a prediction outline.
enum SamplePictures {
  static func png(side: Int, shift: Double) -> Data {
    var pixels: [UInt8] = []
    for y in 0..<side {
      pixels.append(0)
      for x in 0..<side {
        let (u, v) = (Double(x) / Double(side) * 2 - 1, Double(y) / Double(side) * 2 - 1)
        pixels += colour(u, v, shift: shift)
      }
    }
    var header = bigEndian(UInt32(side)) + bigEndian(UInt32(side))
    header += [8, 2, 0, 0, 0]
    let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    return Data(
      signature + chunk("IHDR", header) + chunk("IDAT", stored(pixels)) + chunk("IEND", []))
  }

  private static func colour(_ u: Double, _ v: Double, shift: Double) -> [UInt8] {
    let radius = (u * u + v * v).squareRoot()
    guard radius < 0.95 else { return [6, 6, 8] }
    let centre = 0.35 * sin(3 * v)
    let (reference, prediction) = (abs(u - centre), abs(u - centre - shift))
    if abs(reference - 0.16) < 0.02 { return [0, 200, 150] }
    if abs(prediction - 0.16) < 0.02 { return [255, 170, 0] }
    let light = 1 - radius * 0.6 - (reference < 0.16 ? 0.3 : 0)
    return [UInt8(210 * light), UInt8(110 * light), UInt8(70 * light)]
  }

  /// zlib's container with blocks that are stored, not compressed.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(start + 65_535, bytes.count)
      let length = UInt16(end - start)
      result.append(end == bytes.count ? 1 : 0)
      result += [
        UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8),
      ]
      result += bytes[start..<end]
      start = end
    } while start < bytes.count
    var (a, b) = (UInt32(1), UInt32(0))
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return result + bigEndian(b << 16 | a)
  }

  private static func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + bytes
    var remainder: UInt32 = .max
    for byte in body {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
      }
    }
    return bigEndian(UInt32(bytes.count)) + body + bigEndian(~remainder)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
  }
}

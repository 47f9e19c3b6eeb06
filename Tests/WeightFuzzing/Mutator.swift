// Turns valid files into broken ones: flips, cuts, splices, extreme numbers, foreign instructions.

/// Makes one broken file per number; equal numbers give equal files.
public struct Mutator: Sendable {
  public let seed: UInt64
  private let samples: [Sample]

  public init(seed: UInt64, samples: [Sample]) {
    self.seed = seed
    self.samples = samples
  }

  /// The input of a number, with the sample it came from.
  public func input(_ number: Int) -> Sample {
    var random = RandomSource(seed: seed, stream: UInt64(truncatingIfNeeded: number))
    guard let sample = samples.randomElement(using: &random) else {
      return Sample(name: "empty", bytes: [])
    }
    var bytes = sample.bytes
    for _ in 0..<([1, 1, 1, 2, 2, 4].randomElement(using: &random) ?? 1) { mutate(&bytes, &random) }
    return Sample(name: sample.name, bytes: bytes)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout RandomSource) {
    guard let place = bytes.indices.randomElement(using: &random) else {
      bytes.append(UInt8.random(in: 0...255, using: &random))
      return
    }
    let end = min(bytes.count, place + Int.random(in: 1...32, using: &random))
    switch Int.random(in: 0..<11, using: &random) {
    case 0, 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 3: bytes[place] = instructions.randomElement(using: &random) ?? 0
    case 4, 5: overwrite(&bytes, at: place, &random)
    case 6 where Int.random(in: 0..<4, using: &random) == 0: bytes.removeSubrange(place...)
    case 6, 7: bytes.removeSubrange(place..<end)
    case 8:
      let piece = Array(bytes[place..<end])
      let times = Int.random(in: 1...64, using: &random)
      bytes.insert(contentsOf: repeatElement(piece, count: times).joined(), at: place)
    case 9:
      guard let other = samples.randomElement(using: &random)?.bytes,
        let start = other.indices.randomElement(using: &random)
      else { return }
      let last = min(other.count, start + Int.random(in: 1...200, using: &random))
      bytes.replaceSubrange(place..<end, with: other[start..<last])
    default:
      let number = texts.randomElement(using: &random) ?? ""
      bytes.replaceSubrange(place..<min(end, place + 2), with: Array(number.utf8))
    }
  }

  /// Writes an extreme integer of one to eight bytes over whatever lies there.
  private func overwrite(_ bytes: inout [UInt8], at place: Int, _ random: inout RandomSource) {
    let width = [1, 2, 4, 8].randomElement(using: &random) ?? 4
    let extremes: [UInt64] = [
      0, 1, 2, 63, 64, 65, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000,
      0xFFFF_FFFF, UInt64(Int64.max), UInt64(Int64.max) + 1, .max, .max - 7,
      UInt64(bytes.count), UInt64(bytes.count + 1), UInt64(place),
    ]
    let value = extremes.randomElement(using: &random) ?? 0
    for index in 0..<width where place + index < bytes.count {
      bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
    }
  }

  private let instructions: [UInt8] =
    Array("().012BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu}".utf8) + Array(0x80...0x98)

  private let texts = [
    "9223372036854775807", "-1", "18446744073709551616", "1e999", "[[[[[[[[", "{\"a\":{", "0",
    "99999999", "(1,1,1,1,1,1,1,1)", "\"", "\\u", "../", "True", "'O'", "<f16",
    "4611686018427387904",
  ]
}

// A block as bytes: values sorted by significance, because equal bytes beside each other compress well.

import CITK
import CKernels
import Foundation

/// A block of a case in memory.
final class DecodedBlock: Sendable {
  /// Row-major over (channel, block).
  let image: [Float]
  /// Row-major over the block; empty when the case has no labels.
  let labels: [Int16]

  init(image: [Float], labels: [Int16]) {
    self.image = image
    self.labels = labels
  }

  var bytes: Int { image.count * 4 + labels.count * 2 }
}

extension DecodedBlock {
  /// Level 1 of zlib: higher levels cost much time and gain little on noisy floats.
  private static let level: Int32 = 1

  /// The block of `prepared` at a place, compressed.
  static func encoded(
    _ prepared: PreparedCase, _ layout: BlockLayout, place: [Int]
  ) throws -> [UInt8] {
    let (lower, size) = (layout.lower(of: place), layout.size(of: place))
    let count = size.reduce(1, *)
    var plain = [UInt8](repeating: 0, count: layout.bytes(of: place))
    for (channel, values) in prepared.image.channels.enumerated() {
      let part = cut(values, lower: lower, size: size, shape: layout.shape)
      shuffle(part, into: &plain, at: channel * count * 4)
    }
    if let labels = prepared.labels {
      let part = cut(labels.labels, lower: lower, size: size, shape: layout.shape)
      shuffle(part, into: &plain, at: layout.channels * count * 4)
    }
    let bound = Int(citk_deflate_bound(Int64(plain.count)))
    var written: Int64 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: bound) { out, used in
      let status = citk_deflate_block(
        plain, Int64(plain.count), level, out.baseAddress, Int64(bound), &written)
      used = status == 0 ? Int(written) : 0
    }
    guard !bytes.isEmpty else {
      throw PreparationError.malformedImage(reason: "zlib does not compress a block")
    }
    return bytes
  }

  /// The block that `bytes` hold; `nil` when they are not what was written.
  convenience init?(
    decoding bytes: UnsafeRawBufferPointer, _ layout: BlockLayout, place: [Int]
  ) {
    let count = layout.size(of: place).reduce(1, *)
    let length = layout.bytes(of: place)
    var isWhole = false
    let plain = [UInt8](unsafeUninitializedCapacity: length) { out, used in
      isWhole =
        citk_inflate_block(bytes.baseAddress, Int64(bytes.count), out.baseAddress, Int64(length))
        == 0
      used = isWhole ? length : 0
    }
    guard isWhole else { return nil }
    let voxels = layout.channels * count
    let image = [Float](unsafeUninitializedCapacity: voxels) { out, used in
      plain.withUnsafeBufferPointer { plain in
        guard let from = plain.baseAddress, let to = out.baseAddress else { return }
        for channel in 0..<layout.channels {
          vk_unshuffle_bytes(from + channel * count * 4, Int64(count), 4, to + channel * count)
        }
      }
      used = voxels
    }
    let labels = [Int16](unsafeUninitializedCapacity: layout.hasLabels ? count : 0) { out, used in
      guard layout.hasLabels else { return }
      plain.withUnsafeBufferPointer { plain in
        guard let from = plain.baseAddress, let to = out.baseAddress else { return }
        vk_unshuffle_bytes(from + voxels * 4, Int64(count), 2, to)
      }
      used = count
    }
    self.init(image: image, labels: labels)
  }

  private static func shuffle<Element: BitwiseCopyable>(
    _ values: [Element], into bytes: inout [UInt8], at offset: Int
  ) {
    bytes.withUnsafeMutableBufferPointer { bytes in
      values.withUnsafeBytes { values in
        let source = values.assumingMemoryBound(to: UInt8.self)
        guard let from = source.baseAddress, let to = bytes.baseAddress else { return }
        let size = MemoryLayout<Element>.size
        vk_shuffle_bytes(from, Int64(values.count / size), Int32(size), to + offset)
      }
    }
  }
}

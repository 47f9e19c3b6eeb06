// The gradient of the weights by Winograd's filtering: tiles of inputs and gradients are transformed, and
// for each of 36, 144 or 216 products the outer products of all tiles are summed.

import CKernels

extension WeightGradient {
  /// Some tiles of one sample, and their place among those that are summed together.
  private struct Piece {
    let sample: Int
    let first: Int
    let last: Int
    let place: Int
  }

  func filtered() throws -> Tensor {
    let inputBlocks = convolution.pixels.map { ($0 + width - 1) / width }
    // Every map begins with a new block of channels.
    let rows = zip(convolution.pixels, inputBlocks).flatMap { pixel, count in
      (0..<count).map { Int32(min(width, pixel - $0 * width)) }
    }
    let total = tiles * samples.count
    let bytes = products * (rows.count + blocks) * width * 4
    let together = min(total, max(16, (16 << 20) / bytes))
    let raw = vk_weight_sums(
      products: Int32(products), input_blocks: Int32(rows.count), rows: nil,
      channels: Int32(unit.padded(convolution.outputs)), count: Int64(together),
      vectors: unit.raw)
    let sums = SumsJob(raw: raw, rows: Constants(rows, zero: 0))
    var (a, b, m) = (0, 0, 0)
    sums {
      a = Int(vk_weight_sums_inputs_count($0))
      b = Int(vk_weight_sums_gradients_count($0))
      m = Int(vk_weight_sums_count($0))
    }
    let pages = try [a, b, m].map { try pool.pages(4 * $0, forAWhile: true) }
    let floats = pages.map { SharedFloats(start: $0.floats) }
    for start in stride(from: 0, to: total, by: together) {
      let range = start..<min(start + together, total)
      transform(sums, range, into: floats)
      parallel(products, grain: 1) { products in
        sums {
          vk_weight_sums_multiply(
            $0, Int32(products.lowerBound), Int32(products.upperBound), Int64(range.count),
            start > 0, floats[0].start, floats[1].start, floats[2].start)
        }
      }
    }
    let result = try zeros(blocks * taps * rows.count * width * width)
    let packed = SharedFloats(start: result.floats)
    parallel(blocks * rows.count, grain: 1) {
      for pair in $0 {
        sums { vk_weight_sums_weights($0, Int32(pair), floats[2].start, packed.start) }
      }
    }
    defer { withExtendedLifetime((pages, result)) {} }
    return try unpacked(packed, source(inputBlocks))
  }

  private func transform(_ sums: SumsJob, _ range: Range<Int>, into floats: [SharedFloats]) {
    var pieces: [Piece] = []
    var tile = range.lowerBound
    while tile < range.upperBound {
      let sample = tile / tiles
      let end = min(tile + 8, range.upperBound, (sample + 1) * tiles)
      pieces.append(
        Piece(
          sample: sample, first: tile - sample * tiles, last: end - sample * tiles,
          place: tile - range.lowerBound))
      tile = end
    }
    let inputs = samples.map(\.inputs)
    let gradients = samples.map(\.gradient)
    parallel(pieces.count, grain: 1) { [pieces] range in
      for piece in pieces[range] {
        let (first, last) = (Int64(piece.first), Int64(piece.last))
        sums { s in
          inputs[piece.sample].run {
            vk_weight_sums_inputs(s, $0, first, last, Int64(piece.place), floats[0].start)
          }
          gradients[piece.sample].run {
            vk_weight_sums_gradients(s, $0, first, last, Int64(piece.place), floats[1].start)
          }
        }
      }
    }
  }

  /// For each row of the blocks of inputs the channel of the weights, or −1.
  private func source(_ inputBlocks: [Int]) -> [Int32] {
    var first = 0
    return zip(channels, inputBlocks).flatMap { count, blocks in
      defer { first += count }
      return (0..<blocks * width).map { $0 < count ? Int32(first + $0) : -1 }
    }
  }
}

/// The sums as kernels see them, shared by the threads that divide their work.
private struct SumsJob: @unchecked Sendable {
  // Safe because threads read this and write disjoint parts of what they are given.
  let raw: vk_weight_sums
  let rows: Constants<Int32>

  func callAsFunction(_ body: (UnsafePointer<vk_weight_sums>) -> Void) {
    var raw = raw
    raw.rows = rows.pointer
    withUnsafePointer(to: raw, body)
  }
}

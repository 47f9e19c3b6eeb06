// A slice small enough to be walked exactly, and the way back to its pixels.

/// Pixels averaged over square blocks, scaled to 0…1, with the seeds of the blocks.
struct WalkerBlocks {
  let width: Int
  let height: Int
  let channels: Int
  /// Row by row, channels interleaved.
  let values: [Float]
  /// 1 on the object, 2 beside it, 0 unknown.
  let seeds: [UInt8]
  private let block: Int

  init(_ image: BaselineImage, _ seeds: WalkerSeeds) {
    block = seeds.block
    width = (seeds.width + block - 1) / block
    height = (seeds.height + block - 1) / block
    channels = image.colours == nil ? 1 : 3
    let source = image.colours ?? image.grey
    var sums = [Double](repeating: 0, count: width * height * channels)
    var tallies = [Tally](repeating: Tally(), count: width * height)
    for y in 0..<seeds.height {
      for x in 0..<seeds.width {
        let place = y / block * width + x / block
        let pixel = (seeds.rows.lowerBound + y) * image.width + seeds.columns.lowerBound + x
        for channel in 0..<channels {
          sums[place * channels + channel] += Double(source[pixel * channels + channel])
        }
        tallies[place].add(seeds.values[y * seeds.width + x])
      }
    }
    let channels = channels
    values = Self.scaled(
      sums.indices.map { Float(sums[$0] / Double(tallies[$0 / channels].pixels)) })
    self.seeds = tallies.map(\.seed)
  }

  /// Writes the probabilities of the blocks over the pixels: bilinear between the centres of blocks, and
  /// certain where there are seeds.
  func spread(
    _ found: [Double], over seeds: WalkerSeeds, into result: inout [Float], width stride: Int
  ) {
    let across = Self.places(seeds.width, width, block)
    let down = Self.places(seeds.height, height, block)
    for (y, row) in down.enumerated() {
      for (x, column) in across.enumerated() {
        let upper = mix(found, row.first * width, column)
        let lower = mix(found, row.second * width, column)
        let value: Double =
          switch seeds.values[y * seeds.width + x] {
          case WalkerSeeds.inside: 1
          case WalkerSeeds.beside, WalkerSeeds.ruledOut: 0
          default: upper + (lower - upper) * row.share
          }
        let pixel = (seeds.rows.lowerBound + y) * stride + seeds.columns.lowerBound + x
        result[pixel] = Float(value)
      }
    }
  }

  private func mix(_ found: [Double], _ start: Int, _ place: Place) -> Double {
    let first = found[start + place.first]
    return first + (found[start + place.second] - first) * place.share
  }

  private static func places(_ pixels: Int, _ blocks: Int, _ block: Int) -> [Place] {
    (0..<pixels).map { pixel in
      let centre = (Double(pixel) + 0.5) / Double(block) - 0.5
      let place = min(max(centre, 0), Double(blocks - 1))
      let first = Int(place)
      return Place(
        first: first, second: min(first + 1, blocks - 1), share: place - Double(first))
    }
  }

  /// From the 0.5th to the 99.5th percentile to 0…1, beyond them clipped; from the least to the greatest
  /// value where the percentiles are equal.
  static func scaled(_ values: [Float]) -> [Float] {
    let sorted = values.sorted()
    let last = sorted.count - 1
    var low = Double(sorted[Int((0.005 * Double(last)).rounded())])
    var high = Double(sorted[Int((0.995 * Double(last)).rounded())])
    if low == high { (low, high) = (Double(sorted[0]), Double(sorted[last])) }
    guard low < high else { return [Float](repeating: 0, count: values.count) }
    return values.map { Float(min(max((Double($0) - low) / (high - low), 0), 1)) }
  }
}

/// The two blocks that a pixel lies between, and how near it is to the second.
private struct Place {
  let first: Int
  let second: Int
  let share: Double
}

/// The seeds of a block.
private struct Tally {
  private(set) var pixels = 0
  private var inside = 0
  private var beside = 0
  private var ruledOut = 0

  mutating func add(_ seed: UInt8) {
    pixels += 1
    switch seed {
    case WalkerSeeds.inside: inside += 1
    case WalkerSeeds.beside: beside += 1
    case WalkerSeeds.ruledOut: ruledOut += 1
    default: break
    }
  }

  /// One click decides for its block; a rule only where it holds for half of the block, so that boxes keep
  /// their size.
  var seed: UInt8 {
    if inside > 0, inside >= beside { return 1 }
    if beside > 0 { return 2 }
    return ruledOut > 0 && 2 * ruledOut >= pixels ? 2 : 0
  }
}

// A path along the middle of an object, from one far end to another: what a person's stroke follows.

/// The path of least cost between two far ends of a mask of one piece (8-connected).
struct MedialPath {
  /// Places of the pixels in their row-by-row order, from one end to the other; each touches the next.
  let pixels: [Int]

  /// Nil when the mask is empty.
  init?(_ mask: SliceMask) {
    let depths = mask.depths
    guard let deepest = Self.firstMaximum(depths), depths[deepest] > 0 else { return nil }
    let ends = Self.ends(depths, mask.width, mask.height, least: depths[deepest] / 3)
    let even = Steps(mask, cost: { _ in 1 })
    guard let one = Self.farthest(even.distances(from: deepest), among: ends),
      let other = Self.farthest(even.distances(from: one), among: ends)
    else { return nil }
    // Up to 9 times as dear beside the border as in the middle.
    let greatest = depths[deepest]
    let medial = Steps(mask) { pixel in
      let shallow = 1 - depths[pixel] / greatest
      return 1 + 8 * shallow * shallow
    }
    pixels = medial.path(from: one, to: other)
  }

  /// Pixels that may end a stroke: deep ones, and the ridges of thin parts.
  private static func ends(
    _ depths: [Float], _ width: Int, _ height: Int, least: Float
  ) -> [Int] {
    depths.indices.filter { pixel in
      guard depths[pixel] > 0 else { return false }
      if depths[pixel] >= least { return true }
      let (x, y) = (pixel % width, pixel / width)
      return (max(y - 1, 0)...min(y + 1, height - 1)).allSatisfy { row in
        (max(x - 1, 0)...min(x + 1, width - 1)).allSatisfy {
          depths[row * width + $0] <= depths[pixel]
        }
      }
    }
  }

  private static func firstMaximum(_ values: [Float]) -> Int? {
    guard let greatest = values.max() else { return nil }
    return values.firstIndex(of: greatest)
  }

  private static func farthest(_ distances: [Int32], among pixels: [Int]) -> Int? {
    var best: Int?
    for pixel in pixels where distances[pixel] < .max {
      if distances[pixel] > best.map({ distances[$0] }) ?? -1 { best = pixel }
    }
    return best
  }
}

/// Shortest paths over the pixels of a mask, with Dial's buckets: costs are small whole numbers, which keeps
/// ties and thus paths the same everywhere, and the time proportional to the pixels.
private struct Steps {
  private static let side: Float = 10
  private static let corner: Float = 14
  /// More than the dearest step, 9 × 14.
  private static let buckets = 128

  let mask: SliceMask
  let cost: (Int) -> Float

  init(_ mask: SliceMask, cost: @escaping (Int) -> Float) {
    self.mask = mask
    self.cost = cost
  }

  /// The cost of the way from `start` to each pixel, `.max` where there is none.
  func distances(from start: Int) -> [Int32] { search(from: start).distances }

  /// The pixels of the cheapest way between two pixels, both included.
  func path(from start: Int, to end: Int) -> [Int] {
    let before = search(from: start).before
    var path = [end]
    var pixel = end
    while pixel != start, before[pixel] >= 0 {
      pixel = Int(before[pixel])
      path.append(pixel)
    }
    return path.reversed()
  }

  private func search(from start: Int) -> (distances: [Int32], before: [Int32]) {
    var distances = [Int32](repeating: .max, count: mask.pixels.count)
    var before = [Int32](repeating: -1, count: mask.pixels.count)
    var open = [[Int]](repeating: [], count: Self.buckets)
    distances[start] = 0
    open[0] = [start]
    var waiting = 1
    var distance: Int32 = 0
    while waiting > 0 {
      let bucket = Int(distance) % Self.buckets
      // A step costs at least 10, so a bucket does not grow while it is emptied.
      let pixels = open[bucket]
      open[bucket].removeAll(keepingCapacity: true)
      waiting -= pixels.count
      for pixel in pixels where distances[pixel] == distance {
        visit(pixel) { neighbour, step in
          let way = distance + step
          guard way < distances[neighbour] else { return }
          distances[neighbour] = way
          before[neighbour] = Int32(pixel)
          open[Int(way) % Self.buckets].append(neighbour)
          waiting += 1
        }
      }
      distance += 1
    }
    return (distances, before)
  }

  private func visit(_ pixel: Int, _ body: (Int, Int32) -> Void) {
    let (x, y) = (pixel % mask.width, pixel / mask.width)
    for row in max(y - 1, 0)...min(y + 1, mask.height - 1) {
      for column in max(x - 1, 0)...min(x + 1, mask.width - 1) {
        let neighbour = row * mask.width + column
        guard neighbour != pixel, mask.pixels[neighbour] == 1 else { continue }
        let length = row == y || column == x ? Self.side : Self.corner
        body(neighbour, Int32((length * cost(neighbour)).rounded()))
      }
    }
  }
}

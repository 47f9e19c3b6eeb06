// A mask as the lengths of its runs, because hundreds of masks of one image do not fit into memory as
// pixels.

public import Models

/// A binary mask, column by column: lengths of runs, alternately outside and on the object, beginning
/// outside, as COCO (Lin et al., ECCV 2014) stores them.
public struct RunLengthMask: Sendable, Hashable {
  public let size: PixelSize
  /// Lengths of the runs; only the first may be 0. They add up to the number of pixels.
  public let counts: [UInt32]

  init(size: PixelSize, counts: [UInt32]) {
    self.size = size
    self.counts = counts
  }

  /// Takes pixels row by row; those above 0 are on the object.
  ///
  /// - Throws: ``SegmentationError/unusable(_:)`` when they do not fill the size.
  public init(_ pixels: [UInt8], size: PixelSize) throws {
    guard pixels.count == size.height * size.width else {
      throw SegmentationError.unusable(
        "\(pixels.count) pixels do not fill a mask of \(size.width) × \(size.height)")
    }
    var counts = RunCounts()
    for x in 0..<size.width {
      var start = 0
      for y in 0..<size.height where y > 0 {
        let (above, here) = (pixels[(y - 1) * size.width + x], pixels[y * size.width + x])
        if (above > 0) != (here > 0) {
          counts.add(y - start, isInside: above > 0)
          start = y
        }
      }
      if size.height > 0 {
        counts.add(
          size.height - start, isInside: pixels[(size.height - 1) * size.width + x] > 0)
      }
    }
    self.init(size: size, counts: counts.lengths)
  }

  /// Runs on the object as places in column order: row + column · height.
  var runs: [Range<Int>] {
    var place = 0
    var runs: [Range<Int>] = []
    runs.reserveCapacity(counts.count / 2)
    for (index, count) in counts.enumerated() {
      if index % 2 == 1 { runs.append(place..<place + Int(count)) }
      place += Int(count)
    }
    return runs
  }

  /// A mask of runs in column order that neither overlap nor touch out of order.
  init(size: PixelSize, runs: some Sequence<Range<Int>>) {
    var counts = RunCounts()
    var place = 0
    for run in runs {
      counts.add(run.lowerBound - place, isInside: false)
      counts.add(run.count, isInside: true)
      place = run.upperBound
    }
    counts.add(size.height * size.width - place, isInside: false)
    self.init(size: size, counts: counts.lengths)
  }

  /// Number of pixels on the object.
  public var area: Int {
    stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + Int(counts[$1]) }
  }

  /// The outermost pixels of the object; `nil` when it has none.
  public var box: PixelBox? {
    let runs = runs
    guard let first = runs.first, let last = runs.last else { return nil }
    let height = size.height
    var (top, bottom) = (height - 1, 0)
    for run in runs {
      let (start, end) = (run.lowerBound, run.upperBound - 1)
      // A run beyond the end of a column holds the last pixel of one and the first of the next.
      let staysInColumn = start / height == end / height
      top = min(top, staysInColumn ? start % height : 0)
      bottom = max(bottom, staysInColumn ? end % height : height - 1)
    }
    return PixelBox(
      left: first.lowerBound / height, top: top, right: (last.upperBound - 1) / height,
      bottom: bottom)
  }

  /// 1 on the object and 0 elsewhere, row by row.
  public var pixels: [UInt8] {
    var pixels = [UInt8](repeating: 0, count: size.height * size.width)
    paint(1, into: &pixels)
    return pixels
  }

  /// Writes `value` into the object's pixels of an image that is stored row by row from `start`.
  func paint<Value>(_ value: Value, into image: inout [Value], from start: Int = 0) {
    for run in runs {
      var (x, y) = (run.lowerBound / size.height, run.lowerBound % size.height)
      for _ in run {
        image[start + y * size.width + x] = value
        y += 1
        if y == size.height { (x, y) = (x + 1, 0) }
      }
    }
  }

  /// The same object in an image of size `size` of which this mask covers a part from `left`, `top`.
  func placed(left: Int, top: Int, in size: PixelSize) -> RunLengthMask {
    if size == self.size { return self }
    let placed = columnRuns.map { run in
      let start = (left + run.column) * size.height + top
      return start + run.rows.lowerBound..<start + run.rows.upperBound
    }
    return RunLengthMask(size: size, runs: placed)
  }
}

/// Runs that are put together from pieces, of which neighbours may be alike.
struct RunCounts {
  private(set) var lengths: [UInt32] = [0]

  /// Adds `count` pixels outside or on the object.
  mutating func add(_ count: Int, isInside: Bool) {
    if count == 0 { return }
    let endsInside = lengths.count % 2 == 0
    if endsInside == isInside {
      lengths[lengths.count - 1] += UInt32(clamping: count)
    } else {
      lengths.append(UInt32(clamping: count))
    }
  }
}

/// Edges of a rectangle of pixels.
public struct PixelBox: Sendable, Hashable {
  public var left: Int
  public var top: Int
  public var right: Int
  public var bottom: Int

  public init(left: Int, top: Int, right: Int, bottom: Int) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  var width: Int { right - left }
  var height: Int { bottom - top }
}

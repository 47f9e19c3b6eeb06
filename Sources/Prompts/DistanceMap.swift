// How far each pixel of an object lies from its border: people click where that is far.

/// The exact Euclidean distance transform of a 2-D mask, in time proportional to its pixels.
///
/// Felzenszwalb and Huttenlocher, *Distance transforms of sampled functions*, Theory of Computing 8 (2012)
/// 415–428: distances along the columns first, then the lower envelope of parabolas along each row.
enum DistanceMap {
  /// The distance of each object pixel's centre to the centre of the nearest pixel outside; 0 outside.
  ///
  /// - Parameters:
  ///   - mask: above 0 on the object, row by row
  ///   - width: columns of the mask
  ///   - height: rows of the mask
  ///   - spacing: of the columns and rows; the distances have its unit
  ///   - edgeIsOutside: whether pixels beyond the edge of the image count as outside. Without it an
  ///     object that fills the image has infinite distances.
  /// - Returns: one distance per pixel
  static func inside(
    _ mask: [UInt8], width: Int, height: Int, spacing: SIMD2<Double> = .one,
    edgeIsOutside: Bool = true
  ) -> [Float] {
    var result = [Float](repeating: 0, count: width * height)
    let columns = alongColumns(mask, width, height, edgeIsOutside)
    var envelope = Envelope(width: width, edgeIsOutside: edgeIsOutside)
    for y in 0..<height {
      let row = y * width..<(y + 1) * width
      guard mask[row].contains(where: { $0 > 0 }) else { continue }
      envelope.build(columns[row].map { Double($0) * spacing.y }, spacing: spacing.x)
      for x in 0..<width where mask[y * width + x] > 0 {
        result[y * width + x] = Float(envelope.distance(at: x))
      }
    }
    return result
  }

  /// Steps to the nearest outside pixel of the same column; infinite where there is none.
  private static func alongColumns(
    _ mask: [UInt8], _ width: Int, _ height: Int, _ edgeIsOutside: Bool
  ) -> [Float] {
    var steps = [Float](repeating: 0, count: width * height)
    for x in 0..<width {
      var distance: Float = edgeIsOutside ? 0 : .infinity
      for y in 0..<height {
        distance = mask[y * width + x] > 0 ? distance + 1 : 0
        steps[y * width + x] = distance
      }
      distance = edgeIsOutside ? 0 : .infinity
      for y in (0..<height).reversed() {
        distance = mask[y * width + x] > 0 ? distance + 1 : 0
        steps[y * width + x] = min(steps[y * width + x], distance)
      }
    }
    return steps
  }
}

/// The lower envelope of the parabolas `(x − q)² + height(q)` over one row.
private struct Envelope {
  let width: Int
  let edgeIsOutside: Bool
  private var centres: [Int] = []
  private var heights: [Double] = []
  /// Where each parabola takes over from the one before it.
  private var starts: [Double] = []
  private var current = 0
  private var spacing: Double = 1

  init(width: Int, edgeIsOutside: Bool) {
    self.width = width
    self.edgeIsOutside = edgeIsOutside
  }

  mutating func build(_ columns: [Double], spacing: Double) {
    self.spacing = spacing
    centres.removeAll(keepingCapacity: true)
    heights.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    current = 0
    if edgeIsOutside { add(-1, 0) }
    for (x, distance) in columns.enumerated() where distance < .infinity {
      add(x, distance * distance)
    }
    if edgeIsOutside { add(width, 0) }
  }

  private mutating func add(_ centre: Int, _ height: Double) {
    while let last = centres.last {
      let start = crossing(last, heights[heights.count - 1], centre, height)
      if start > starts[starts.count - 1] {
        append(centre, height, start)
        return
      }
      centres.removeLast()
      heights.removeLast()
      starts.removeLast()
    }
    append(centre, height, -.infinity)
  }

  private mutating func append(_ centre: Int, _ height: Double, _ start: Double) {
    centres.append(centre)
    heights.append(height)
    starts.append(start)
  }

  /// Where a parabola further right falls below one further left, in columns.
  private func crossing(_ left: Int, _ low: Double, _ right: Int, _ high: Double) -> Double {
    let square = spacing * spacing
    let (a, b) = (Double(left), Double(right))
    return ((high - low) / square + b * b - a * a) / (2 * (b - a))
  }

  /// Asked with rising `x` only.
  mutating func distance(at x: Int) -> Double {
    guard !centres.isEmpty else { return .infinity }
    while current + 1 < centres.count, starts[current + 1] < Double(x) { current += 1 }
    let step = Double(x - centres[current]) * spacing
    return (step * step + heights[current]).squareRoot()
  }
}

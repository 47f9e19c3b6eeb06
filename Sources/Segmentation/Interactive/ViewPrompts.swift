// Prompts drawn on a view: the channels of an interactive network.

internal import CKernels
internal import Foundation
public import Models
public import Prompts

/// What a network is shown besides the image; places are samples of a view.
public struct ViewPrompts: Sendable {
  public var points: [PointPrompt]
  public var box: BoxPrompt?
  public var scribbles: [ScribblePrompt]
  /// The probability of an earlier answer at each sample; empty without one.
  public var earlier: [Float]

  public init(
    points: [PointPrompt] = [], box: BoxPrompt? = nil, scribbles: [ScribblePrompt] = [],
    earlier: [Float] = []
  ) {
    self.points = points
    self.box = box
    self.scribbles = scribbles
    self.earlier = earlier
  }

  /// Radius of a click, and half the width of a stroke, in samples.
  static let clickRadius = 2.5
  static let strokeRadius = 1.5
  /// How the geodesic distance weighs a change of intensity by one deviation of the view, and one sample of
  /// way.
  static let contrast: Float = 1
  static let step: Float = 0.02

  /// The channels of ``Models/InteractiveChannel`` one after the other, row by row.
  ///
  /// - Parameters:
  ///   - image: Intensities at the samples, in any unit.
  ///   - side: Samples along each side.
  /// - Returns: As many times side × side values as there are channels.
  public func channels(on image: [Float], side: Int) -> [Float] {
    let area = side * side
    let seen = Self.standardised(image)
    var inside = [UInt8](repeating: 0, count: area)
    var outside = inside
    for point in points {
      let centre = SIMD2(point.x, point.y)
      if point.isInside {
        Self.draw(from: centre, to: centre, Self.clickRadius, side, &inside)
      } else {
        Self.draw(from: centre, to: centre, Self.clickRadius, side, &outside)
      }
    }
    for scribble in scribbles {
      let ends = scribble.path.count > 1 ? Array(scribble.path.dropFirst()) : scribble.path
      for (start, end) in zip(scribble.path, ends) {
        if scribble.isInside {
          Self.draw(from: start, to: end, Self.strokeRadius, side, &inside)
        } else {
          Self.draw(from: start, to: end, Self.strokeRadius, side, &outside)
        }
      }
    }
    var boxed = [Float](repeating: 0, count: area)
    var background = outside
    if let box {
      for y in 0..<side {
        for x in 0..<side {
          let isIn =
            Double(x) >= box.left - 0.5 && Double(x) <= box.right + 0.5
            && Double(y) >= box.top - 0.5 && Double(y) <= box.bottom + 0.5
          boxed[y * side + x] = isIn ? 1 : 0
          if !isIn { background[y * side + x] = 1 }
        }
      }
    }
    return seen + boxed + inside.map(Float.init) + outside.map(Float.init)
      + Self.nearness(seen, inside, side) + Self.nearness(seen, background, side)
      + (earlier.count == area ? earlier : [Float](repeating: 0, count: area))
  }

  /// Mean 0 and deviation 1, cut at ±5; zeros where all is equal.
  package static func standardised(_ values: [Float]) -> [Float] {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0.0) { $0 + Double($1) } / count
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let factor = variance > 0 ? 1 / variance.squareRoot() : 0
    return values.map { Float(min(max((Double($0) - mean) * factor, -5), 5)) }
  }

  /// exp(−d) of the geodesic distance to the marks.
  private static func nearness(_ image: [Float], _ marks: [UInt8], _ side: Int) -> [Float] {
    guard marks.contains(1) else { return [Float](repeating: 0, count: image.count) }
    var distances = [Float](repeating: 0, count: image.count)
    vk_geodesic_distances(image, marks, Int32(side), contrast, step, &distances)
    return distances.map { exp(-$0) }
  }

  /// Marks all samples within `radius` of a line.
  private static func draw(
    from start: SIMD2<Double>, to end: SIMD2<Double>, _ radius: Double, _ side: Int,
    _ marks: inout [UInt8]
  ) {
    let way = end - start
    let length = (way * way).sum()
    func reached(_ one: Double, _ other: Double) -> ClosedRange<Int>? {
      let low = max((min(one, other) - radius).rounded(.up), 0)
      let high = min((max(one, other) + radius).rounded(.down), Double(side - 1))
      return low <= high ? Int(low)...Int(high) : nil
    }
    guard let rows = reached(start.y, end.y), let columns = reached(start.x, end.x) else { return }
    for y in rows {
      for x in columns {
        let offset = SIMD2(Double(x), Double(y)) - start
        let share = length > 0 ? min(max((offset * way).sum() / length, 0), 1) : 0
        let distance = offset - way * share
        if (distance * distance).sum() <= radius * radius { marks[y * side + x] = 1 }
      }
    }
  }
}

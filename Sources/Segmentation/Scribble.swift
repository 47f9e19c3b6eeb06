// Lines that a person draws on an object or beside it, as the few points that a network reads.

public import Models
public import Prompts

public typealias Scribble = ScribblePrompt

extension ScribblePrompt {
  /// At most `count` points on the line, spread as widely as they can be: the one nearest to its middle
  /// and then, one after the other, the one farthest from all before (farthest-point sampling).
  public func points(atMost count: Int = 8) -> [ObjectPrompt.Point] {
    var dense = Array(path.prefix(1))
    for (start, end) in zip(path, path.dropFirst()) {
      let difference = end - start
      let length = (difference * difference).sum().squareRoot()
      guard length.isFinite else { continue }
      let steps = max(1, Int(length.rounded(.up)))
      dense += (1...steps).map { start + difference * (Double($0) / Double(steps)) }
    }
    return Self.spread(dense, atMost: count).map {
      ObjectPrompt.Point(x: $0.x, y: $0.y, isInside: isInside)
    }
  }

  /// Points for a drawing that is stored row by row: 1 on the object, 2 beside it. Each piece of pixels
  /// that touch, over corners too, gives at most `count`.
  ///
  /// - Throws: ``SegmentationError/unusable(_:)`` for other values, a drawing without lines, and one that
  ///   does not fill `size`.
  public static func points(
    in drawing: [Int32], size: PixelSize, atMost count: Int = 8
  ) throws -> [ObjectPrompt.Point] {
    if let other = drawing.first(where: { !(0...2).contains($0) }) {
      throw SegmentationError.unusable(
        "a scribble is 1 on the object, 2 beside it and 0 elsewhere; this one holds \(other)")
    }
    var points: [ObjectPrompt.Point] = []
    for value: Int32 in [1, 2] {
      let mask = try RunLengthMask(drawing.map { $0 == value ? 1 : 0 }, size: size)
      for piece in mask.pieces {
        points += spread(piece, atMost: count).map {
          ObjectPrompt.Point(x: $0.x, y: $0.y, isInside: value == 1)
        }
      }
    }
    if points.isEmpty {
      throw SegmentationError.unusable(
        "the scribble is empty; draw with 1 on the object and with 2 beside it")
    }
    return points
  }

  private static func spread(_ places: [SIMD2<Double>], atMost count: Int) -> [SIMD2<Double>] {
    func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
      ((a - b) * (a - b)).sum()
    }
    let middle = places.reduce(.zero, +) / Double(max(places.count, 1))
    guard count > 0, var next = places.min(by: { distance($0, middle) < distance($1, middle) })
    else { return [] }
    var chosen: [SIMD2<Double>] = []
    var nearest = [Double](repeating: .infinity, count: places.count)
    while chosen.count < count {
      chosen.append(next)
      for (index, place) in places.enumerated() {
        nearest[index] = min(nearest[index], distance(place, next))
      }
      // The first of several farthest ones, so that a drawing always gives the same points.
      let farthest = nearest.indices.reduce(0) { nearest[$1] > nearest[$0] ? $1 : $0 }
      if nearest[farthest] == 0 { break }
      next = places[farthest]
    }
    return chosen
  }
}

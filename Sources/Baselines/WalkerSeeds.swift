// From prompts to the pixels that the random walker may take for granted.

import Prompts

/// Seeds on the part of a slice that is walked.
struct WalkerSeeds {
  /// Nobody knows.
  static let unknown: UInt8 = 0
  /// On the object.
  static let inside: UInt8 = 1
  /// Clicked or stroked beside the object.
  static let beside: UInt8 = 2
  /// Beside the object by rule: outside of the box, or at the edge of the image.
  static let ruledOut: UInt8 = 3

  let columns: Range<Int>
  let rows: Range<Int>
  /// Side of the blocks that pixels are averaged over.
  let block: Int
  /// One seed for each pixel of the part, row by row.
  private(set) var values: [UInt8]

  var width: Int { columns.count }
  var height: Int { rows.count }

  init(_ input: BaselineInput, _ settings: RandomWalker) throws {
    let image = input.image
    let places = try Self.places(input.prompts, image)
    let box = try input.prompts.box.map { try image.pixels(in: $0) }
    guard box != nil || places.contains(where: \.isInside) else {
      throw BaselinesError.missing(
        id: RandomWalker.id, needed: "a click or stroke inside of the object, or a box")
    }
    let longest = Double(max(image.width, image.height))
    let brush = max(settings.brush, 0) * longest
    var part = Part(columns: 0...image.width - 1, rows: 0...image.height - 1)
    if let box {
      part = Part(columns: box.columns, rows: box.rows)
      for place in places where place.isInside { part.include(place, reach: brush) }
    }
    let pixels = Double(part.columns.count) * Double(part.rows.count)
    let ratio = (pixels / Double(max(settings.workingPixels, 1))).squareRoot()
    block = max(1, Int(ratio.rounded(.up)))
    if box != nil { part.grow(by: block) }
    columns = max(part.columns.lowerBound, 0)..<min(part.columns.upperBound + 1, image.width)
    rows = max(part.rows.lowerBound, 0)..<min(part.rows.upperBound + 1, image.height)
    values = [UInt8](repeating: Self.unknown, count: columns.count * rows.count)

    if let box {
      ruleOutside(of: box)
      if !places.contains(where: \.isInside) { addCore(of: box, scale: settings.core) }
    } else {
      ruleFrame(of: image, awayFrom: places, gap: settings.frameGap)
    }
    paint(places, radius: brush)
    if !values.contains(Self.beside), !values.contains(Self.ruledOut) {
      // A box around the whole image leaves nothing outside.
      ruleFrame(of: image, awayFrom: places, gap: settings.frameGap)
    }
  }

  private mutating func ruleOutside(of box: PixelBox) {
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() where !box.contains(column, row) {
        values[y * width + x] = Self.ruledOut
      }
    }
  }

  private mutating func addCore(of box: PixelBox, scale: Double) {
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() where box.contains(column, row) {
        let isCore =
          box.isInEllipse(column, row, scale: scale) || (column, row) == box.middle
        if isCore { values[y * width + x] = Self.inside }
      }
    }
  }

  /// Takes the edge of the part for background, one block wide, but not near places inside: an object
  /// beside the edge is likely to end there only because the image does.
  private mutating func ruleFrame(
    of image: BaselineImage, awayFrom places: [SeedPlace], gap: ClosedRange<Double>
  ) {
    let longest = Double(max(image.width, image.height))
    let inside = places.filter(\.isInside).map { place in
      let away = min(
        place.x, place.y, Double(image.width - 1) - place.x, Double(image.height - 1) - place.y)
      let radius = min(max(2 * away, gap.lowerBound * longest), gap.upperBound * longest)
      return (place: place, squaredRadius: radius * radius)
    }
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() where values[y * width + x] == Self.unknown {
        let depth = min(x, y, width - 1 - x, height - 1 - y)
        guard depth < block else { continue }
        let isNear = inside.contains { $0.place.squaredDistance(column, row) <= $0.squaredRadius }
        if !isNear { values[y * width + x] = Self.ruledOut }
      }
    }
  }

  /// A disc around each place; a pixel that several reach goes to the nearest, its own pixel to each.
  private mutating func paint(_ places: [SeedPlace], radius: Double) {
    var nearest = [Double](repeating: .infinity, count: values.count)
    let reach = Int(radius.rounded(.up))
    for place in places {
      let (x, y) = (Int(place.x.rounded()), Int(place.y.rounded()))
      for row in y - reach...y + reach where rows.contains(row) {
        for column in x - reach...x + reach where columns.contains(column) {
          let isOwn = column == x && row == y
          let distance = isOwn ? 0 : place.squaredDistance(column, row)
          let pixel = (row - rows.lowerBound) * width + column - columns.lowerBound
          guard isOwn || distance <= radius * radius, distance < nearest[pixel] else { continue }
          nearest[pixel] = distance
          values[pixel] = place.isInside ? Self.inside : Self.beside
        }
      }
    }
  }

  /// Clicks, and strokes as places half a pixel apart.
  private static func places(
    _ prompts: PromptSet, _ image: BaselineImage
  ) throws -> [SeedPlace] {
    var places = prompts.points.map { SeedPlace(x: $0.x, y: $0.y, isInside: $0.isInside) }
    for scribble in prompts.scribbles {
      for corner in scribble.path {
        try check(corner.x, corner.y, image)
      }
      places += scribble.path.prefix(1).map {
        SeedPlace(x: $0.x, y: $0.y, isInside: scribble.isInside)
      }
      for (start, end) in zip(scribble.path, scribble.path.dropFirst()) {
        let line = end - start
        let steps = max(1, Int((2 * (line * line).sum().squareRoot()).rounded(.up)))
        places += (1...steps).map {
          let place = start + line * (Double($0) / Double(steps))
          return SeedPlace(x: place.x, y: place.y, isInside: scribble.isInside)
        }
      }
    }
    for point in prompts.points { try check(point.x, point.y, image) }
    return places
  }

  private static func check(_ x: Double, _ y: Double, _ image: BaselineImage) throws {
    // 0.5 beyond the last centre would round to a pixel that is not there.
    guard x >= -0.5, y >= -0.5, x < Double(image.width) - 0.5, y < Double(image.height) - 0.5 else {
      throw BaselinesError.badPrompt(
        "the place \(x),\(y) on an image of \(image.width) × \(image.height)")
    }
  }
}

/// A place that was clicked or stroked.
private struct SeedPlace {
  let x: Double
  let y: Double
  let isInside: Bool

  func squaredDistance(_ column: Int, _ row: Int) -> Double {
    let (dx, dy) = (Double(column) - x, Double(row) - y)
    return dx * dx + dy * dy
  }
}

private struct Part {
  var columns: ClosedRange<Int>
  var rows: ClosedRange<Int>

  mutating func include(_ place: SeedPlace, reach: Double) {
    columns = joined(columns, place.x, reach)
    rows = joined(rows, place.y, reach)
  }

  mutating func grow(by margin: Int) {
    columns = columns.lowerBound - margin...columns.upperBound + margin
    rows = rows.lowerBound - margin...rows.upperBound + margin
  }

  private func joined(
    _ range: ClosedRange<Int>, _ place: Double, _ reach: Double
  ) -> ClosedRange<Int> {
    let (low, high) = (Int((place - reach).rounded(.down)), Int((place + reach).rounded(.up)))
    return min(range.lowerBound, low)...max(range.upperBound, high)
  }
}

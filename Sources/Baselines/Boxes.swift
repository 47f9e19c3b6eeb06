// The box itself and the ellipse in it: what a box prompt is worth without looking at the image.

import Prompts

/// Everything in the box.
public struct BoxFill: Baseline {
  public static let id = "baseline/box"
  public static let title = "The box itself"
  public static let summary = "fills the box and never looks at the image"
  public static let source = "lower bound for every box-prompted model"
  public static let need = BaselineNeed.box

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    let box = try input.box(for: id)
    return input.image.pixels { box.contains($0, $1) }
  }
}

/// The largest ellipse in the box.
public struct EllipseInBox: Baseline {
  public static let id = "baseline/ellipse"
  public static let title = "The ellipse in the box"
  public static let summary =
    "fills the largest upright ellipse in the box and never looks at the image"
  public static let source = "lower bound for every box-prompted model"
  public static let need = BaselineNeed.box

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    let box = try input.box(for: id)
    return input.image.pixels { box.contains($0, $1) && box.isInEllipse($0, $1, scale: 1) }
  }
}

/// A box that was found to lie on the image, as the pixels whose centres it holds: at least one.
struct PixelBox {
  let columns: ClosedRange<Int>
  let rows: ClosedRange<Int>

  func contains(_ x: Int, _ y: Int) -> Bool { columns.contains(x) && rows.contains(y) }

  /// Whether the pixel's centre lies in the ellipse that touches the outer edges of the box's pixels, made
  /// smaller by `scale` about its centre.
  func isInEllipse(_ x: Int, _ y: Int, scale: Double) -> Bool {
    let across = Double(2 * x - columns.lowerBound - columns.upperBound) / Double(columns.count)
    let down = Double(2 * y - rows.lowerBound - rows.upperBound) / Double(rows.count)
    return across * across + down * down <= scale * scale
  }

  /// The pixel in the middle, the upper left of several.
  var middle: (x: Int, y: Int) {
    (
      columns.lowerBound + (columns.count - 1) / 2,
      rows.lowerBound + (rows.count - 1) / 2
    )
  }
}

extension BaselineInput {
  /// The prompted box in pixels.
  ///
  /// - Throws: ``BaselinesError``
  func box(for id: String) throws -> PixelBox {
    try image.requireOneSlice(for: id)
    guard let box = prompts.box else {
      throw BaselinesError.missing(id: id, needed: "a box")
    }
    return try image.pixels(in: box)
  }
}

extension BaselineImage {
  /// The pixels whose centres a box holds, or the nearest one where it holds none.
  ///
  /// - Throws: ``BaselinesError/badPrompt(_:)``
  func pixels(in box: BoxPrompt) throws -> PixelBox {
    func range(_ low: Double, _ high: Double, _ count: Int) -> ClosedRange<Int>? {
      guard low <= high, low >= -0.5, high <= Double(count) else { return nil }
      let first = Int(low.rounded(.up))
      let last = min(Int(high.rounded(.down)), count - 1)
      if first <= last { return max(first, 0)...last }
      let nearest = min(max(Int(((low + high) / 2).rounded()), 0), count - 1)
      return nearest...nearest
    }
    guard let columns = range(box.left, box.right, width),
      let rows = range(box.top, box.bottom, height)
    else {
      throw BaselinesError.badPrompt(
        "the box \(box.left),\(box.top),\(box.right),\(box.bottom) on an image of "
          + "\(width) × \(height)")
    }
    return PixelBox(columns: columns, rows: rows)
  }

  /// A mask of the slice from a rule for each pixel.
  func pixels(_ isObject: (Int, Int) -> Bool) -> [UInt8] {
    var mask = [UInt8](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width where isObject(x, y) { mask[y * width + x] = 1 }
    }
    return mask
  }
}

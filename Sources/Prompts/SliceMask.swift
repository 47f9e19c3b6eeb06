// One object on one slice, as the simulated user sees it.

/// A binary mask of a slice: 1 on the object and 0 elsewhere, row by row.
public struct SliceMask: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// `width * height` values, x fastest, each 0 or 1.
  public let pixels: [UInt8]

  /// Takes every value above 0 as object.
  ///
  /// - Throws: ``PromptsError/pixelCount(met:width:height:)``
  public init(_ pixels: [UInt8], width: Int, height: Int) throws {
    let (expected, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, pixels.count == expected else {
      throw PromptsError.pixelCount(met: pixels.count, width: width, height: height)
    }
    self.init(width: width, height: height, pixels: pixels.map { $0 > 0 ? 1 : 0 })
  }

  init(width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Whether no pixel lies on the object.
  public var isEmpty: Bool { !pixels.contains(1) }

  /// Pixels on the object.
  public var area: Int { pixels.reduce(0) { $0 + Int($1) } }

  /// Whether a place given in pixels, centres at whole numbers, lies on a pixel of the object.
  public func contains(x: Double, y: Double) -> Bool {
    let (column, row) = (x.rounded(), y.rounded())
    guard (0..<Double(width)).contains(column), (0..<Double(height)).contains(row) else {
      return false
    }
    return pixels[Int(row) * width + Int(column)] == 1
  }

  /// The outermost columns and rows of the object, or nil when it is empty.
  var extent: (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
    guard let first = pixels.firstIndex(of: 1), let last = pixels.lastIndex(of: 1) else {
      return nil
    }
    let rows = first / width...last / width
    var (left, right) = (width, -1)
    for row in rows {
      let line = pixels[row * width..<(row + 1) * width]
      guard let start = line.firstIndex(of: 1), let end = line.lastIndex(of: 1) else { continue }
      left = min(left, start - row * width)
      right = max(right, end - row * width)
    }
    return (left...right, rows)
  }

  /// The pixels of this mask that the other does not have.
  func subtracting(_ other: SliceMask) -> SliceMask {
    SliceMask(
      width: width, height: height,
      pixels: zip(pixels, other.pixels).map { $0 == 1 && $1 == 0 ? 1 : 0 })
  }

  var sizeText: String { "\(width) × \(height)" }
}

// Anatomical orientation codes and the exact permutation with flips between two of them.

/// The anatomical direction each stored axis points to: x, y, z in this order, as in "LPS" or "RAS".
///
/// L and R are the patient's left and right, P and A posterior and anterior, S and I superior and
/// inferior. An oblique grid has the code of the closest axes.
public struct Orientation: Sendable, Hashable, CustomStringConvertible {
  /// Three letters, such as "LPS".
  public let code: String
  /// For each stored axis, which LPS coordinate it runs along: 0, 1 or 2.
  let axes: [Int]
  /// For each stored axis, +1 when that LPS coordinate grows along it, else −1.
  let signs: [Double]

  /// DICOM's and ITK's own axes.
  public static let lps = Orientation(axes: [0, 1, 2], signs: [1, 1, 1])
  /// NIfTI's own axes.
  public static let ras = Orientation(axes: [0, 1, 2], signs: [-1, -1, 1])
  /// All 48 orders and directions of three axes.
  public static let all: [Orientation] = {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    return orders.flatMap { axes in
      (0..<8).map { bits in
        Orientation(axes: axes, signs: (0..<3).map { bits >> $0 & 1 == 0 ? 1 : -1 })
      }
    }
  }()

  /// Reads a code in capitals or small letters.
  ///
  /// - Throws: ``ImagingError/badOrientation(code:)`` unless it names each of the three axes once.
  public init(_ code: String) throws {
    var axes: [Int] = []
    var signs: [Double] = []
    for letter in code.uppercased() {
      guard let place = Orientation.letters.firstIndex(of: letter) else {
        throw ImagingError.badOrientation(code: code)
      }
      axes.append(place / 2)
      signs.append(place % 2 == 0 ? 1 : -1)
    }
    guard axes.sorted() == [0, 1, 2] else { throw ImagingError.badOrientation(code: code) }
    self.init(axes: axes, signs: signs)
  }

  private init(axes: [Int], signs: [Double]) {
    self.axes = axes
    self.signs = signs
    code = String(zip(axes, signs).map { Orientation.letters[2 * $0 + ($1 > 0 ? 0 : 1)] })
  }

  /// The closest code for three axis vectors in LPS; the most clearly aligned axis chooses first.
  init(closestTo direction: [SIMD3<Double>]) {
    var axes = [0, 1, 2]
    var signs = [1.0, 1, 1]
    var freeAxes = Set(0..<3)
    var freeCoordinates = Set(0..<3)
    while !freeAxes.isEmpty {
      var best = (axis: 0, coordinate: 0, size: -1.0)
      for axis in freeAxes.sorted() {
        for coordinate in freeCoordinates.sorted() {
          let size = abs(direction[axis][coordinate])
          // The margin keeps 45° ties on the first axis whatever the rounding.
          if size > best.size + 1e-9 { best = (axis, coordinate, size) }
        }
      }
      axes[best.axis] = best.coordinate
      signs[best.axis] = direction[best.axis][best.coordinate] < 0 ? -1 : 1
      freeAxes.remove(best.axis)
      freeCoordinates.remove(best.coordinate)
    }
    self.init(axes: axes, signs: signs)
  }

  public var description: String { code }

  public static func == (first: Orientation, second: Orientation) -> Bool {
    first.code == second.code
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(code) }

  private static let letters = Array("LRPASI")
}

extension Orientation: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }
}

extension Geometry {
  /// The anatomical directions that are closest to the stored axes.
  public var orientation: Orientation { Orientation(closestTo: direction) }

  /// The same grid of points with its axes in another order and direction; no voxel centre moves.
  public func reoriented(to target: Orientation) -> Geometry {
    moved(by: AxisMove(from: orientation, to: target))
  }

  func moved(by move: AxisMove) -> Geometry {
    var result = self
    var corner = SIMD3<Double>.zero
    for axis in 0..<3 {
      let old = move.source[axis]
      result.size[axis] = size[old]
      result.spacing[axis] = spacing[old]
      result.direction[axis] = move.flipped[axis] ? -direction[old] : direction[old]
      if move.flipped[axis] { corner[old] = Double(size[old] - 1) }
    }
    result.origin = worldMM(ofVoxel: corner)
    return result
  }
}

/// Which old axis each new axis comes from, and whether it runs backwards.
struct AxisMove: Equatable {
  var source: [Int]
  var flipped: [Bool]

  init(from old: Orientation, to new: Orientation) {
    source = new.axes.map { coordinate in old.axes.firstIndex(of: coordinate) ?? 0 }
    flipped = zip(source, new.signs).map { old.signs[$0] != $1 }
  }

  var isIdentity: Bool { source == [0, 1, 2] && !flipped.contains(true) }
}

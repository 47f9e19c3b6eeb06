// Whether two masks lie on one grid, and if not, in what they differ.

import Foundation
import Imaging

enum Grid {
  /// A property of two grids that differs, with both values as text.
  struct Difference: Equatable {
    let property: String
    let met: String
    let expected: String
  }

  /// The first difference that matters between two grids.
  ///
  /// Photographs state no place in space that could be compared, so one slice needs the same size only.
  /// Formats round coordinates to 32 bits, so equality within 0.001 is as much as can be asked.
  static func difference(of met: Geometry, from expected: Geometry) -> Difference? {
    guard met.size == expected.size else {
      return Difference(
        property: "size in voxels", met: text(met.size), expected: text(expected.size))
    }
    guard expected.size.z > 1 else { return nil }
    let properties = [
      ("spacing in mm", [met.spacing], [expected.spacing]),
      ("origin in mm (LPS)", [met.origin], [expected.origin]),
      ("direction (LPS)", met.direction, expected.direction),
    ]
    for (property, met, expected) in properties where !agree(met, expected) {
      return Difference(property: property, met: text(met), expected: text(expected))
    }
    return nil
  }

  private static func agree(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { a, b in (0..<3).allSatisfy { abs(a[$0] - b[$0]) <= 1e-3 } }
  }

  private static func text(_ size: SIMD3<Int>) -> String { "\(size.x) x \(size.y) x \(size.z)" }

  private static func text(_ vectors: [SIMD3<Double>]) -> String {
    vectors.map { vector in
      "(" + (0..<3).map { String(format: "%.6g", vector[$0]) }.joined(separator: ", ") + ")"
    }.joined(separator: " ")
  }
}

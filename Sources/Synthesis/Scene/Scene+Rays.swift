// The way of a ray through a scene, part by part, for projections without sampling.

internal import Foundation

extension Blob {
  /// Where a ray along y through (x, z) enters and leaves; swings are left out of projections.
  func interval(x: Double, z: Double) -> ClosedRange<Double>? {
    // |A (p + t y)|² = 1 in the scaled frame of the ellipsoid.
    let offset = SIMD3(x, 0, z) - centre
    let start = SIMD3((axes[0] * offset).sum(), (axes[1] * offset).sum(), offset.z) / radii
    let along = SIMD3(axes[0].y, axes[1].y, 0) / radii
    let a = (along * along).sum()
    let b = (along * start).sum()
    let c = (start * start).sum() - 1
    let root = b * b - a * c
    guard root > 0 else { return nil }
    return (-b - root.squareRoot()) / a...(-b + root.squareRoot()) / a
  }
}

extension Capsule {
  /// Where a ray along y through (x, z) enters and leaves a rod of one radius.
  func interval(x: Double, z: Double) -> ClosedRange<Double>? {
    var low = Double.infinity
    var high = -Double.infinity
    for ball in [start, end] {
      let gap = SIMD2(x - ball.x, z - ball.z)
      let root = startRadius * startRadius - (gap * gap).sum()
      guard root > 0 else { continue }
      low = min(low, ball.y - root.squareRoot())
      high = max(high, ball.y + root.squareRoot())
    }
    let axis = end - start
    let squared = (axis * axis).sum()
    let offset = SIMD3(x, 0, z) - start
    // The part of the ray at right angles to the rod.
    let a = 1 - axis.y * axis.y / squared
    if squared > 0, a > 1e-12 {
      let along = (offset * axis).sum()
      let b = offset.y - along * axis.y / squared
      let c = (offset * offset).sum() - along * along / squared - startRadius * startRadius
      let root = b * b - a * c
      if root > 0 {
        for t in [(-b - root.squareRoot()) / a, (-b + root.squareRoot()) / a] {
          let place = along + t * axis.y
          if place >= 0, place <= squared {
            low = min(low, t)
            high = max(high, t)
          }
        }
      }
    }
    return low < high ? low...high : nil
  }
}

extension Solid {
  /// Where a ray along y through (x, z) lies inside a convex solid.
  func interval(x: Double, z: Double) -> ClosedRange<Double>? {
    switch self {
    case .blob(let blob): return blob.interval(x: x, z: z)
    case .capsule(let capsule): return capsule.interval(x: x, z: z)
    case .both(let first, let second):
      guard let one = first.interval(x: x, z: z), let other = second.interval(x: x, z: z),
        one.overlaps(other)
      else { return nil }
      return one.clamped(to: other)
    case .layer, .without: return nil
    }
  }
}

extension Scene {
  /// The length of a ray along y in each part that is uppermost somewhere on it, mm.
  ///
  /// - Parameters:
  ///   - x: where the ray passes
  ///   - z: where the ray passes
  ///   - visit: called with parts and lengths
  func trace(x: Double, z: Double, _ visit: (_ part: Int, _ length: Double) -> Void) {
    var crossed: [(part: Int, range: ClosedRange<Double>)] = []
    for index in parts.indices {
      let box = box(of: index)
      guard x >= box.low.x, x <= box.high.x, z >= box.low.z, z <= box.high.z,
        let range = parts[index].solid.interval(x: x, z: z)
      else { continue }
      crossed.append((index, range))
    }
    let cuts = crossed.flatMap { [$0.range.lowerBound, $0.range.upperBound] }.sorted()
    for (start, end) in zip(cuts, cuts.dropFirst()) where end > start {
      let middle = (start + end) / 2
      if let top = crossed.last(where: { $0.range.contains(middle) }) {
        visit(top.part, end - start)
      }
    }
  }
}

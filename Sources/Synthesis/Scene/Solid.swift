// Shapes with an analytic inside, so that masks are exact and partial volumes can be computed.

internal import Datasets
internal import Foundation

/// A shape in space, in mm.
indirect enum Solid: Sendable {
  case blob(Blob)
  case capsule(Capsule)
  /// Everything beyond a wavy surface across y.
  case layer(Layer)
  /// What is inside both.
  case both(Solid, Solid)
  /// What is inside the first and outside the second.
  case without(Solid, Solid)

  /// Whether a point lies inside or on the border.
  func contains(_ point: SIMD3<Double>) -> Bool {
    switch self {
    case .blob(let blob): blob.contains(point)
    case .capsule(let capsule): capsule.contains(point)
    case .layer(let layer): layer.contains(point)
    case .both(let first, let second): first.contains(point) && second.contains(point)
    case .without(let first, let second): first.contains(point) && !second.contains(point)
    }
  }

  /// A box with its sides along the axes that holds the shape.
  var bounds: (low: SIMD3<Double>, high: SIMD3<Double>) {
    switch self {
    case .blob(let blob): blob.bounds
    case .capsule(let capsule): capsule.bounds
    case .layer(let layer): layer.bounds
    case .both(let first, let second):
      (
        pointwiseMax(first.bounds.low, second.bounds.low),
        pointwiseMin(first.bounds.high, second.bounds.high)
      )
    case .without(let first, _): first.bounds
    }
  }
}

/// An ellipsoid whose radius may swing with direction.
struct Blob: Sendable {
  /// A swing of the radius: `amplitude · cos(frequency · direction + phase)`.
  struct Swing: Sendable {
    let frequency: SIMD3<Double>
    let phase: Double
    let amplitude: Double
  }

  let centre: SIMD3<Double>
  let radii: SIMD3<Double>
  /// Unit vectors of the axes to which the radii belong.
  let axes: [SIMD3<Double>]
  let swings: [Swing]
  /// Bounds of the factor by which swings change the radius.
  private let reach: Double

  init(
    centre: SIMD3<Double>, radii: SIMD3<Double>, angle: Double = 0, swings: [Swing] = []
  ) {
    self.centre = centre
    self.radii = radii
    axes = [
      SIMD3(cos(angle), sin(angle), 0), SIMD3(-sin(angle), cos(angle), 0), SIMD3(0, 0, 1),
    ]
    self.swings = swings
    reach = swings.reduce(0) { $0 + abs($1.amplitude) }
  }

  func contains(_ point: SIMD3<Double>) -> Bool {
    let offset = point - centre
    let scaled =
      SIMD3((axes[0] * offset).sum(), (axes[1] * offset).sum(), offset.z) / radii
    let squared = (scaled * scaled).sum()
    if swings.isEmpty { return squared <= 1 }
    if squared <= (1 - reach) * (1 - reach) { return true }
    if squared > (1 + reach) * (1 + reach) { return false }
    let radius = squared.squareRoot()
    let direction = scaled / radius
    var limit = 1.0
    for swing in swings {
      limit += swing.amplitude * cos((swing.frequency * direction).sum() + swing.phase)
    }
    return radius <= limit
  }

  var bounds: (low: SIMD3<Double>, high: SIMD3<Double>) {
    let first = axes[0] * radii.x
    let second = axes[1] * radii.y
    let plane = (first * first + second * second).squareRoot()
    let half = SIMD3(plane.x, plane.y, radii.z) * (1 + reach)
    return (centre - half, centre + half)
  }

  /// A point inside, for what is to lie in the shape: even in the ellipsoid shrunk by `part`.
  func point(within part: Double, random: inout CounterRandom) -> SIMD3<Double> {
    while true {
      let draw = SIMD3(
        random.uniform(in: -1...1), random.uniform(in: -1...1), random.uniform(in: -1...1))
      if (draw * draw).sum() > 1 { continue }
      let scaled = draw * radii * part
      return centre + axes[0] * scaled.x + axes[1] * scaled.y + axes[2] * scaled.z
    }
  }
}

extension [Blob.Swing] {
  /// Swings that make an organic outline.
  ///
  /// - Parameters:
  ///   - count: how many
  ///   - amplitude: their sum, as a part of the radius
  ///   - frequency: waves along the unit direction; 1 bends, 10 folds
  ///   - random: where the numbers come from
  /// - Returns: the swings
  static func random(
    _ count: Int, amplitude: Double, frequency: ClosedRange<Double>,
    random: inout CounterRandom
  ) -> [Blob.Swing] {
    (0..<count).map { _ in
      let normal = SIMD3(random.normal(), random.normal(), random.normal())
      let length = Swift.max((normal * normal).sum().squareRoot(), 1e-6)
      return Blob.Swing(
        frequency: normal / length * random.uniform(in: frequency),
        phase: random.uniform(in: 0...2 * Double.pi), amplitude: amplitude / Double(count))
    }
  }
}

/// A rod with round ends whose radius changes evenly along it.
struct Capsule: Sendable {
  let start: SIMD3<Double>
  let end: SIMD3<Double>
  let startRadius: Double
  let endRadius: Double

  init(from start: SIMD3<Double>, to end: SIMD3<Double>, radius: Double, endRadius: Double? = nil) {
    self.start = start
    self.end = end
    startRadius = radius
    self.endRadius = endRadius ?? radius
  }

  /// Distance to the axis minus the radius there; at most 0 inside.
  func depth(_ point: SIMD3<Double>) -> Double {
    let axis = end - start
    let offset = point - start
    let squared = (axis * axis).sum()
    let along = squared > 0 ? min(max((offset * axis).sum() / squared, 0), 1) : 0
    let gap = offset - axis * along
    return (gap * gap).sum().squareRoot() - (startRadius + (endRadius - startRadius) * along)
  }

  func contains(_ point: SIMD3<Double>) -> Bool { depth(point) <= 0 }

  var bounds: (low: SIMD3<Double>, high: SIMD3<Double>) {
    let reach = SIMD3(repeating: max(startRadius, endRadius))
    return (pointwiseMin(start, end) - reach, pointwiseMax(start, end) + reach)
  }
}

/// Everything with y beyond a surface that waves along x and z.
struct Layer: Sendable {
  let y: Double
  let slope: Double
  let waves: [(length: Double, phase: Double, height: Double)]

  func contains(_ point: SIMD3<Double>) -> Bool {
    var surface = y + slope * point.x
    for wave in waves {
      surface += wave.height * sin((point.x + 0.3 * point.z) / wave.length + wave.phase)
    }
    return point.y >= surface
  }

  var bounds: (low: SIMD3<Double>, high: SIMD3<Double>) {
    (SIMD3(repeating: -1e5), SIMD3(repeating: 1e5))
  }
}

// Vessels of a retina grown by space colonisation: branches reach for places that have no blood yet.

internal import Datasets
internal import Foundation

/// A tree of vessel segments with radii.
///
/// Source: Runions, Lane and Prusinkiewicz, Modeling trees with a space colonization algorithm, Eurographics Workshop on
/// Natural Phenomena 2007. Radii follow Murray's law, r³ = Σ r³ of the branches (The Journal of General Physiology 9
/// (1926), 835).
struct VesselTree: Sendable {
  struct Settings: Sendable {
    /// Farther attractors do not pull.
    var influence: Double
    /// A node this close removes an attractor.
    var kill: Double
    /// Length of a segment.
    var step: Double
    /// Radius of the last twigs.
    var tip: Double
    /// Exponent of Murray's law.
    var exponent = 3.0
  }

  private(set) var points: [SIMD2<Double>] = []
  private(set) var parents: [Int] = []
  private(set) var radii: [Double] = []

  /// Grows from given trunks.
  ///
  /// - Parameters:
  ///   - trunks: polylines that start at the root
  ///   - attractors: places to be reached
  ///   - settings: distances, in the unit of the points
  ///   - random: breaks the symmetry of nodes between two attractors
  init(
    trunks: [[SIMD2<Double>]], attractors: [SIMD2<Double>], settings: Settings,
    random: inout CounterRandom
  ) {
    for trunk in trunks {
      var parent = -1
      for point in trunk {
        points.append(point)
        parents.append(parent)
        parent = points.count - 1
      }
    }
    grow(attractors, settings, random: &random)
    widen(settings)
  }

  private mutating func grow(
    _ attractors: [SIMD2<Double>], _ settings: Settings, random: inout CounterRandom
  ) {
    var open = attractors
    var nearest = open.map { _ in -1 }
    var distance = open.map { _ in Double.infinity }
    var first = 0
    var children = points.map { _ in 0 }
    for parent in parents where parent >= 0 { children[parent] += 1 }
    for _ in 0..<400 where !open.isEmpty {
      for index in open.indices {
        for node in first..<points.count {
          let gap = points[node] - open[index]
          let squared = (gap * gap).sum()
          if squared < distance[index] {
            distance[index] = squared
            nearest[index] = node
          }
        }
      }
      first = points.count
      let kept = open.indices.filter { distance[$0] > settings.kill * settings.kill }
      open = kept.map { open[$0] }
      nearest = kept.map { nearest[$0] }
      distance = kept.map { distance[$0] }
      var pull: [Int: SIMD2<Double>] = [:]
      var closest: [Int: Double] = [:]
      for index in open.indices
      where distance[index] < settings.influence * settings.influence && nearest[index] >= 0 {
        let node = nearest[index]
        let way = open[index] - points[node]
        let unit = way / max((way * way).sum().squareRoot(), 1e-9)
        if children[node] < 2 {
          pull[node, default: .zero] += unit
        } else if distance[index] < closest[node, default: .infinity] {
          // A fork between attractors would grow the same twig for ever; now it goes to one of them.
          closest[node] = distance[index]
          pull[node] = unit
        }
      }
      if pull.isEmpty { return }
      // By number of node, since dictionaries have no order.
      for (node, way) in pull.sorted(by: { $0.key < $1.key }) {
        let jitter = SIMD2(random.normal(), random.normal()) * 0.35
        let direction = way / max((way * way).sum().squareRoot(), 1e-9) + jitter
        let length = max((direction * direction).sum().squareRoot(), 1e-9)
        points.append(points[node] + direction / length * settings.step)
        parents.append(node)
        children[node] += 1
        children.append(0)
      }
      if points.count > 20_000 { return }
    }
  }

  private mutating func widen(_ settings: Settings) {
    var flow = [Double](repeating: 0, count: points.count)
    var hasBranch = [Bool](repeating: false, count: points.count)
    let unit = pow(settings.tip, settings.exponent)
    // Children always come after their parents.
    for node in points.indices.reversed() {
      if !hasBranch[node] { flow[node] = unit }
      guard parents[node] >= 0 else { continue }
      flow[parents[node]] += flow[node]
      hasBranch[parents[node]] = true
    }
    radii = flow.map { pow($0, 1 / settings.exponent) }
  }

  /// The segments as rods, thin ones first, with radii times `scale` that stay within `limits`.
  func capsules(scale: Double, limits: ClosedRange<Double>) -> [Capsule] {
    func limited(_ radius: Double) -> Double {
      min(max(radius * scale, limits.lowerBound), limits.upperBound)
    }
    let segments = points.indices.filter { parents[$0] >= 0 }.sorted { radii[$0] < radii[$1] }
    return segments.map { node in
      let parent = parents[node]
      let end = limited(radii[node])
      // A twig leaves a wide vessel with its own width.
      let start = limited(min(radii[parent], 1.25 * radii[node]))
      return Capsule(
        from: SIMD3(points[parent].x, points[parent].y, 0),
        to: SIMD3(points[node].x, points[node].y, 0), radius: start, endRadius: end)
    }
  }
}

// The Hausdorff distance, the largest error of a surface, and its percentiles, which leave out outliers.
// Huttenlocher et al., IEEE PAMI 15 (1993) 850. Guide: Documentation/metrics/hausdorff.md

/// Of what a percentile Hausdorff distance is the percentile: papers differ and rarely say so.
public enum PercentileDefinition: String, Sendable, Codable, CaseIterable {
  /// The larger of the percentiles of both directions, linearly interpolated between the distances:
  /// MONAI, MetricsReloaded.
  case largerOfDirected
  /// The percentile of the distances of both directions put together, linearly interpolated: MedPy.
  case pooled
  /// The larger of the percentiles of both directions, each the smallest distance up to which that share
  /// of the surface's weight lies: surface-distance.
  case areaWeighted
}

extension SurfaceDistances {
  /// The largest distance from a part of either surface to the other, in mm.
  ///
  /// The same in every definition of the percentiles. Symmetric; 0 for equal masks.
  ///
  /// - Parameter policy: the value when a mask is empty
  /// - Returns: a distance in mm, or nil where it is undefined
  public func hausdorff(whenEmpty policy: EmptySurfacePolicy = .undefined) -> Double? {
    policy.distance(self) {
      max(toReference.distances.last ?? 0, toPrediction.distances.last ?? 0)
    }
  }

  /// A percentile of the distances between the surfaces in mm; HD95 is that of 95.
  ///
  /// - Parameters:
  ///   - percentile: 0…100, where 100 gives the Hausdorff distance itself
  ///   - definition: of what it is the percentile; nil stands for ``PercentileDefinition/areaWeighted``
  ///     on surface elements and for ``PercentileDefinition/largerOfDirected`` on border voxels
  ///   - policy: the value when a mask is empty
  /// - Returns: a distance in mm, or nil where it is undefined
  /// - Throws: ``MetricsError/percentileInvalid(_:)``
  public func hausdorff(
    percentile: Double, definition: PercentileDefinition? = nil,
    whenEmpty policy: EmptySurfacePolicy = .undefined
  ) throws -> Double? {
    guard (0...100).contains(percentile) else { throw MetricsError.percentileInvalid(percentile) }
    let usual: PercentileDefinition =
      reading == .surfaceElements ? .areaWeighted : .largerOfDirected
    let directions = [toReference, toPrediction]
    return policy.distance(self) {
      switch definition ?? usual {
      case .largerOfDirected:
        directions.map { Self.interpolated(percentile, [$0]) }.max()
      case .pooled:
        Self.interpolated(percentile, directions)
      case .areaWeighted:
        directions.map { Self.weighted(percentile, $0) }.max()
      }
    }
  }

  /// The value at place (count - 1) · percentile / 100 of the sorted distances.
  private static func interpolated(_ percentile: Double, _ parts: [DirectedDistances]) -> Double {
    let pairs = parts.flatMap { zip($0.distances, $0.counts) }.sorted { $0.0 < $1.0 }
    let place = Double(pairs.reduce(0) { $0 + $1.1 } - 1) * percentile / 100
    let lower = place.rounded(.down)
    var seen = 0
    var below: Double?
    for (distance, count) in pairs {
      seen += count
      if let below { return below + (distance - below) * (place - lower) }
      guard Double(seen) > lower else { continue }
      // The next value up is the same one unless this is the last of its kind.
      if Double(seen) > lower + 1 || place == lower { return distance }
      below = distance
    }
    return below ?? 0
  }

  private static func weighted(_ percentile: Double, _ part: DirectedDistances) -> Double {
    let total = part.weight
    var seen = 0.0
    for (distance, weight) in zip(part.distances, part.weights) {
      seen += weight
      if seen / total >= percentile / 100 { return distance }
    }
    return part.distances.last ?? 0
  }
}

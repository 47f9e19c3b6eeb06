// Normalised surface distance (NSD), the surface Dice: how much of two surfaces agrees within a tolerance.
// Nikolov et al., Journal of Medical Internet Research 23 (2021) e26151.
// Guide: Documentation/metrics/surface-dice.md

extension SurfaceDistances {
  /// The share of both surfaces that lies no further than the tolerance from the other one.
  ///
  /// Border voxels count alike; surface elements count by their area. 0 when exactly one of the two masks
  /// is empty; 1 for equal masks; grows with the tolerance. Symmetric.
  ///
  /// - Parameters:
  ///   - tolerance: in mm; a distance equal to it counts as agreement
  ///   - policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  /// - Throws: ``MetricsError/distanceInvalid(_:)``
  public func surfaceDice(
    tolerance: Double, whenEmpty policy: EmptyPolicy = .undefined
  ) throws -> Double? {
    guard tolerance >= 0, tolerance.isFinite else { throw MetricsError.distanceInvalid(tolerance) }
    switch presence {
    case .neither: return policy.score
    case .onlyPrediction, .onlyReference: return 0
    case .both: break
    }
    var near = 0.0
    for part in [toReference, toPrediction] {
      for (distance, weight) in zip(part.distances, part.weights) where distance <= tolerance {
        near += weight
      }
    }
    // Sums of areas in another order may round to a little more than the whole.
    return min(1, near / (toReference.weight + toPrediction.weight))
  }
}

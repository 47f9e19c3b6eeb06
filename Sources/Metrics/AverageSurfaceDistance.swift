// Mean distances between surfaces: how far a border is off on average.
// Heimann et al., IEEE TMI 28 (2009) 1251. Guide: Documentation/metrics/average-surface-distance.md

extension SurfaceDistances {
  /// Average symmetric surface distance (ASSD) in mm: the mean over the parts of both surfaces together.
  ///
  /// Border voxels count alike; surface elements count by their area. The larger surface has the larger
  /// say. Symmetric; 0 for equal masks, never above the Hausdorff distance.
  ///
  /// - Parameter policy: the value when a mask is empty
  /// - Returns: a distance in mm, or nil where it is undefined
  public func assd(whenEmpty policy: EmptySurfacePolicy = .undefined) -> Double? {
    policy.distance(self) { Self.mean([toReference, toPrediction]) }
  }

  /// Mean average surface distance (MASD) in mm: the mean of the two directed means, so that both
  /// surfaces have the same say. Beneš and Zitová, Journal of Microscopy 257 (2015) 65.
  ///
  /// - Parameter policy: the value when a mask is empty
  /// - Returns: a distance in mm, or nil where it is undefined
  public func masd(whenEmpty policy: EmptySurfacePolicy = .undefined) -> Double? {
    policy.distance(self) {
      guard let there = Self.mean([toReference]), let back = Self.mean([toPrediction]) else {
        return nil
      }
      return (there + back) / 2
    }
  }

  /// The mean distance in mm from the surface of the prediction to that of the reference.
  ///
  /// With its counterpart ``averageDistanceToPrediction(whenEmpty:)`` what surface-distance gives as its
  /// pair of averages, there for surface elements. MONAI calls it the asymmetric average surface distance.
  public func averageDistanceToReference(
    whenEmpty policy: EmptySurfacePolicy = .undefined
  ) -> Double? {
    policy.distance(self) { Self.mean([toReference]) }
  }

  /// The mean distance in mm from the surface of the reference to that of the prediction.
  public func averageDistanceToPrediction(
    whenEmpty policy: EmptySurfacePolicy = .undefined
  ) -> Double? {
    policy.distance(self) { Self.mean([toPrediction]) }
  }
}

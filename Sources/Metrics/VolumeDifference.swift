// How much larger or smaller a predicted volume is, in units that clinics measure in.
// Guide: Documentation/metrics/volume-difference.md

/// The volumes that a prediction and a reference give one label, and how they differ.
public struct VolumeDifference: Sendable, Equatable, Codable {
  /// Volume of the prediction in mm³.
  public let predicted: Double
  /// Volume of the reference in mm³.
  public let referenced: Double

  /// Takes two volumes in mm³.
  public init(predicted: Double, referenced: Double) {
    self.predicted = predicted
    self.referenced = referenced
  }

  /// Prediction minus reference in mm³; positive where too much was predicted.
  public var signed: Double { predicted - referenced }

  /// The same in ml.
  public var signedML: Double { signed / 1000 }

  /// Size of the difference in mm³.
  public var absolute: Double { abs(signed) }

  /// The same in ml.
  public var absoluteML: Double { absolute / 1000 }

  /// Prediction minus reference over the reference; nil where the reference is empty.
  public var relative: Double? { referenced == 0 ? nil : signed / referenced }

  /// Size of ``relative``: MetricsReloaded's absolute volume difference ratio.
  public var absoluteRelative: Double? { relative.map { abs($0) } }
}

extension Overlap {
  /// The volumes of prediction and reference; both are 0 for empty masks, so no policy is asked for.
  ///
  /// - Parameter voxelVolume: volume of one voxel in mm³, the product of the spacings
  /// - Returns: both volumes in mm³
  public func volumeDifference(voxelVolume: Double) -> VolumeDifference {
    VolumeDifference(
      predicted: Double(predicted) * voxelVolume, referenced: Double(referenced) * voxelVolume)
  }
}

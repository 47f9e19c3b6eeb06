// The plan: what a self-configuring network decided after it had read the data, as nnU-Net v2 writes it.

import Foundation

/// All configurations that were planned for one dataset: the content of nnU-Net v2's `plans.json`.
///
/// Axes are those of the arrays: z, y, x as the file stores them, or turned by ``transposeForward`` where
/// "after transposition" is said. Spacings are in millimetres.
/// Source: Isensee et al., Nature Methods 2021, arXiv 1809.10486; layout of nnunetv2 2.6.
public struct Plans: Sendable, Codable, Equatable {
  public var datasetName: String
  public var plansName: String
  /// Median spacing of the cases, after transposition.
  public var originalMedianSpacing: [Double]
  /// Median shape of the cropped cases, after transposition.
  public var originalMedianShape: [Double]
  public var imageReaderWriter: String
  /// Axis of the file that becomes each axis of the network.
  public var transposeForward: [Int]
  public var transposeBackward: [Int]
  /// Settings by name: "2d", "3d_lowres", "3d_fullres", "3d_cascade_fullres".
  public var configurations: [String: Entry]
  public var experimentPlannerUsed: String
  public var labelManager: String
  /// Intensities of the foreground, by the channel's number.
  public var foregroundIntensities: [String: IntensityProperties]

  public init(
    datasetName: String, plansName: String, originalMedianSpacing: [Double],
    originalMedianShape: [Double], imageReaderWriter: String, transposeForward: [Int],
    transposeBackward: [Int], configurations: [String: Entry], experimentPlannerUsed: String,
    labelManager: String, foregroundIntensities: [String: IntensityProperties]
  ) {
    self.datasetName = datasetName
    self.plansName = plansName
    self.originalMedianSpacing = originalMedianSpacing
    self.originalMedianShape = originalMedianShape
    self.imageReaderWriter = imageReaderWriter
    self.transposeForward = transposeForward
    self.transposeBackward = transposeBackward
    self.configurations = configurations
    self.experimentPlannerUsed = experimentPlannerUsed
    self.labelManager = labelManager
    self.foregroundIntensities = foregroundIntensities
  }

  enum CodingKeys: String, CodingKey {
    case datasetName = "dataset_name"
    case plansName = "plans_name"
    case originalMedianSpacing = "original_median_spacing_after_transp"
    case originalMedianShape = "original_median_shape_after_transp"
    case imageReaderWriter = "image_reader_writer"
    case transposeForward = "transpose_forward"
    case transposeBackward = "transpose_backward"
    case configurations
    case experimentPlannerUsed = "experiment_planner_used"
    case labelManager = "label_manager"
    case foregroundIntensities = "foreground_intensity_properties_per_channel"
  }
}

/// What is known of one channel's values inside the foreground of all training cases.
public struct IntensityProperties: Sendable, Codable, Equatable {
  public var max: Double
  public var mean: Double
  public var median: Double
  public var min: Double
  public var percentile005: Double
  public var percentile995: Double
  public var std: Double

  public init(
    max: Double, mean: Double, median: Double, min: Double, percentile005: Double,
    percentile995: Double, std: Double
  ) {
    self.max = max
    self.mean = mean
    self.median = median
    self.min = min
    self.percentile005 = percentile005
    self.percentile995 = percentile995
    self.std = std
  }

  enum CodingKeys: String, CodingKey {
    case max, mean, median, min, std
    case percentile005 = "percentile_00_5"
    case percentile995 = "percentile_99_5"
  }
}

// One configuration of a plan: how images are prepared, which patches are cut, which network reads them.

import Foundation

/// A configuration with everything that it inherits filled in.
public struct PlannedConfiguration: Sendable, Codable, Equatable {
  public var dataIdentifier: String
  public var preprocessor: String
  public var batchSize: Int
  /// Voxels along each axis of the network: three numbers, or two for slices.
  public var patchSize: [Int]
  public var medianImageSize: [Double]
  /// Target voxel size along each axis of the network, in millimetres.
  public var spacing: [Double]
  /// One per channel.
  public var normalisation: [NormalisationScheme]
  /// Whether statistics are taken inside the nonzero region alone; one per channel.
  public var usesMaskForNormalisation: [Bool]
  public var dataResampling: ResamplingRule
  public var labelResampling: ResamplingRule
  public var probabilityResampling: ResamplingRule
  public var architecture: PlannedArchitecture
  /// Whether the Dice loss is taken over the whole batch instead of each sample.
  public var batchDice: Bool
  /// The configuration whose segmentation this one reads as further channels (the cascade).
  public var previousStage: String?
  /// The configuration that reads this one's segmentation.
  public var nextStage: String?

  public init(
    dataIdentifier: String, preprocessor: String = "DefaultPreprocessor", batchSize: Int,
    patchSize: [Int], medianImageSize: [Double], spacing: [Double],
    normalisation: [NormalisationScheme], usesMaskForNormalisation: [Bool],
    dataResampling: ResamplingRule = .data, labelResampling: ResamplingRule = .labels,
    probabilityResampling: ResamplingRule = .probabilities, architecture: PlannedArchitecture,
    batchDice: Bool, previousStage: String? = nil, nextStage: String? = nil
  ) {
    self.dataIdentifier = dataIdentifier
    self.preprocessor = preprocessor
    self.batchSize = batchSize
    self.patchSize = patchSize
    self.medianImageSize = medianImageSize
    self.spacing = spacing
    self.normalisation = normalisation
    self.usesMaskForNormalisation = usesMaskForNormalisation
    self.dataResampling = dataResampling
    self.labelResampling = labelResampling
    self.probabilityResampling = probabilityResampling
    self.architecture = architecture
    self.batchDice = batchDice
    self.previousStage = previousStage
    self.nextStage = nextStage
  }

  /// Spatial axes: 2 or 3.
  public var dimensions: Int { patchSize.count }
}

/// How the values of a channel are brought to a common scale, by nnU-Net's names.
public enum NormalisationScheme: String, Sendable, Codable, Hashable, CaseIterable {
  /// Clipped to the 0.5 and 99.5 percentile of the foreground, then by its mean and deviation.
  case ct = "CTNormalization"
  /// (x − mean) / deviation of the image.
  case zScore = "ZScoreNormalization"
  /// Divided by 255.
  case rgb = "RGBTo01Normalization"
  /// (x − min) / (max − min) of the image.
  case range = "RescaleTo01Normalization"
  case none = "NoNormalization"
}

/// How arrays go from one grid to another.
public struct ResamplingRule: Sendable, Codable, Equatable {
  public var function: String
  /// Order of the spline: 0 nearest, 1 linear, 3 cubic.
  public var order: Int
  /// Order along an axis that is resampled by itself.
  public var orderZ: Int
  public var isSegmentation: Bool
  /// Whether the coarse axis is resampled by itself; `nil` decides by the anisotropy.
  public var forceSeparateZ: Bool?

  public init(
    function: String = "resample_data_or_seg_to_shape", order: Int, orderZ: Int = 0,
    isSegmentation: Bool, forceSeparateZ: Bool? = nil
  ) {
    self.function = function
    self.order = order
    self.orderZ = orderZ
    self.isSegmentation = isSegmentation
    self.forceSeparateZ = forceSeparateZ
  }

  /// Cubic for images, linear for each label, linear for scores: nnU-Net's defaults.
  public static let data = ResamplingRule(order: 3, isSegmentation: false)
  public static let labels = ResamplingRule(order: 1, isSegmentation: true)
  public static let probabilities = ResamplingRule(order: 1, isSegmentation: false)
}

/// A U-Net as a plan describes it.
public struct PlannedArchitecture: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case plain = "dynamic_network_architectures.architectures.unet.PlainConvUNet"
    case residualEncoder = "dynamic_network_architectures.architectures.unet.ResidualEncoderUNet"
  }

  public var kind: Kind
  /// Channels of each stage, the finest first.
  public var features: [Int]
  /// Kernel of each stage, one number per axis.
  public var kernels: [[Int]]
  /// Stride of the first convolution of each stage, one number per axis.
  public var strides: [[Int]]
  /// Convolutions (plain) or residual blocks (residual encoder) of each encoder stage.
  public var encoderBlocks: [Int]
  /// Convolutions of each decoder stage.
  public var decoderConvolutions: [Int]

  public init(
    kind: Kind, features: [Int], kernels: [[Int]], strides: [[Int]], encoderBlocks: [Int],
    decoderConvolutions: [Int]
  ) {
    self.kind = kind
    self.features = features
    self.kernels = kernels
    self.strides = strides
    self.encoderBlocks = encoderBlocks
    self.decoderConvolutions = decoderConvolutions
  }

  public var stages: Int { features.count }
}

extension Plans {
  /// A configuration with the name of the one whose entries fill the gaps of its own in the file.
  public struct Entry: Sendable, Equatable {
    public var configuration: PlannedConfiguration
    public var inheritsFrom: String?

    public init(_ configuration: PlannedConfiguration, inheritsFrom: String? = nil) {
      self.configuration = configuration
      self.inheritsFrom = inheritsFrom
    }
  }
}

// nnU-Net's rules: from what the data are like to how they are prepared and which network reads them.

public import Datasets

/// Plans the configurations of a self-configuring U-Net.
///
/// Without a ``budget`` the result equals that of nnunetv2 2.8.1 (`ExperimentPlanner` and
/// `nnUNetPlannerResEncM/L/XL`) for the same fingerprint. Where several axes fill equal parts of the image,
/// the last one is shortened first.
///
/// Sources: Isensee et al., Nature Methods 2021, arXiv 1809.10486 (rules); Isensee et al., MICCAI 2024, arXiv
/// 2404.09556 (residual encoders and their memory targets).
public struct Planner: Sendable, Equatable {
  /// Which family of networks is planned.
  public enum Kind: Sendable, Hashable {
    /// Two convolutions per stage; nnU-Net's default.
    case plain
    /// Residual blocks in the encoder, more of them in the coarser stages.
    case residualEncoder(Size)

    /// What commands and run files call them.
    public static let names = ["default"] + Size.allCases.map { "resenc-\($0.rawValue)" }

    /// - Parameter name: One of ``names``, or "plain" for the default.
    public init?(_ name: String) {
      if name == "default" || name == "plain" {
        self = .plain
      } else if name.hasPrefix("resenc-"), let size = Size(rawValue: String(name.dropFirst(7))) {
        self = .residualEncoder(size)
      } else {
        return nil
      }
    }
  }

  /// For how much memory the residual encoders were laid out: about 8, 24 and 40 GB.
  public enum Size: String, Sendable, Hashable, CaseIterable {
    case m, l, xl
  }

  /// Limits of our own for machines without a large GPU; nnU-Net knows none of them.
  ///
  /// nnU-Net fills a GPU's memory and trains 250,000 iterations. Two cores see few hundred iterations of
  /// such patches in an hour. Narrower networks on smaller patches see tens of thousands.
  public struct Budget: Sendable, Equatable {
    /// Channels of the finest stage, 32 in nnU-Net; the upper limit of the coarser ones is scaled alike.
    public var baseFeatures: Int
    /// Samples per step instead of the planned number.
    public var batchSize: Int?
    /// Voxels that a patch may have at most; it is shortened by the same rule as for memory.
    public var maxPatchVoxels: Int?

    public init(baseFeatures: Int = 32, batchSize: Int? = nil, maxPatchVoxels: Int? = nil) {
      self.baseFeatures = baseFeatures
      self.batchSize = batchSize
      self.maxPatchVoxels = maxPatchVoxels
    }

    /// The limits that are set; `nil` where none is.
    ///
    /// - Parameters:
    ///   - baseFeatures: Channels of the finest stage; nnU-Net's 32 where only others are set.
    ///   - batchSize: Samples per step.
    ///   - maxPatchVoxels: Voxels of a patch.
    public init?(limits baseFeatures: Int?, batchSize: Int?, maxPatchVoxels: Int?) {
      if baseFeatures == nil, batchSize == nil, maxPatchVoxels == nil { return nil }
      self.init(
        baseFeatures: baseFeatures ?? 32, batchSize: batchSize, maxPatchVoxels: maxPatchVoxels)
    }
  }

  public var kind: Kind
  /// Memory that training may take in GB, as nnU-Net counts it for GPUs; the kind's own target where nil.
  public var memoryGB: Double?
  public var budget: Budget?
  /// Voxel size of the full resolution in mm, in the axis order of the files, instead of the planned one.
  public var targetSpacing: [Double]?
  /// Part of all training voxels that one batch may show, 0…1 (nnU-Net's `max_dataset_covered`); the kind's
  /// own where nil: 0.05 for plain networks, 1 for residual encoders. A batch has two samples at least.
  public var largestBatchShare: Double?

  public init(
    kind: Kind = .plain, memoryGB: Double? = nil, budget: Budget? = nil,
    targetSpacing: [Double]? = nil, largestBatchShare: Double? = nil
  ) {
    self.kind = kind
    self.memoryGB = memoryGB
    self.budget = budget
    self.targetSpacing = targetSpacing
    self.largestBatchShare = largestBatchShare
  }

  /// Plans all configurations that suit a dataset: "2d", and for volumes "3d_fullres" and, where a patch
  /// covers less than a quarter of the image, "3d_lowres" and "3d_cascade_fullres".
  ///
  /// - Parameters:
  ///   - fingerprint: what the training cases are like
  ///   - description: names of channels and labels
  ///   - datasetName: nnU-Net's name of the dataset, `DatasetXXX_Name`
  ///   - caseCount: training cases; those of the fingerprint where nil
  /// - Returns: the plan
  /// - Throws: ``PlanningError`` for an unusable fingerprint, and for memory that not even the smallest patch
  ///   fits in
  public func plan(
    _ fingerprint: Fingerprint, _ description: DatasetDescription, datasetName: String? = nil,
    caseCount: Int? = nil
  ) throws -> Plans {
    let data = try PlanningData(
      fingerprint, description, caseCount: caseCount, targetSpacing: targetSpacing)
    let configurations = try configurations(for: data)
    return Plans(
      datasetName: datasetName ?? description.name ?? "dataset", plansName: plansName,
      originalMedianSpacing: data.transposed(data.medianSpacing),
      originalMedianShape: data.transposed(data.medianShape).map { $0.rounded(.toNearestOrEven) },
      imageReaderWriter: Self.reader(ending: description.fileEnding ?? fingerprint.fileEnding),
      transposeForward: data.transposeForward, transposeBackward: data.transposeBackward,
      configurations: configurations, experimentPlannerUsed: plannerName,
      labelManager: "LabelManager",
      foregroundIntensities: fingerprint.foregroundIntensities)
  }

  /// nnU-Net's class that reads files of an ending; ours read all formats whatever stands here.
  static func reader(ending: String?) -> String {
    switch ending {
    case ".png"?, ".bmp"?, ".tif"?, ".jpg"?, ".jpeg"?: "NaturalImage2DIO"
    case ".tiff"?: "Tiff3DIO"
    case ".nii"?: "NibabelIO"
    default: "SimpleITKIO"
    }
  }
}

extension Planner {
  /// Numbers that tell the kinds apart; feature values are for one sample, references for `referenceGB`.
  struct Constants {
    var name: String
    var plans: String
    var referenceGB: Double
    var reference2D: Double
    var reference3D: Double
    /// Part of all training voxels that one batch may show.
    var largestShare: Double
  }

  var constants: Constants {
    switch kind {
    case .plain:
      Constants(
        name: "ExperimentPlanner", plans: "nnUNetPlans", referenceGB: 8, reference2D: 8.5e7,
        reference3D: 5.6e8, largestShare: 0.05)
    case .residualEncoder(.m):
      Constants(
        name: "nnUNetPlannerResEncM", plans: "nnUNetResEncUNetMPlans", referenceGB: 8,
        reference2D: 1.35e8, reference3D: 6.8e8, largestShare: 1)
    case .residualEncoder(.l):
      Constants(
        name: "nnUNetPlannerResEncL", plans: "nnUNetResEncUNetLPlans", referenceGB: 24,
        reference2D: 3.8e8, reference3D: 2.1e9, largestShare: 1)
    case .residualEncoder(.xl):
      Constants(
        name: "nnUNetPlannerResEncXL", plans: "nnUNetResEncUNetXLPlans", referenceGB: 40,
        reference2D: 5.6e8, reference3D: 3.6e9, largestShare: 1)
    }
  }

  /// How nnU-Net names plans of this kind.
  public var plansName: String { constants.plans }

  var plannerName: String { constants.name }

  /// Residual encoders of 2-D and full resolution read the data that were prepared for plain networks.
  func dataIdentifier(_ configuration: String) -> String {
    let isShared = kind != .plain && (configuration == "2d" || configuration == "3d_fullres")
    return (isShared ? "nnUNetPlans" : plansName) + "_" + configuration
  }
}

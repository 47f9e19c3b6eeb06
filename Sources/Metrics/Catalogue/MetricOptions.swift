// The choices of definition that a comparison states once for all its metrics.

/// Readings of the metrics where definitions differ; the defaults are those of the guides.
///
/// An entry that a file leaves out has its default.
public struct MetricOptions: Sendable, Equatable, Codable {
  /// The score of a label that is on neither side.
  public var emptyPolicy = EmptyPolicy.undefined
  /// What the surface of a mask consists of.
  public var surfaceReading = SurfaceReading.borderVoxels
  /// Whether an image of one slice has two dimensions or is a thin volume.
  public var flatImage = FlatImage.twoDimensional
  /// Of what HD95 is the percentile; nil stands for what goes with the reading of surfaces.
  public var percentileDefinition: PercentileDefinition? = nil
  /// The distance when one mask is empty, or both.
  public var emptySurface = EmptySurfacePolicy.undefined
  /// Tolerance of the normalised surface Dice in mm.
  public var nsdToleranceMM = 2.0
  /// Width of the boundary as a share of the image's diagonal.
  public var boundaryShare = 0.02
  /// Which voxels make one object where the dataset does not number them.
  public var connectivity = Connectivity.full
  /// Intersection over union from which two objects match.
  public var matchingThreshold = 0.5
  /// Whether the threshold itself is enough.
  public var matchingComparison = InstanceMatching.Criterion.Comparison.exceeds
  /// Which pairs win where an object could be matched twice.
  public var matchingAssignment = InstanceMatching.Criterion.Assignment.mostMatches
  /// What `instance-f1` is.
  public var detectionScore = DetectionScore.f1
  /// When a lesion counts as found.
  public var lesionDefinition = LesionDefinition.touched
  /// The part of a lesion that `covered` asks for.
  public var lesionFraction = 0.1
  /// Number of equal bins of the calibration error.
  public var calibrationBins = 15
  public var calibrationEdges = Calibration.Options.Edges.rightClosed
  public var calibrationConfidence = Calibration.Options.Confidence.foreground
  /// Whether voxels of probability 0 take no part in the calibration error.
  public var calibrationExcludesZero = false
  /// Whether the Brier score adds the background's error.
  public var brierClasses = Brier.Classes.foreground

  /// The names of the rules in ``LesionRule``.
  public enum LesionDefinition: String, Sendable, Codable, CaseIterable {
    /// One common voxel.
    case touched
    /// Matched as instances are, by the matching options.
    case matched
    /// At least ``MetricOptions/lesionFraction`` covered.
    case covered
  }

  public init() {}

  /// Reads options, of which a file names only those that differ from the defaults.
  public init(from decoder: any Decoder) throws {
    self.init()
    let file = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      value = try file.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    try read(.emptyPolicy, into: &emptyPolicy)
    try read(.surfaceReading, into: &surfaceReading)
    try read(.flatImage, into: &flatImage)
    percentileDefinition = try file.decodeIfPresent(
      PercentileDefinition.self, forKey: .percentileDefinition)
    try read(.emptySurface, into: &emptySurface)
    try read(.nsdToleranceMM, into: &nsdToleranceMM)
    try read(.boundaryShare, into: &boundaryShare)
    try read(.connectivity, into: &connectivity)
    try read(.matchingThreshold, into: &matchingThreshold)
    try read(.matchingComparison, into: &matchingComparison)
    try read(.matchingAssignment, into: &matchingAssignment)
    try read(.detectionScore, into: &detectionScore)
    try read(.lesionDefinition, into: &lesionDefinition)
    try read(.lesionFraction, into: &lesionFraction)
    try read(.calibrationBins, into: &calibrationBins)
    try read(.calibrationEdges, into: &calibrationEdges)
    try read(.calibrationConfidence, into: &calibrationConfidence)
    try read(.calibrationExcludesZero, into: &calibrationExcludesZero)
    try read(.brierClasses, into: &brierClasses)
  }

  /// When two objects match.
  public var matching: InstanceMatching.Criterion {
    InstanceMatching.Criterion(
      threshold: matchingThreshold, comparison: matchingComparison, assignment: matchingAssignment)
  }

  /// When a lesion counts as found.
  public var lesionRule: LesionRule {
    switch lesionDefinition {
    case .touched: .touched
    case .matched: .matched(matching)
    case .covered: .covered(fraction: lesionFraction)
    }
  }

  /// Bins and definition of the calibration error.
  public var calibration: Calibration.Options {
    Calibration.Options(
      bins: calibrationBins, edges: calibrationEdges, confidence: calibrationConfidence,
      excludesZero: calibrationExcludesZero)
  }
}

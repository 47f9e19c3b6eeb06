// Centreline Dice (clDice): whether tubes such as vessels are connected as they should be.
// Shit et al., CVPR 2021, 16560. Guide: Documentation/metrics/centreline-dice.md

/// How much of each skeleton of a label lies in the other mask, in voxels.
public struct CentrelineOverlap: Sendable, Hashable, Codable {
  /// Voxels of the masks themselves; a mask that is not empty can have an empty skeleton.
  public var predicted = 0
  public var referenced = 0
  /// Voxels of the prediction's skeleton, and those of them in the reference.
  public var predictedSkeleton = 0
  public var predictedSkeletonInReference = 0
  /// Voxels of the reference's skeleton, and those of them in the prediction.
  public var referenceSkeleton = 0
  public var referenceSkeletonInPrediction = 0

  /// Nothing at all; counts are set one by one, as their names alone keep them apart.
  public init() {}

  /// The share of the prediction's skeleton that lies in the reference; nil without a skeleton.
  public var topologyPrecision: Double? {
    predictedSkeleton == 0
      ? nil : Double(predictedSkeletonInReference) / Double(predictedSkeleton)
  }

  /// The share of the reference's skeleton that lies in the prediction; nil without a skeleton.
  public var topologySensitivity: Double? {
    referenceSkeleton == 0
      ? nil : Double(referenceSkeletonInPrediction) / Double(referenceSkeleton)
  }

  /// The harmonic mean of topology precision and sensitivity.
  ///
  /// 0 when exactly one of the masks is empty, or when neither skeleton meets the other mask; undefined
  /// when a mask that is not empty loses its whole skeleton to thinning.
  ///
  /// - Parameter policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func centrelineDice(whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    if predicted == 0, referenced == 0 { return policy.score }
    if predicted == 0 || referenced == 0 { return 0 }
    guard let precision = topologyPrecision, let sensitivity = topologySensitivity else {
      return nil
    }
    let sum = precision + sensitivity
    return sum == 0 ? 0 : 2 * precision * sensitivity / sum
  }
}

/// The overlap of skeletons and masks of a prediction and a reference, for each label.
public struct CentrelineOverlapTable: Sendable, Equatable {
  /// The labels compared, ascending.
  public let labels: [Int32]
  private let overlaps: [Int32: CentrelineOverlap]

  /// Compares two label arrays of one grid, x fastest.
  ///
  /// - Parameters:
  ///   - prediction: one label per voxel
  ///   - reference: one label per voxel, in the same order
  ///   - size: voxels along x, y and z; z is 1 for a picture
  ///   - labels: those to compare; nil stands for all that occur, but for the background 0
  ///   - order: in which order voxels are removed
  ///   - flat: how an image of one slice is read
  /// - Throws: ``MetricsError``
  public init(
    prediction: [Int32], reference: [Int32], size: SIMD3<Int>, labels: [Int32]? = nil,
    order: ThinningOrder = .zyx, flat: FlatImage = .twoDimensional
  ) throws {
    let grid = try Grid(prediction: prediction, reference: reference, size: size)
    let pairs = LabelPairs(prediction, reference, grid)
    self.labels = labels.map { Set($0).sorted() } ?? pairs.foreground
    let isPlanar = grid.isPlanar(flat)
    var found: [Int32: CentrelineOverlap] = [:]
    for label in self.labels {
      guard let masks = pairs.masks(label) else { continue }
      let both = [masks.prediction, masks.reference]
      let skeletons = mapPieces(2, grain: 1) { pieces in
        pieces.map { both[$0].skeleton(order: order, of: grid, isPlanar: isPlanar) }
      }.flatMap { $0 }
      var overlap = CentrelineOverlap()
      overlap.predicted = both[0].count
      overlap.referenced = both[1].count
      overlap.predictedSkeleton = skeletons[0].count
      overlap.predictedSkeletonInReference = skeletons[0].count(commonWith: both[1])
      overlap.referenceSkeleton = skeletons[1].count
      overlap.referenceSkeletonInPrediction = skeletons[1].count(commonWith: both[0])
      found[label] = overlap
    }
    overlaps = found
  }

  /// The overlap of a label; all zero for a label that does not occur.
  public subscript(label: Int32) -> CentrelineOverlap { overlaps[label] ?? CentrelineOverlap() }
}

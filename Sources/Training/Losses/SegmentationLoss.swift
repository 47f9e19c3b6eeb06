// What training makes small: how far scores are from labels, by overlap, voxel by voxel and at the border.

public import Tensors

/// A weighted sum of an overlap term, a term over voxels and a boundary term.
///
/// With ``standard`` values and gradients equal those of nnunetv2 2.8.1 (`DC_and_CE_loss` for classes,
/// `DC_and_BCE_loss` for regions). In samples of which only some labels were annotated, cross-entropy takes
/// the probability of the others for background's (marginal loss, Shi et al. 2021, arXiv 2007.03868), and
/// channels that cannot be judged leave the other terms.
public struct SegmentationLoss: Sendable, Codable, Equatable {
  /// How much of each foreground channel and its labels is shared; the loss is its negative mean.
  public enum Overlap: Sendable, Codable, Equatable {
    case none
    /// Soft Dice (Milletari et al. 2016, without squares).
    case dice
    /// Tversky index with `alpha` for false positives and `beta` for false negatives (Salehi et al. 2017).
    case tversky(alpha: Double, beta: Double)
  }

  /// What each voxel costs. For regions each channel of a voxel counts by itself (binary cross-entropy).
  public enum Voxelwise: Sendable, Codable, Equatable {
    case none
    case crossEntropy
    /// Mean cross-entropy of the costliest share of all voxels.
    case topK(share: Double)
    /// Cross-entropy times (1 − p)^`gamma` (Lin et al. 2017).
    case focal(gamma: Double)
  }

  public var overlap: Overlap
  public var voxelwise: Voxelwise
  public var overlapWeight: Double
  public var voxelWeight: Double
  /// Weight of the boundary term (Kervadec et al. 2019, arXiv 1812.07032): the mean of probabilities times
  /// signed distances, in voxels, to the border of each foreground channel.
  public var boundaryWeight: Double
  /// Whether overlap is measured over all samples together; the plan says it.
  public var batchDice: Bool
  /// Added to numerator and denominator of the overlap.
  public var smooth: Double

  public init(
    overlap: Overlap = .dice, voxelwise: Voxelwise = .crossEntropy, overlapWeight: Double = 1,
    voxelWeight: Double = 1, boundaryWeight: Double = 0, batchDice: Bool = false,
    smooth: Double = 1e-5
  ) {
    self.overlap = overlap
    self.voxelwise = voxelwise
    self.overlapWeight = overlapWeight
    self.voxelWeight = voxelWeight
    self.boundaryWeight = boundaryWeight
    self.batchDice = batchDice
    self.smooth = smooth
  }

  /// nnU-Net's: Dice and cross-entropy, one to one.
  public static var standard: SegmentationLoss { SegmentationLoss() }

  /// Weighted sum of the losses of all outputs, a scalar that can be propagated backward.
  ///
  /// - Parameters:
  ///   - scores: For each output, the finest first, (B, C, spatial…) before softmax or sigmoid.
  ///   - batch: What the scores were computed from; it has a target for each output, or more.
  ///   - scheme: What the channels mean.
  ///   - weights: One for each output; outputs of weight 0 are not looked at.
  /// - Returns: A tensor of one element.
  /// - Throws: ``LossError``, or `TensorError` when memory runs out.
  public func callAsFunction(
    _ scores: [Tensor], _ batch: Batch, scheme: LabelScheme, weights: [Double]
  ) throws -> Tensor {
    try check()
    try scheme.check()
    guard scores.count == weights.count, scores.count <= batch.targets.count,
      batch.targets.count == batch.targetShapes.count
    else {
      throw LossError.outputsDiffer(
        scores: scores.count, targets: batch.targets.count, weights: weights.count)
    }
    try requireLoss(
      "weights", weights,
      weights.contains { $0 > 0 } && weights.allSatisfy { $0 >= 0 && $0.isFinite },
      "numbers from 0, one of them above 0")
    var total: Tensor?
    for output in scores.indices where weights[output] != 0 {
      let shape = batch.targetShapes[output]
      let expected = shape.prefix(1) + [scheme.channelCount] + shape.dropFirst()
      guard shape.count > 1, shape.allSatisfy({ $0 > 0 }), scores[output].shape == Array(expected),
        batch.targets[output].count == shape.reduce(1, *)
      else {
        throw LossError.shapesDiffer(
          output: output, scores: scores[output].shape, expected: Array(expected))
      }
      let maps = try TargetMaps(
        labels: batch.targets[output], samples: shape[0], annotatedLabels: batch.annotatedLabels,
        caseIDs: batch.caseIDs, scheme: scheme)
      let loss = try loss(
        try ScoredOutput(scores[output], scheme), maps, extents: Array(shape.dropFirst()))
      let weighted = try loss * weights[output]
      total = try total.map { try $0 + weighted } ?? weighted
    }
    guard let total else {
      throw LossError.settingInvalid(name: "weights", met: "\(weights)", expected: "one above 0")
    }
    return total
  }

  /// Refuses settings outside the range in which they mean something.
  ///
  /// - Throws: ``LossError/settingInvalid(name:met:expected:)``
  public func check() throws {
    for (name, value) in [
      ("overlapWeight", overlapWeight), ("voxelWeight", voxelWeight),
      ("boundaryWeight", boundaryWeight), ("smooth", smooth),
    ] {
      try requireLoss(name, value, value >= 0 && value.isFinite, "a number from 0")
    }
    switch overlap {
    case .none, .dice: break
    case .tversky(let alpha, let beta):
      let fits = alpha >= 0 && beta >= 0 && (alpha + beta).isFinite && alpha + beta > 0
      try requireLoss("tversky", [alpha, beta], fits, "two numbers from 0, not both 0")
    }
    switch voxelwise {
    case .none, .crossEntropy: break
    case .topK(let share):
      try requireLoss("topK", share, share > 0 && share <= 1, "a share up to 1")
    case .focal(let gamma):
      try requireLoss("focal", gamma, gamma >= 0 && gamma.isFinite, "a number from 0")
    }
    try requireLoss(
      "loss", self, usesOverlap || usesVoxels || boundaryWeight > 0, "a term with a weight above 0")
  }

  var usesOverlap: Bool { overlap != .none && overlapWeight > 0 }
  var usesVoxels: Bool { voxelwise != .none && voxelWeight > 0 }

  /// The loss of one output.
  private func loss(_ output: ScoredOutput, _ maps: TargetMaps, extents: [Int]) throws -> Tensor {
    let mask = try maps.mask().map(output.matching)
    var terms: [Tensor] = []
    let needsIndicators = usesOverlap || (usesVoxels && output.logarithms == nil)
    let indicators = needsIndicators ? try output.matching(maps.indicators()) : nil
    if usesVoxels {
      terms.append(try voxelTerm(output, maps, indicators: indicators, mask: mask) * voxelWeight)
    }
    if usesOverlap || boundaryWeight > 0 {
      let probabilities = try output.foreground()
      if usesOverlap, let indicators {
        terms.append(
          try overlapTerm(probabilities, maps, indicators: indicators, mask: mask) * overlapWeight)
      }
      if boundaryWeight > 0 {
        terms.append(try boundaryTerm(probabilities, maps, extents: extents) * boundaryWeight)
      }
    }
    let first = terms.removeFirst()
    return try terms.reduce(first) { try $0 + $1 }
  }
}

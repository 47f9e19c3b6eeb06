// How much of each channel and its labels is shared.

internal import Tensors

extension SegmentationLoss {
  /// Negative mean of the overlap of all channels that can be judged.
  ///
  /// Source: nnunetv2 2.8.1, `MemoryEfficientSoftDiceLoss`; Tversky index: Salehi et al. 2017, equation 3.
  ///
  /// Probabilities are (B, K, N); `indicators` (B, K, N) say where channels lie, zero where voxels are
  /// ignored; `mask` (B, 1, N) says which voxels count, if not all.
  func overlapTerm(
    _ probabilities: Tensor, _ maps: TargetMaps, indicators: Tensor, mask: Tensor?
  ) throws -> Tensor {
    let judged = maps.judged.map { $0.map { $0 ? 1.0 : 0.0 } }
    let positives = zip(maps.positives, judged).map { zip($0, $1).map { Double($0) * $1 } }
    var shared = try (probabilities * indicators).sum(2)  // (B, K)
    var claimed = try (mask.map { try probabilities * $0 } ?? probabilities).sum(2)  // (B, K)
    var (present, weights) = (positives, judged)
    if batchDice {
      if maps.isPartial {
        let weights = try matrix(judged, like: probabilities)
        shared = try shared * weights
        claimed = try claimed * weights
      }
      shared = try shared.sum(0, keep: true)  // (1, K)
      claimed = try claimed.sum(0, keep: true)  // (1, K)
      present = [sums(positives)]
      weights = [sums(judged).map { min(1, $0) }]
    }
    let labelled = try matrix(present, like: probabilities)
    let ratio: Tensor
    switch overlap {
    case .tversky(let alpha, let beta):
      let wrong = try (claimed - shared) * alpha + (labelled - shared) * beta
      ratio = try (shared + smooth) / (shared + wrong + smooth).clamped(to: Self.positive)
    case .dice, .none:
      ratio = try (shared * 2 + smooth) / (labelled + claimed + smooth).clamped(to: Self.positive)
    }
    let count = sums(weights).reduce(0, +)
    let weighted = try ratio * matrix(weights, like: probabilities)
    return try weighted.sum() * (-1 / max(1, count))
  }

  /// What a denominator may be.
  private static let positive = 1e-8...Double(Float.greatestFiniteMagnitude)

  private func sums(_ rows: [[Double]]) -> [Double] {
    guard let first = rows.first else { return [] }
    return rows.dropFirst().reduce(first) { zip($0, $1).map(+) }
  }

  /// A small tensor of these rows in the element type and on the device of another.
  private func matrix(_ rows: [[Double]], like other: Tensor) throws -> Tensor {
    try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows.first?.count ?? 0])
      .to(other.dtype, device: other.device)
  }
}

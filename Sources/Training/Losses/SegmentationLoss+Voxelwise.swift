// What each voxel costs: cross-entropy, its costliest share, or with easy voxels made cheap.

internal import Tensors

extension SegmentationLoss {
  /// Mean cost of the voxels that count.
  ///
  /// Sources: nnunetv2 2.8.1, `RobustCrossEntropyLoss`, `TopKLoss` and, for regions, `DC_and_BCE_loss`, which
  /// sums over channels instead of taking their mean as soon as the dataset has an ignore label; focal loss:
  /// Lin et al. 2017, equation 4.
  ///
  /// `indicators` (B, K, N) say where channels lie and are needed for regions; `mask` (B, 1, N) says which
  /// voxels count, if not all.
  func voxelTerm(
    _ output: ScoredOutput, _ maps: TargetMaps, indicators: Tensor?, mask: Tensor?
  ) throws -> Tensor {
    var costs: Tensor
    var entries: Double
    if let indicators, output.logarithms == nil {
      costs = try binaryCosts(output.scores, indicators)
      if maps.isPartial {
        let judged = maps.judged.flatMap { $0.map { Float($0 ? 1 : 0) } }
        let weights = try Tensor(judged, shape: [maps.samples, maps.channels, 1])
        costs = try costs * output.matching(weights)
      }
      entries = zip(maps.counted, maps.judged).reduce(0) { sum, sample in
        sum + Double(sample.0 * sample.1.count { $0 })
      }
      if maps.scheme.ignoreLabel != nil { entries /= Double(maps.channels) }
    } else {
      costs = try classCosts(output, maps)
      entries = Double(maps.counted.reduce(0, +))
    }
    if case .focal(let gamma) = voxelwise {
      // A power has no finite slope at 0.
      let doubt = try (-((-costs).exponential()) + 1).clamped(to: 1e-7...1)
      costs = try costs * doubt.power(gamma)
    }
    if let mask { costs = try costs * mask }
    guard case .topK(let share) = voxelwise else { return try costs.sum() / max(entries, 1e-8) }
    let count = max(1, Int(Double(costs.count) * share + 1e-6))
    let flat = try costs.reshaped(-1)
    if count >= costs.count { return try flat.mean() }
    return try flat.sorted(axis: 0, descending: true).values.slice(0..<count, axis: 0).mean()
  }

  /// (B, 1, N) −log of the probability of each voxel's class, or of all classes that it may have.
  private func classCosts(_ output: ScoredOutput, _ maps: TargetMaps) throws -> Tensor {
    let logarithms = output.logarithms ?? output.scores
    if !maps.isPartial {
      return try -logarithms.gathering(maps.classes().to(output.scores.device), axis: 1)
    }
    let possible = try logarithms + output.matching(maps.exclusions())
    let highest = try possible.largest(1, keep: true).detached()
    let sum = try (possible - highest).exponential().sum(1, keep: true)
    return try -(sum.logarithm() + highest)
  }

  /// (B, R, N) −log of the probability of each decision, from scores before the sigmoid.
  private func binaryCosts(_ scores: Tensor, _ indicators: Tensor) throws -> Tensor {
    // The maximum halves its slope at equal values, so that the sum has the right one at 0.
    let zero = try Tensor.full([1], 0, dtype: scores.dtype, device: scores.device)
    let remainder = try ((-scores.absolute()).exponential() + 1).logarithm()
    return try scores.maximum(zero) - scores * indicators + remainder
  }
}

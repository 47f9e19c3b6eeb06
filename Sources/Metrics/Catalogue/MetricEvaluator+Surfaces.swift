// The metrics of surfaces: they share the distances of a case, so they are computed together.

extension MetricEvaluator {
  /// The metrics of surfaces among those asked for: for each label the values by id.
  ///
  /// - Throws: ``MetricsError``
  func surfaceScores(
    of labels: [Int32], _ prediction: [Int32], _ reference: [Int32], size: SIMD3<Int>,
    spacing: SIMD3<Double>
  ) throws -> [Int32: [String: Double?]] {
    let wanted = metrics.filter { $0.need == .surfaces }
    guard !wanted.isEmpty else { return [:] }
    let distances =
      wanted.contains { $0 != .boundaryIoU && $0 != .clDice }
      ? try SurfaceDistanceTable(
        prediction: prediction, reference: reference, size: size, spacing: spacing, labels: labels,
        reading: options.surfaceReading, flat: options.flatImage) : nil
    let boundaries =
      wanted.contains(.boundaryIoU)
      ? try BoundaryOverlapTable(
        prediction: prediction, reference: reference, size: size, spacing: spacing,
        band: .shareOfDiagonal(size, share: options.boundaryShare), labels: labels,
        flat: options.flatImage) : nil
    let centrelines =
      wanted.contains(.clDice)
      ? try CentrelineOverlapTable(
        prediction: prediction, reference: reference, size: size, labels: labels,
        flat: options.flatImage) : nil

    var scores: [Int32: [String: Double?]] = [:]
    for label in Set(labels) {
      for metric in wanted {
        let value: Double? =
          switch metric {
          case .boundaryIoU: boundaries?.boundaryIoU(label, whenEmpty: options.emptyPolicy)
          case .clDice: centrelines?[label].centrelineDice(whenEmpty: options.emptyPolicy)
          default: try distances.flatMap { try measured(metric, $0[label]) }
          }
        scores[label, default: [:]].updateValue(value, forKey: metric.id)
      }
    }
    return scores
  }

  /// Metrics of the distances between the surfaces of one label.
  private func measured(_ metric: Metric, _ distances: SurfaceDistances) throws -> Double? {
    let policy = options.emptySurface
    return switch metric {
    case .hausdorff: distances.hausdorff(whenEmpty: policy)
    case .hd95:
      try distances.hausdorff(
        percentile: 95, definition: options.percentileDefinition, whenEmpty: policy)
    case .assd: distances.assd(whenEmpty: policy)
    case .masd: distances.masd(whenEmpty: policy)
    case .nsd:
      try distances.surfaceDice(
        tolerance: options.nsdToleranceMM, whenEmpty: options.emptyPolicy)
    default: throw MetricsError.notComputed(metric: metric.id)
    }
  }
}

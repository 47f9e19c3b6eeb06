// Which function computes which metric of labels, objects and probabilities.

extension MetricEvaluator {
  /// Metrics of voxel counts.
  func counted(
    _ metric: Metric, _ label: Int32, _ table: OverlapTable, _ voxelVolume: Double
  ) throws -> Double? {
    let overlap = table[label]
    let volumes = overlap.volumeDifference(voxelVolume: voxelVolume)
    let policy = options.emptyPolicy
    return switch metric {
    case .dice: overlap.dice(whenEmpty: policy)
    case .iou: overlap.iou(whenEmpty: policy)
    case .sensitivity: overlap.sensitivity(whenEmpty: policy)
    case .specificity: table.specificity(of: label)
    case .precision: overlap.precision(whenEmpty: policy)
    case .volumeDifference: volumes.signedML
    case .absoluteVolumeDifference: volumes.absoluteML
    case .relativeVolumeDifference: volumes.relative
    case .volumeSimilarity: overlap.volumeSimilarity(whenEmpty: policy)
    case .falsePositiveVolume: overlap.falsePositiveVolume(voxelVolume: voxelVolume)
    default: throw MetricsError.notComputed(metric: metric.id)
    }
  }

  /// Metrics of objects.
  func found(_ metric: Metric, _ overlaps: InstanceOverlaps?) throws -> Double? {
    guard let overlaps else { return nil }
    let policy = options.emptyPolicy
    return switch metric {
    case .pq: try overlaps.matching(options.matching).panopticQuality(whenEmpty: policy)
    case .sq: try overlaps.matching(options.matching).segmentationQuality(whenEmpty: policy)
    case .rq: try overlaps.matching(options.matching).recognitionQuality(whenEmpty: policy)
    case .instanceF1:
      try overlaps.detection(options.detectionScore, options.matching, whenEmpty: policy)
    case .lesionSensitivity:
      try overlaps.lesions(options.lesionRule).sensitivity(whenEmpty: policy)
    case .lesionFalsePositives: Double(try overlaps.lesions(options.lesionRule).falsePositives)
    default: throw MetricsError.notComputed(metric: metric.id)
    }
  }

  /// Metrics of probabilities; undefined for models that give none.
  func probabilistic(
    _ metric: Metric, _ probabilities: [Float]?, _ reference: [UInt8]?
  ) throws -> Double? {
    guard let probabilities, let reference else { return nil }
    return switch metric {
    case .ece:
      try Calibration(
        probabilities: probabilities, reference: reference, options: options.calibration
      ).expectedError
    case .brier:
      try Brier.score(
        probabilities: probabilities, reference: reference, classes: options.brierClasses)
    case .auroc: try AUROC.score(probabilities: probabilities, reference: reference)
    default: throw MetricsError.notComputed(metric: metric.id)
    }
  }
}

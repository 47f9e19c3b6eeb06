// The scores of one case by all metrics asked for: arrays are passed over once, whatever the number of
// labels and metrics.

/// Computes chosen metrics for every label of a case.
///
/// A value without state; labels and cases may be evaluated side by side.
public struct MetricEvaluator: Sendable {
  public let metrics: [Metric]
  public let options: MetricOptions

  public init(metrics: [Metric], options: MetricOptions = MetricOptions()) {
    self.metrics = metrics
    self.options = options
  }

  /// Scores a prediction against a reference on one grid.
  ///
  /// - Parameters:
  ///   - prediction: one label per voxel, x fastest; 0 is background
  ///   - reference: one label per voxel, in the same order
  ///   - size: voxels along x, y and z; an image has z = 1
  ///   - spacing: distance of voxels along x, y and z in mm
  ///   - labels: the labels to score
  ///   - instances: one object number per voxel; 0 is none. Where it is left out, the connected components
  ///     of each label are its objects
  ///   - probabilities: for a label one foreground probability per voxel
  /// - Returns: for each label the value of every metric by its id; nil where it is undefined, as it is for
  ///   metrics of probabilities without any
  /// - Throws: ``MetricsError``
  public func scores(
    prediction: [Int32], reference: [Int32], size: SIMD3<Int>, spacing: SIMD3<Double>,
    labels: [Int32], instances: (prediction: [Int32], reference: [Int32])? = nil,
    probabilities: [Int32: [Float]] = [:]
  ) throws -> [Int32: [String: Double?]] {
    let grid = try Grid(
      prediction: prediction, reference: reference, size: size, spacing: spacing)
    let voxelVolume = grid.spacing.x * grid.spacing.y * grid.spacing.z
    let table = try OverlapTable(prediction: prediction, reference: reference)
    let objects =
      needs(.instances) ? try overlaps(prediction, reference, size, instances) : nil
    let surfaces = try surfaceScores(
      of: labels, prediction, reference, size: size, spacing: spacing)

    var scores: [Int32: [String: Double?]] = [:]
    for label in labels where scores[label] == nil {
      let part = objects?.only(label)
      let probability = needs(.probabilities) ? probabilities[label] : nil
      let foreground = probability.map { _ in reference.map { UInt8($0 == label ? 1 : 0) } }
      var values: [String: Double?] = [:]
      for metric in metrics {
        let value: Double? =
          switch metric.need {
          case .labels: try counted(metric, label, table, voxelVolume)
          case .surfaces: surfaces[label]?[metric.id] ?? nil
          case .instances: try found(metric, part)
          case .probabilities: try probabilistic(metric, probability, foreground)
          }
        values.updateValue(value, forKey: metric.id)
      }
      scores[label] = values
    }
    return scores
  }

  func needs(_ need: Metric.Need) -> Bool { metrics.contains { $0.need == need } }

  private func overlaps(
    _ prediction: [Int32], _ reference: [Int32], _ size: SIMD3<Int>,
    _ instances: (prediction: [Int32], reference: [Int32])?
  ) throws -> InstanceOverlaps {
    if let instances {
      return try InstanceOverlaps(
        prediction: Instances(numbered: instances.prediction, labels: prediction),
        reference: Instances(numbered: instances.reference, labels: reference))
    }
    return try InstanceOverlaps(
      prediction: .components(of: prediction, size: size, connectivity: options.connectivity),
      reference: .components(of: reference, size: size, connectivity: options.connectivity))
  }
}

// Where metrics of surfaces join: they share the distances of a case, so they are computed together.

extension MetricEvaluator {
  /// The metrics of surfaces among those asked for: for each label the values by id.
  ///
  /// - Throws: ``MetricsError/notComputed(metric:)``
  func surfaceScores(
    of labels: [Int32], _ prediction: [Int32], _ reference: [Int32], size: SIMD3<Int>,
    spacing: SIMD3<Double>
  ) throws -> [Int32: [String: Double?]] {
    for metric in metrics where metric.need == .surfaces {
      throw MetricsError.notComputed(metric: metric.id)
    }
    return [:]
  }
}

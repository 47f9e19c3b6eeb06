// Summarises the scores of a model.

extension Summary {
  /// Location and spread of scores.
  ///
  /// - Parameters:
  ///   - scores: one per case; nil is undefined and takes no part
  ///   - clusters: for each case its cluster, such as a patient; nil if cases are independent
  ///   - rule: which intervals are made
  public init(of scores: [Double?], clusters: [String]? = nil, rule: IntervalRule = IntervalRule())
  {
    let kept = scores.indices.filter { scores[$0] != nil }
    let sample = Sample(
      values: kept.compactMap { scores[$0] },
      clusters: clusters.flatMap { $0.count == scores.count ? $0 : nil }
        .map { clusters in kept.map { clusters[$0] } })
    self.init(of: sample, undefined: scores.count - kept.count, rule: rule)
  }

  init(of sample: Sample, undefined: Int, rule: IntervalRule) {
    let sorted = sample.values.sorted()
    self.init(
      defined: sorted.count, undefined: undefined,
      mean: Statistics.mean(of: sample.values), median: Statistics.median(ofSorted: sorted),
      standardDeviation: Statistics.standardDeviation(of: sample.values),
      minimum: sorted.first, lowerQuartile: quantile(0.25, ofSorted: sorted),
      upperQuartile: quantile(0.75, ofSorted: sorted), maximum: sorted.last,
      meanInterval: rule.mean(of: sample), medianInterval: rule.median(of: sample))
  }
}

// From the names in commands and protocols to metrics.

extension Metric {
  /// The metric of a name, in capitals or not.
  ///
  /// - Throws: ``MetricsError/unknownMetric(_:known:)``
  public init(named name: String) throws {
    guard let metric = Self.all.first(where: { $0.id == name.lowercased() }) else {
      throw MetricsError.unknownMetric(name, known: Self.all.map(\.id))
    }
    self = metric
  }

  /// The metrics of names, in their order and each once.
  ///
  /// - Throws: ``MetricsError/unknownMetric(_:known:)``
  public static func named(_ names: [String]) throws -> [Metric] {
    try names.reduce(into: []) { metrics, name in
      let metric = try Metric(named: name)
      if !metrics.contains(metric) { metrics.append(metric) }
    }
  }
}

// Weighted means and medians of models over cases, laid out so that resampling is a pass over plain
// memory.

/// Values of models on cases, case by case, for weighted means of all models in one pass.
struct WeightedMeans: Sendable {
  private let models: Int
  /// Cases × models; 0 where there is no value.
  private let values: [Double]
  /// Cases × models: 1 where there is a value, else 0; empty where all have one.
  private let defined: [Double]

  /// - Parameter rows: models × cases
  init(_ rows: [[Double?]]) {
    let cases = rows.first?.count ?? 0
    models = rows.count
    values = (0..<cases).flatMap { index in rows.map { $0[index] ?? 0 } }
    let complete = rows.allSatisfy { $0.allSatisfy { $0 != nil } }
    defined =
      complete ? [] : (0..<cases).flatMap { index in rows.map { $0[index] == nil ? 0 : 1 } }
  }

  /// The means; not a number for a model without a value.
  func values(weights: [Int]) -> [Double] {
    let sums = Self.sums(values, models: models, weights)
    if defined.isEmpty {
      let total = Double(weights.reduce(0, +))
      return sums.map { $0 / total }
    }
    return zip(sums, Self.sums(defined, models: models, weights)).map { $0 / $1 }
  }

  private static func sums(_ values: [Double], models: Int, _ weights: [Int]) -> [Double] {
    [Double](unsafeUninitializedCapacity: models) { sums, count in
      count = models
      sums.initialize(repeating: 0)
      values.withUnsafeBufferPointer { values in
        var start = 0
        for weight in weights {
          if weight > 0 {
            let weight = Double(weight)
            for model in 0..<models { sums[model] += weight * values[start + model] }
          }
          start += models
        }
      }
    }
  }
}

/// The values of one model in ascending order, for weighted medians.
struct WeightedValues: Sendable {
  private let ascending: [Double]
  private let caseOfValue: [Int]

  init(_ row: [Double?]) {
    let sorted = row.enumerated().compactMap { index, value in value.map { (index, $0) } }
      .sorted { $0.1 < $1.1 }
    ascending = sorted.map { $0.1 }
    caseOfValue = sorted.map { $0.0 }
  }

  func median(weights: [Int]) -> Double? {
    weights.withUnsafeBufferPointer { weights in
      caseOfValue.withUnsafeBufferPointer { cases in
        weightedMedian(ascending) { weights[cases[$0]] }
      }
    }
  }
}

// Draws the resamples of a bootstrap and of the jackknife, with short cuts for mean and median.

extension Bootstrap {
  /// The statistic of each resample, in the order of the streams.
  public func distribution(of estimator: Estimator, _ sample: Sample) -> [Double] {
    guard sample.units > 0 else { return [] }
    switch estimator {
    case .mean: return means(sample)
    case .median: return medians(sample)
    case .custom(let function): return values(sample, function)
    }
  }

  private func means(_ sample: Sample) -> [Double] {
    let (sums, counts) = sample.unitSums
    let clustered = sample.cluster != nil
    let units = sample.units
    return concurrently(resamples, initial: 0, scratch: ()) { [seed] index, _ in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      var sum = 0.0
      var count = clustered ? 0 : Double(units)
      for _ in 0..<units {
        let unit = generator.index(below: units)
        sum += sums[unit]
        if clustered { count += counts[unit] }
      }
      return sum / count
    }
  }

  private func medians(_ sample: Sample) -> [Double] {
    let units = sample.units
    let order = sample.values.indices.sorted { sample.values[$0] < sample.values[$1] }
    let ascending = order.map { sample.values[$0] }
    let unitOfValue = order.map { sample.cluster?[$0] ?? $0 }
    return concurrently(resamples, initial: 0, scratch: [Int](repeating: 0, count: units)) {
      [seed] index, drawn in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      generator.draw(units, into: &drawn)
      return weightedMedian(ascending) { drawn[unitOfValue[$0]] } ?? .nan
    }
  }

  private func values(
    _ sample: Sample, _ function: @escaping @Sendable ([Double]) -> Double
  ) -> [Double] {
    let places = sample.places
    return concurrently(resamples, initial: 0, scratch: [Double]()) { [seed] index, drawn in
      var generator = SeededGenerator(seed: seed, stream: UInt64(index))
      drawn.removeAll(keepingCapacity: true)
      for _ in places.indices {
        for place in places[generator.index(below: places.count)] {
          drawn.append(sample.values[place])
        }
      }
      return function(drawn)
    }
  }
}

extension SeededGenerator {
  /// Draws as many units as there are, with replacement, and says how often each came.
  mutating func draw(_ units: Int, into drawn: inout [Int]) {
    drawn.withUnsafeMutableBufferPointer { drawn in
      drawn.update(repeating: 0)
      for _ in 0..<units { drawn[index(below: units)] += 1 }
    }
  }
}

/// The median of ascending values, each as often as its weight says; nil if no weight is above 0.
func weightedMedian(_ ascending: [Double], weight: (Int) -> Int) -> Double? {
  var total = 0
  for index in ascending.indices { total += weight(index) }
  guard total > 0 else { return nil }
  let lower = (total - 1) / 2
  let upper = total / 2
  var passed = 0
  var first: Double?
  for index in ascending.indices {
    passed += weight(index)
    if first == nil, passed > lower { first = ascending[index] }
    if let first, passed > upper { return (first + ascending[index]) / 2 }
  }
  return nil
}

extension Sample {
  /// The statistic without each unit in turn.
  func jackknife(_ estimator: Estimator) -> [Double] {
    if case .mean = estimator {
      let (sums, counts) = unitSums
      let sum = sums.reduce(0, +)
      let count = counts.reduce(0, +)
      return zip(sums, counts).map { (sum - $0) / (count - $1) }
    }
    return (0..<units).map { estimator(values(withoutUnit: $0)) }
  }
}

// Values and the groups they were drawn in: what intervals and tests take apart into independent
// pieces.

/// Scores or differences of cases, with the cluster of each case if cases are not independent.
public struct Sample: Sendable, Equatable {
  public let values: [Double]
  /// For each value the number of its cluster, 0…, in order of first occurrence; nil without
  /// clusters.
  let cluster: [Int]?
  /// The independent units: clusters, or values where there are none.
  public let units: Int

  /// Makes a sample.
  ///
  /// - Parameters:
  ///   - values: one per case, finite
  ///   - clusters: for each value the name of its cluster, such as a patient; a list of another
  ///     length is not a list of clusters of these values, and is taken as none
  public init(values: [Double], clusters: [String]? = nil) {
    self.values = values
    guard let clusters, clusters.count == values.count else {
      cluster = nil
      units = values.count
      return
    }
    var numbers: [String: Int] = [:]
    let cluster = clusters.map { name in
      let number = numbers[name] ?? numbers.count
      numbers[name] = number
      return number
    }
    // Clusters of one case each are no clusters, and then the simpler computation is the same.
    self.cluster = numbers.count == values.count ? nil : cluster
    units = numbers.count
  }

  /// For each unit the sum of its values and their number.
  var unitSums: (sums: [Double], counts: [Double]) {
    guard let cluster else { return (values, Array(repeating: 1, count: values.count)) }
    var sums = [Double](repeating: 0, count: units)
    var counts = [Double](repeating: 0, count: units)
    for (value, unit) in zip(values, cluster) {
      sums[unit] += value
      counts[unit] += 1
    }
    return (sums, counts)
  }

  /// One value per unit: the mean of a cluster.
  var unitMeans: [Double] {
    guard cluster != nil else { return values }
    let (sums, counts) = unitSums
    return zip(sums, counts).map { $0 / $1 }
  }

  /// The sample without one unit.
  func values(withoutUnit unit: Int) -> [Double] {
    guard let cluster else {
      var rest = values
      rest.remove(at: unit)
      return rest
    }
    return zip(values, cluster).compactMap { $1 == unit ? nil : $0 }
  }

  /// For each unit the places of its values.
  var places: [[Int]] {
    guard let cluster else { return values.indices.map { [$0] } }
    var places = [[Int]](repeating: [], count: units)
    for (place, unit) in cluster.enumerated() { places[unit].append(place) }
    return places
  }
}

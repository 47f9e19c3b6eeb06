// The heaviest one-to-one assignment of overlapping objects, for thresholds that leave a choice.
// Kuhn, Naval Research Logistics 2 (1955) 83; shortest augmenting paths as in Jonker & Volgenant,
// Computing 38 (1987) 325.

enum Assignment {
  typealias Pair = InstanceOverlaps.Pair

  /// Splits pairs into groups that share no object, since each can be solved alone.
  static func blocks(of pairs: [Pair]) -> [[Pair]] {
    var parents = Array(pairs.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parents[index] != index {
        parents[index] = parents[parents[index]]
        index = parents[index]
      }
      return index
    }
    var predictions: [Int: Int] = [:]
    var references: [Int: Int] = [:]
    for (index, pair) in pairs.enumerated() {
      for earlier in [predictions[pair.prediction], references[pair.reference]] {
        guard let earlier else { continue }
        let (a, b) = (root(index), root(earlier))
        parents[max(a, b)] = min(a, b)
      }
      predictions[pair.prediction] = index
      references[pair.reference] = index
    }
    return Dictionary(grouping: pairs.indices, by: root).sorted { $0.key < $1.key }
      .map { $0.value.map { pairs[$0] } }
  }

  /// The pairs of one block that weigh most together, no object twice.
  static func heaviest(of block: [Pair], weight: (Pair) -> Double) -> [Pair] {
    guard block.count > 1 else { return block }
    let references = Array(Set(block.map(\.reference))).sorted()
    let predictions = Array(Set(block.map(\.prediction))).sorted()
    let isTall = references.count > predictions.count
    let (rows, columns) = isTall ? (predictions, references) : (references, predictions)
    let row = Dictionary(uniqueKeysWithValues: zip(rows, rows.indices))
    let column = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    var costs = [Double](repeating: 0, count: rows.count * columns.count)
    var places: [Int: Pair] = [:]
    for pair in block {
      let (across, down) =
        isTall ? (pair.prediction, pair.reference) : (pair.reference, pair.prediction)
      guard let r = row[across], let c = column[down] else { continue }
      costs[r * columns.count + c] = -weight(pair)
      places[r * columns.count + c] = pair
    }
    let assigned = cheapest(costs, rows: rows.count, columns: columns.count)
    return assigned.enumerated().compactMap { places[$0.offset * columns.count + $0.element] }
  }

  /// The column of each row in the cheapest assignment of all rows; needs rows ≤ columns.
  /// The costs, rows × columns, lie row by row.
  static func cheapest(_ costs: [Double], rows: Int, columns: Int) -> [Int] {
    // Row and column 0 are the free ends of augmenting paths.
    var rowPotential = [Double](repeating: 0, count: rows + 1)
    var columnPotential = [Double](repeating: 0, count: columns + 1)
    var owner = [Int](repeating: 0, count: columns + 1)
    var previous = [Int](repeating: 0, count: columns + 1)
    for start in 1...max(rows, 1) where start <= rows {
      owner[0] = start
      var current = 0
      var slack = [Double](repeating: .infinity, count: columns + 1)
      var isVisited = [Bool](repeating: false, count: columns + 1)
      repeat {
        isVisited[current] = true
        let row = owner[current]
        var least = Double.infinity
        var next = 0
        for column in 1...columns where !isVisited[column] {
          let cost =
            costs[(row - 1) * columns + column - 1] - rowPotential[row] - columnPotential[column]
          if cost < slack[column] {
            slack[column] = cost
            previous[column] = current
          }
          if slack[column] < least {
            least = slack[column]
            next = column
          }
        }
        for column in 0...columns {
          if isVisited[column] {
            rowPotential[owner[column]] += least
            columnPotential[column] -= least
          } else {
            slack[column] -= least
          }
        }
        current = next
      } while owner[current] != 0
      while current != 0 {
        owner[current] = owner[previous[current]]
        current = previous[current]
      }
    }
    var result = [Int](repeating: 0, count: rows)
    for column in 1...max(columns, 1) where column <= columns && owner[column] > 0 {
      result[owner[column] - 1] = column - 1
    }
    return result
  }
}

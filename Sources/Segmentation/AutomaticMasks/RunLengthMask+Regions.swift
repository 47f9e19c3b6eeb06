// Small holes and islands of a mask, found among its runs instead of its pixels.

import Models

extension RunLengthMask {
  /// A piece of one column.
  struct ColumnRun {
    let column: Int
    let rows: Range<Int>
  }

  /// Runs on the object, cut at the ends of columns.
  var columnRuns: [ColumnRun] { Self.cut(runs, height: size.height) }

  /// Without background regions of fewer than `area` pixels; `nil` when there are none.
  func withoutHoles(below area: Int) -> RunLengthMask? {
    let gaps = Self.cut(gaps, height: size.height)
    let regions = Regions(gaps)
    guard regions.areas.values.contains(where: { $0 < area }) else { return nil }
    let holes = regions.select { $0 < area }.map { gaps[$0] }
    return joined(columnRuns + holes)
  }

  /// Without object regions of fewer than `area` pixels, the largest of which stays when all are so
  /// small; `nil` when there are none.
  func withoutIslands(below area: Int) -> RunLengthMask? {
    let pieces = columnRuns
    let regions = Regions(pieces)
    guard regions.areas.values.contains(where: { $0 < area }) else { return nil }
    let largest = regions.areas.values.max() ?? 0
    if largest >= area { return joined(regions.select { $0 >= area }.map { pieces[$0] }) }
    // Of several largest ones the one whose first pixel comes first, row by row.
    let candidates = regions.select { $0 == largest }
    let first = candidates.min {
      (pieces[$0].rows.lowerBound, pieces[$0].column)
        < (pieces[$1].rows.lowerBound, pieces[$1].column)
    }
    return joined(
      candidates.filter { regions.roots[$0] == first.map { regions.roots[$0] } }
        .map { pieces[$0] })
  }

  /// Places of the pixels of each piece that touches itself alone, in column order.
  var pieces: [[SIMD2<Double>]] {
    let runs = columnRuns
    let regions = Regions(runs)
    let members = Dictionary(grouping: runs.indices) { regions.roots[$0] }
    return members.sorted { $0.key < $1.key }.map { _, indices in
      indices.flatMap { index in
        runs[index].rows.map { SIMD2(Double(runs[index].column), Double($0)) }
      }
    }
  }

  private var gaps: [Range<Int>] {
    var place = 0
    var gaps: [Range<Int>] = []
    for run in runs {
      if run.lowerBound > place { gaps.append(place..<run.lowerBound) }
      place = run.upperBound
    }
    let end = size.height * size.width
    if place < end { gaps.append(place..<end) }
    return gaps
  }

  private func joined(_ pieces: [ColumnRun]) -> RunLengthMask {
    let places = pieces.map { piece in
      let start = piece.column * size.height
      return start + piece.rows.lowerBound..<start + piece.rows.upperBound
    }
    return RunLengthMask(size: size, runs: places.sorted { $0.lowerBound < $1.lowerBound })
  }

  private static func cut(_ runs: [Range<Int>], height: Int) -> [ColumnRun] {
    var pieces: [ColumnRun] = []
    pieces.reserveCapacity(runs.count)
    for run in runs {
      var start = run.lowerBound
      while start < run.upperBound {
        let column = start / height
        let end = min(run.upperBound, (column + 1) * height)
        pieces.append(
          ColumnRun(column: column, rows: start - column * height..<end - column * height))
        start = end
      }
    }
    return pieces
  }
}

/// Which runs touch, over edges and corners (8-connected).
struct Regions {
  /// For each run the run that stands for its region.
  private(set) var roots: [Int]
  /// Pixels of each region, by the run that stands for it.
  private(set) var areas: [Int: Int] = [:]

  /// `runs` are in column order.
  init(_ runs: [RunLengthMask.ColumnRun]) {
    roots = Array(runs.indices)
    var left = 0  // the first run of the column to the left that may still touch
    for (index, run) in runs.enumerated() {
      while left < index,
        runs[left].column < run.column - 1
          || (runs[left].column == run.column - 1
            && runs[left].rows.upperBound < run.rows.lowerBound)
      { left += 1 }
      var other = left
      while other < index, runs[other].column == run.column - 1,
        runs[other].rows.lowerBound <= run.rows.upperBound
      {
        join(other, index)
        other += 1
      }
    }
    for index in roots.indices {
      roots[index] = root(of: index)
      areas[roots[index], default: 0] += runs[index].rows.count
    }
  }

  /// Runs of the regions whose area is as wanted.
  func select(_ isWanted: (Int) -> Bool) -> [Int] {
    roots.indices.filter { isWanted(areas[roots[$0]] ?? 0) }
  }

  private mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (root(of: a), root(of: b))
    roots[max(first, second)] = min(first, second)
  }

  private mutating func root(of run: Int) -> Int {
    var run = run
    while roots[run] != run {
      roots[run] = roots[roots[run]]
      run = roots[run]
    }
    return run
  }
}

// Which foreground channels a label belongs to, looked up once for each voxel.

/// A table from labels to rows of channels. Row 0 is the background; of classes, row c is class c.
struct Membership {
  static let ignored: Int32 = -1
  static let outside: Int32 = -2

  /// By the bits of a label: its row, or ``ignored``, or ``outside``.
  let table: [Int32]
  /// Foreground channels of each row.
  let rows: [[Int]]

  /// The scheme must have passed its check.
  init(_ scheme: LabelScheme) {
    var table = [Int32](repeating: Self.outside, count: 1 << 16)
    var rows: [[Int]] = [[]]
    table[0] = 0
    let foreground = scheme.foreground
    for label in Set(foreground.flatMap { $0 }).sorted() {
      table[label] = Int32(rows.count)
      rows.append(foreground.indices.filter { foreground[$0].contains(label) })
    }
    if let ignore = scheme.ignoreLabel {
      table[Int(UInt16(truncatingIfNeeded: ignore))] = Self.ignored
    }
    self.table = table
    self.rows = rows
  }

  struct Tally {
    /// Voxels of each row.
    var counts: [Int]
    var ignored = 0
    /// A label that has no row.
    var outside: Int?
  }

  func tally(_ labels: ArraySlice<Int16>) -> Tally {
    var tally = Tally(counts: Array(repeating: 0, count: rows.count))
    labels.withUnsafeBufferPointer { labels in
      table.withUnsafeBufferPointer { table in
        tally.counts.withUnsafeMutableBufferPointer { counts in
          for label in labels {
            let row = table[Int(UInt16(bitPattern: label))]
            if row >= 0 {
              counts[Int(row)] += 1
            } else if row == Self.ignored {
              tally.ignored += 1
            } else {
              tally.outside = Int(label)
              return
            }
          }
        }
      }
    }
    return tally
  }
}

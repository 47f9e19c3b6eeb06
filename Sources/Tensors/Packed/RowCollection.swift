// Few tokens that look at many rows: what each finds, gathered piece by piece on all cores.

import CKernels
import Foundation

/// softmax(scores)ᵀ · values, where every column of the scores belongs to one looking token and head.
public final class RowCollection: @unchecked Sendable {
  // Safe because each piece has memory of its own, and `merged` is called when all are done.
  private let columns: Int
  private let width: Int
  private let pieces: Int
  private let unit: MatrixUnit
  private let largest: Rows
  private let sums: Rows
  private let found: Rows

  /// For `columns` looks (a multiple of 8) at values of `width` (a multiple of 16) in `pieces` pieces.
  public init(columns: Int, width: Int, pieces: Int, unit: MatrixUnit) {
    (self.columns, self.width, self.pieces, self.unit) = (columns, width, pieces, unit)
    largest = Rows(count: pieces, width: columns)
    sums = Rows(count: pieces, width: columns)
    found = Rows(count: pieces * columns, width: width)
  }

  /// Adds the `rows` of `values`, which `scores` holds from its first row on; the scores are used up.
  public func add(_ scores: Rows, _ values: Rows, _ rows: Range<Int>, piece: Int) {
    vk_collect(
      unit.raw, scores.start, Int64(scores.width), Int32(columns), values.row(rows.lowerBound),
      Int32(width), Int32(rows.count), largest.row(piece), sums.row(piece),
      found.row(piece * columns))
  }

  /// What every column found: (columns, width).
  public func merged() throws -> Tensor {
    try Tensor.writing([columns, width]) { target in
      guard let target = target.baseAddress else { return }
      for column in 0..<columns {
        let most = (0..<pieces).map { largest.row($0)[column] }.max() ?? 0
        let factors = (0..<pieces).map { expf(largest.row($0)[column] - most) }
        let total = (0..<pieces).reduce(Float(0)) { $0 + factors[$1] * sums.row($1)[column] }
        let sum = target + column * width
        sum.update(repeating: 0, count: width)
        for piece in 0..<pieces {
          let (factor, some) = (factors[piece] / total, found.row(piece * columns + column))
          for x in 0..<width { sum[x] += factor * some[x] }
        }
      }
    }
  }
}

extension Rows {
  /// Row by row the softmax among tokens for 8 heads: values token · 8 + head.
  public func softmaxAmongTokens(unit: MatrixUnit) {
    vk_softmax_tokens(unit.raw, start, Int64(width), Int32(width / 8), Int32(count))
  }

  /// Takes `rows` over from another matrix of this width.
  public func copy(_ rows: Range<Int>, of other: Rows) {
    row(rows.lowerBound).update(from: other.row(rows.lowerBound), count: rows.count * width)
  }

  /// Sets all rows to the sums of the `rows` of two others.
  public func set(toSumOf a: Rows, _ b: Rows, _ rows: Range<Int>, unit: MatrixUnit) {
    vk_add(
      unit.raw, a.row(rows.lowerBound), b.row(rows.lowerBound), Int64(rows.count * width), start)
  }
}

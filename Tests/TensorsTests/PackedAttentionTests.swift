// Packed attention of every unit against softmax(q · kᵀ + bias) · v in float64.

import Foundation
import Testing

@testable import Tensors

@Suite struct PackedAttentionTests {
  static let heads = 2

  /// What attention among the tokens `index` should give for those that are no padding: (head, token, d).
  static func expected(
    _ qkv: Tensor, index: [Int], padding: Tensor, width d: Int, bias: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let rows = try Tensor.concatenate(
      index.map { $0 < 0 ? padding : try qkv.slice($0..<$0 + 1, axis: 0) }, axis: 0
    ).to(.float64)
    let parts = try rows.reshaped(index.count, 3, heads, d).permuted(1, 2, 0, 3)
    let q = try parts.select(0)
    let scores =
      try q.matmul(parts.select(1).transposed(1, 2)) * (1 / Double(d).squareRoot()) + bias(q)
    return try scores.softmax(axis: -1).matmul(parts.select(2))
  }

  @Test(arguments: MatrixUnit.available)
  func windowsWithPaddingAndDistances(_ unit: MatrixUnit) throws {
    let (side, d, height, width) = (3, 24, 4, 5)
    let generator = try RandomGenerator(seed: 3)
    let qkv = try generator.normal([height * width, 3 * Self.heads * d])
    let padding = try generator.normal([1, 3 * Self.heads * d])
    let tables = try (0..<2).map { _ in try generator.normal([2 * side - 1, d]) }
    let attention = PackedAttention(
      heads: Self.heads, headWidth: d, scale: 1 / Double(d).squareRoot(), layout: .joined,
      bias: try PackedAttention.distances(
        rows: tables[0], columns: tables[1], side: side, unit: unit), unit: unit)
    let out = Rows(count: height * width, width: Self.heads * d)
    attention(
      try Rows(qkv, width: qkv.size(1)),
      windows: TokenWindows(side: side, height: height, width: width),
      padding: try Rows(padding, width: qkv.size(1)), into: out)
    let found = try out.tensor([height * width, Self.heads, d]).to(.float64)
    for (top, left) in [(0, 0), (0, 3), (3, 0), (3, 3)] {
      let index = (0..<side * side).map { token in
        let (y, x) = (top + token / side, left + token % side)
        return y < height && x < width ? y * width + x : -1
      }
      let expected = try Self.expected(qkv, index: index, padding: padding, width: d) { q in
        try Self.bias(q, tables, side: side)
      }
      for (token, row) in index.enumerated() where row >= 0 {
        let error = try relativeError(found.select(row), expected.select(token, axis: 1))
        #expect(error < 3 * PackedLinearTests.bound(unit))
      }
    }
  }

  /// More tokens than are looked at together, so that weights are corrected on the way.
  @Test(arguments: MatrixUnit.available)
  func everywhereInSeveralPieces(_ unit: MatrixUnit) throws {
    let (side, d) = (26, 16)
    let generator = try RandomGenerator(seed: 4)
    let qkv = try generator.normal([side * side, 3 * Self.heads * d]) * 2
    let tables = try (0..<2).map { _ in try generator.normal([2 * side - 1, d]) * 0.3 }
    let attention = PackedAttention(
      heads: Self.heads, headWidth: d, scale: 1 / Double(d).squareRoot(), layout: .joined,
      bias: try PackedAttention.distances(
        rows: tables[0], columns: tables[1], side: side, unit: unit), unit: unit)
    let out = Rows(count: side * side, width: Self.heads * d)
    attention(try Rows(qkv, width: qkv.size(1)), into: out)
    let expected = try Self.expected(
      qkv, index: Array(0..<side * side), padding: qkv, width: d
    ) { q in try Self.bias(q, tables, side: side) }
    let error = try relativeError(
      out.tensor([side * side, Self.heads, d]).to(.float64), expected.transposed(0, 1))
    #expect(error < 3 * PackedLinearTests.bound(unit), "\(error)")
  }

  @Test(arguments: MatrixUnit.available)
  func aTableForPairsOfTokens(_ unit: MatrixUnit) throws {
    let (side, d) = (7, 32)
    let generator = try RandomGenerator(seed: 5)
    let tokens = side * side
    let parts = try generator.normal([tokens, 3, Self.heads, d])
    let table = try generator.normal([Self.heads, tokens, tokens])
    let attention = PackedAttention(
      heads: Self.heads, headWidth: d, scale: 1 / Double(d).squareRoot(), layout: .byHead,
      bias: .table(try PackedAttention.Table(table)), unit: unit)
    let byHead = try parts.permuted(0, 2, 1, 3).contiguous().reshaped(tokens, -1)
    let out = Rows(count: tokens, width: Self.heads * d)
    attention(
      try Rows(byHead, width: byHead.size(1)),
      windows: TokenWindows(side: side, height: side, width: side),
      padding: Rows(count: 1, width: byHead.size(1)), into: out)
    let expected = try Self.expected(
      parts.reshaped(tokens, -1), index: Array(0..<tokens), padding: parts, width: d
    ) { _ in try table.to(.float64) }
    let error = try relativeError(
      out.tensor([tokens, Self.heads, d]).to(.float64), expected.transposed(0, 1))
    #expect(error < 3 * PackedLinearTests.bound(unit), "\(error)")
  }

  @Test(arguments: MatrixUnit.available)
  func whatFewTokensFindInManyRows(_ unit: MatrixUnit) throws {
    let (rows, columns, width) = (75, 24, 48)
    let generator = try RandomGenerator(seed: 6)
    let scores = try generator.normal([rows, columns]) * 4
    let values = try generator.normal([rows, width])
    let held = try Rows(values, width: width)
    let pieces = 3
    let collection = RowCollection(columns: columns, width: width, pieces: pieces, unit: unit)
    for piece in 0..<pieces {
      let range = piece * 25..<(piece + 1) * 25
      let some = try Rows(scores.slice(range, axis: 0), width: columns)
      collection.add(some, held, range, piece: piece)
    }
    let expected = try scores.to(.float64).softmax(axis: 0).transposed(0, 1)
      .matmul(values.to(.float64))
    #expect(try relativeError(collection.merged().to(.float64), expected) < 1e-6)
    let among = try Rows(scores, width: columns)
    among.softmaxAmongTokens(unit: unit)
    let softmax = try scores.to(.float64).reshaped(rows, columns / 8, 8).softmax(axis: 1)
    let found = try among.tensor([rows, columns / 8, 8]).to(.float64)
    #expect(try relativeError(found, softmax) < 1e-6)
  }

  /// The product of queries (heads, N, d) with the table entries for each key's distance.
  static func bias(_ q: Tensor, _ tables: [Tensor], side: Int) throws -> Tensor {
    let tokens = side * side
    let entries = { (table: Tensor, coordinate: (Int) -> Int) in
      let indices = (0..<tokens).flatMap { query in
        (0..<tokens).map { Int64(coordinate(query) - coordinate($0) + side - 1) }
      }
      return try table.to(.float64).selecting(
        Tensor(indices, shape: [indices.count]), axis: 0
      ).reshaped(tokens, tokens, -1)  // (query, key, d)
    }
    let sum = try entries(tables[0]) { $0 / side } + entries(tables[1]) { $0 % side }
    return try (q.unsqueezed(2) * sum.unsqueezed(0)).sum(3)
  }
}

/// ‖a − b‖ / ‖b‖.
private func relativeError(_ a: Tensor, _ b: Tensor) throws -> Double {
  let difference = try a - b
  return try (difference * difference).sum().item().squareRoot()
    / (b * b).sum().item().squareRoot()
}

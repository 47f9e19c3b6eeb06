// Packed matrix products of every unit against sums in float64, where they round and where they end.

import Foundation
import Testing

@testable import Tensors

@Suite struct PackedLinearTests {
  /// Relative error (L2) that a unit may make on normally distributed factors.
  static func bound(_ unit: MatrixUnit) -> Double { unit.precision == .int16 ? 8e-4 : 5e-3 }

  struct Size: Sendable, CustomTestStringConvertible {
    let inputs: Int
    let outputs: Int
    let rows: Int
    var testDescription: String { "\(inputs) → \(outputs), \(rows) rows" }
  }

  static let sizes = [
    Size(inputs: 1, outputs: 1, rows: 1), Size(inputs: 33, outputs: 17, rows: 7),
    Size(inputs: 64, outputs: 50, rows: 13), Size(inputs: 80, outputs: 32, rows: 48),
    Size(inputs: 768, outputs: 31, rows: 49), Size(inputs: 3072, outputs: 16, rows: 5),
  ]

  /// Rows that `linear` makes of `x`, in blocks of `size`.
  static func product(
    _ linear: PackedLinear, _ x: Rows, transformed: RowTransform? = nil, size: Int = 48
  ) throws -> [Float] {
    let y = Rows(count: x.count, width: linear.outputs)
    Rows.inBlocks(x.count, of: size) { rows, scratch in
      linear(x, rows, transformed: transformed, into: y, scratch: scratch)
    }
    return try y.tensor([x.count, linear.outputs]).floats()
  }

  static func relativeError(_ found: [Float], _ expected: [Double]) -> Double {
    let difference = zip(found, expected).reduce(0) { $0 + pow(Double($1.0) - $1.1, 2) }
    return (difference / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  @Test(arguments: MatrixUnit.available, sizes)
  func everyUnitAgreesWithFloat64(_ unit: MatrixUnit, _ size: Size) throws {
    let generator = try RandomGenerator(seed: 5)
    let x = try generator.normal([size.rows, size.inputs])
    let weight = try generator.normal([size.outputs, size.inputs])
    let bias = try generator.normal([size.outputs])
    let exact = try x.to(.float64).matmul(weight.to(.float64).transposed(0, 1)) + bias.to(.float64)
    let linear = try PackedLinear(weight: weight, bias: bias, unit: unit)
    let found = try Self.product(linear, Rows(x, width: size.inputs))
    let error = Self.relativeError(found, try exact.values(as: Double.self))
    #expect(error < Self.bound(unit), "\(unit): \(error)")
  }

  @Test(arguments: MatrixUnit.available)
  func rowsDoNotDependOnTheirCompany(_ unit: MatrixUnit) throws {
    let generator = try RandomGenerator(seed: 6)
    let x = try Rows(generator.normal([61, 70]), width: 70)
    let linear = try PackedLinear(
      weight: generator.normal([37, 70]), bias: nil, unit: unit)
    let together = try Self.product(linear, x, size: 61)
    for size in [1, 5, 48] {
      #expect(try Self.product(linear, x, size: size) == together)
    }
  }

  @Test(arguments: MatrixUnit.available.filter { $0.precision == .int16 })
  func theLargestSumsStayWithin32Bits(_ unit: MatrixUnit) throws {
    // All products have the same sign: the case in which Cauchy and Schwarz allow no more.
    for inputs in [2, 64, 4096] {
      let ones = [Float](repeating: 1, count: inputs)
      for sign: Float in [1, -1] {
        let x = try Rows(Tensor(ones.map { $0 * sign }, shape: [1, inputs]), width: inputs)
        let linear = try PackedLinear(weight: ones, outputs: 1, bias: nil, unit: unit)
        let found = try Self.product(linear, x)[0]
        #expect(abs(found / (sign * Float(inputs)) - 1) < 2e-3)
      }
    }
  }

  @Test(arguments: MatrixUnit.available)
  func rowsOfVeryDifferentSizeKeepTheirPrecision(_ unit: MatrixUnit) throws {
    let generator = try RandomGenerator(seed: 7)
    let base = try generator.normal([1, 96]).floats()
    let weight = try generator.normal([16, 96])
    let linear = try PackedLinear(weight: weight, bias: nil, unit: unit)
    let scales: [Float] = [1, 1e-12, 1e12, 0]
    let x = try Rows(
      Tensor(scales.flatMap { s in base.map { $0 * s } }, shape: [4, 96]), width: 96)
    let found = try Self.product(linear, x)
    #expect(found[48...].allSatisfy { $0 == 0 })
    for (row, scale) in scales.enumerated().dropLast() {
      let expected = found[..<16].map { Double($0) * Double(scale) }
      let error = Self.relativeError(Array(found[row * 16..<(row + 1) * 16]), expected)
      #expect(error < Self.bound(unit), "× \(scale): \(error)")
    }
  }

  @Test(arguments: MatrixUnit.available)
  func brokenValuesShowThrough(_ unit: MatrixUnit) throws {
    let generator = try RandomGenerator(seed: 8)
    let linear = try PackedLinear(weight: generator.normal([20, 40]), bias: nil, unit: unit)
    for broken in [Float.nan, .infinity] {
      var values = try generator.normal([2, 40]).floats()
      values[3] = broken
      let found = try Self.product(linear, Rows(Tensor(values, shape: [2, 40]), width: 40))
      #expect(found[0..<20].allSatisfy { !$0.isFinite })
      #expect(found[20...].allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: MatrixUnit.available, [5, 64, 100])
  func rowsAreNormalisedAndActivatedOnTheWay(_ unit: MatrixUnit, _ width: Int) throws {
    let generator = try RandomGenerator(seed: 9)
    let x = try generator.normal([9, width]) * 3 + 1
    let (gain, shift) = (try generator.normal([width]), try generator.normal([width]))
    let weight = try generator.normal([24, width])
    let linear = try PackedLinear(weight: weight, bias: nil, unit: unit)
    let normed = try x.layerNormalised([width], weight: gain, bias: shift, epsilon: 1e-6)
    for activation in [RowTransform.Activation.none, .relu, .gelu] {
      let active =
        switch activation {
        case .none: normed
        case .relu: try normed.relu()
        case .gelu: try normed.gelu()
        }
      let transform = try RowTransform(
        weight: gain, bias: shift, epsilon: 1e-6, then: activation)
      let rows = try Rows(x, width: width)
      let found = try Self.product(linear, rows, transformed: transform)
      let exact = try active.to(.float64).matmul(weight.to(.float64).transposed(0, 1))
      #expect(try Self.relativeError(found, exact.values(as: Double.self)) < Self.bound(unit))
      // Without a product the transformation is float32's own.
      transform.apply(to: rows, 0..<9, unit: unit)
      let alone = try rows.tensor([9, width]).floats()
      #expect(try Self.relativeError(alone, active.to(.float64).values(as: Double.self)) < 1e-6)
    }
  }
}

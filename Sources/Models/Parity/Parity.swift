// Runs a model under the formula's weights and compares it with the official implementation.

import Foundation
public import Tensors
public import Weights

/// The comparison of one model with one manifest.
public enum Parity {
  /// Largest relative error that passes.
  public static func tolerance(_ precision: Precision) -> Double {
    precision == .fp32 ? 1e-4 : 1e-2
  }

  /// One output beside its golden values.
  public struct Result: Sendable, Codable, Equatable {
    public let output: String
    /// ‖ours − golden‖ / ‖golden‖ over the stored values; infinite when the shapes differ.
    public let relativeError: Double
    public let tolerance: Double
    public var passes: Bool { relativeError <= tolerance }
  }

  /// Compares every output under the formula's weights; in reduced precision those outputs that the
  /// fast path makes. Throws when names or shapes differ.
  public static func check(_ manifest: Manifest, in precision: Precision = .fp32) throws -> [Result]
  {
    let entry = try Registry.model(manifest: manifest.id)
    let reference = try entry.load(Weights(FormulaSource(manifest)))
    let (model, precision) = try reference.inPrecision(.exactly(precision), device: .cpu)
    return try compare(model, manifest.inputTensors(), manifest.outputs, precision)
  }

  /// Compares the published weights on the manifest's larger inputs; no results when it has none.
  public static func check(_ manifest: Manifest, published source: any TensorSource) throws
    -> [Result]
  {
    guard let real = manifest.realCheckpoint else { return [] }
    let model = try Registry.model(manifest: manifest.id).load(Weights(source))
    var results: [Result] = []
    for (absolute, outputs) in [(false, real.outputs), (true, real.absoluteInput?.outputs ?? [])]
    where !outputs.isEmpty {
      let input = try Formula.input(
        real.input.name, shape: real.input.shape ?? [], absolute: absolute)
      let suffix = absolute ? " (published weights, |input|)" : " (published weights)"
      results += try compare(model, [real.input.name: input], outputs).map {
        Result(
          output: $0.output + suffix, relativeError: $0.relativeError, tolerance: $0.tolerance)
      }
    }
    return results
  }

  private static func compare(
    _ model: any Model, _ inputs: [String: Tensor], _ golden: [Manifest.Output],
    _ precision: Precision = .fp32
  ) throws -> [Result] {
    let outputs = try inference { try model.outputs(for: inputs) }
    return try golden.compactMap { expected in
      // The fast path does not stop at every stage.
      if precision != .fp32, outputs[expected.name] == nil { return nil }
      let ours = try outputs.named(expected.name)
      return Result(
        output: expected.name, relativeError: try relativeError(ours: ours, golden: expected),
        tolerance: tolerance(precision))
    }
  }

  private static func relativeError(ours: Tensor, golden: Manifest.Output) throws -> Double {
    guard ours.shape == golden.shape else { return .infinity }
    let values = try ours.floats()
    var difference = 0.0
    var norm = 0.0
    for (index, expected) in golden.values.enumerated() {
      let found = Double(values[index * golden.stride])
      difference += (found - expected) * (found - expected)
      norm += expected * expected
    }
    let error = (difference / norm).squareRoot()
    return error.isNaN ? .infinity : error
  }
}

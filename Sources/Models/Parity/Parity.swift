// Runs a model under the formula's weights and compares it with the official implementation.

import Foundation
import Tensors
public import Weights

/// The comparison of one model with one manifest.
public enum Parity {
  /// Largest relative error that passes in float32.
  public static let tolerance = 1e-4

  /// One output beside its golden values.
  public struct Result: Sendable, Codable, Equatable {
    public let output: String
    /// ‖ours − golden‖ / ‖golden‖ over the stored values; infinite when the shapes differ.
    public let relativeError: Double
    public var passes: Bool { relativeError <= Parity.tolerance }
  }

  /// Compares every output under the formula's weights. Throws when names or shapes differ.
  public static func check(_ manifest: Manifest) throws -> [Result] {
    let entry = try Registry.model(manifest: manifest.id)
    let model = try entry.load(Weights(FormulaSource(manifest)))
    return try compare(model, manifest.inputTensors(), manifest.outputs)
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
        Result(output: $0.output + suffix, relativeError: $0.relativeError)
      }
    }
    return results
  }

  private static func compare(
    _ model: any Model, _ inputs: [String: Tensor], _ golden: [Manifest.Output]
  ) throws -> [Result] {
    let outputs = try inference { try model.outputs(for: inputs) }
    return try golden.map { expected in
      let ours = try outputs.named(expected.name)
      return Result(
        output: expected.name, relativeError: try relativeError(ours: ours, golden: expected))
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

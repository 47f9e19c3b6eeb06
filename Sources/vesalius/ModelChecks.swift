// `vesalius models verify` and `vesalius models parity`.

import ArgumentParser
import Foundation
import Models
import Segmentation
import Tensors
import Weights

struct VerifyWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Tell what a file of weights holds and which model it belongs to.",
    discussion: "Nothing in the file is executed; pickles may only build data.")

  @Argument(help: "A safetensors file, a PyTorch archive, or a folder of shards.")
  var file: String

  @Option(help: "Check against this model instead of trying all of them.")
  var model: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  struct Verdict: Encodable {
    let file: String
    let format: String
    let sha256: String
    let tensors: Int
    let elements: Int
    /// Models whose names and shapes these are.
    let models: [String]
    /// The model whose published file this is, by hash.
    let published: String?
  }

  func run() throws {
    let contents = try WeightFile(contentsOf: file)
    let dictionary = try contents.stateDict()
    let hash = try ModelStore.sha256(ofFile: file)
    let candidates = try model.map { [try Registry.model($0)] } ?? Registry.models
    let fitting = try candidates.filter { candidate in
      do {
        _ = try candidate.load(Weights(dictionary))
        return true
      } catch let mismatch as WeightsMismatch where model == nil {
        _ = mismatch
        return false
      }
    }
    let verdict = Verdict(
      file: file, format: contents.format.rawValue, sha256: hash, tensors: dictionary.names.count,
      elements: dictionary.tensors.values.reduce(0) { $0 + $1.numel }, models: fitting.map(\.id),
      published: Registry.models.first { $0.checkpoint?.sha256 == hash }?.id)
    if json {
      try Output.result(verdict)
    } else {
      try Output.result(
        """
        \(verdict.format), \(verdict.tensors) tensors, \(verdict.elements) values
        sha256 \(verdict.sha256)
        fits \(verdict.models.isEmpty ? "no model" : verdict.models.joined(separator: ", "))
        \(verdict.published.map { "is the published file of \($0)" } ?? "is no published file")
        """)
    }
    if fitting.isEmpty { throw ExitCode(1) }
  }
}

struct CheckParity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parity",
    abstract: "Compare models with golden outputs of their official implementations.",
    discussion: """
      Each manifest names a model, deterministic weights and inputs, and what the official code \
      computed from them. Fails when a relative error exceeds 1e-4, or 1e-2 in reduced precision.
      """)

  @Argument(help: "Parity manifests (JSON).")
  var manifests: [String]

  @Option(help: "Published weights, to compare on the manifest's larger inputs too.")
  var weights: String?

  @Option(help: "fp32, bf16 or int16.", transform: PrecisionOption.precision)
  var precision = Precision.fp32

  @Flag(help: "Print one JSON object.")
  var json = false

  struct Row: Encodable {
    let model: String
    let results: [Parity.Result]
    var passes: Bool { results.allSatisfy(\.passes) }
  }

  func validate() throws {
    if weights != nil && precision != .fp32 {
      throw ValidationError("--weights is compared in fp32; leave --precision out")
    }
    if weights != nil && manifests.count != 1 {
      throw ValidationError("--weights goes with one manifest, not with \(manifests.count)")
    }
  }

  func run() throws {
    let published = try weights.map { try WeightFile(contentsOf: $0).stateDict() }
    let rows = try manifests.map { path in
      let manifest = try Manifest(contentsOf: path)
      var results = try Parity.check(manifest, in: precision)
      if let published { results += try Parity.check(manifest, published: published) }
      return Row(model: manifest.id, results: results)
    }
    if json {
      try Output.result(["manifests": rows])
    } else {
      let lines = rows.flatMap { row in
        row.results.map {
          [
            row.model, $0.output, String(format: "%.2e", $0.relativeError),
            $0.passes ? "passes" : "FAILS",
          ]
        }
      }
      try Output.result(
        table(
          ["MODEL", "OUTPUT", "RELATIVE ERROR", precision == .fp32 ? "≤ 1e-4" : "≤ 1e-2"], lines))
    }
    if !rows.allSatisfy(\.passes) { throw ExitCode(1) }
  }
}

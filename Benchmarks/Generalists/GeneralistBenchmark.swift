// Times the networks of the generalists for Benchmarks/run: gradients of training samples, and answers.
//
//   generalist-benchmark inputs   MODEL FILE            weights and made-up inputs, for everyone who is measured
//   generalist-benchmark training MODEL FILE FOLDER N   on N threads: seconds.json, and the gradients
//   generalist-benchmark answer   MODEL FILE FOLDER N   on N threads: seconds.json, and the scores

import Foundation
import Models
import Tensors
import Weights

@main
struct GeneralistBenchmark {
  static func main() {
    do { try run(Array(CommandLine.arguments.dropFirst())) } catch {
      FileHandle.standardError.write(Data("generalist-benchmark: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ words: [String]) throws {
    if words.count == 3, words[0] == "inputs" {
      return try Inputs.write(for: Registry.model(words[1]), to: words[2])
    }
    guard words.count == 5, let threads = Int(words[4]) else {
      throw TensorError.mismatch("the arguments \(words) are not understood")
    }
    try Engine.setThreads(threads)
    let timed = try TimedNetwork(Registry.model(words[1]), file: words[2])
    let isTraining = words[0] == "training"
    let (seconds, tensors) = try isTraining ? timed.training() : timed.answer()
    try JSONEncoder().encode(["median": seconds])
      .write(to: URL(fileURLWithPath: "\(words[3])/seconds.json"))
    try WeightFile.writeSafetensors(
      tensors.sorted { $0.key < $1.key }.map(record), to: "\(words[3])/found.safetensors")
  }
}

/// A tensor as a file keeps it.
private func record(_ name: String, _ tensor: Tensor) -> TensorRecord {
  TensorRecord(name: name, dtype: .float32, shape: tensor.shape) {
    try tensor.contiguous().floats().withUnsafeBytes { Array($0) }
  }
}

/// What everyone computes on: noise, which costs what images cost.
private enum Inputs {
  /// Images of a training step, and examples of each.
  static let batch = (interactive: 16, inContext: 2, supports: 16)
  static let side = 128

  static func write(for entry: RegisteredModel, to path: String) throws {
    guard let file = entry.checkpoint?.shippedFile else {
      throw TensorError.mismatch("\(entry.id) does not ship")
    }
    let weights = try WeightFile(contentsOf: file.path).stateDict()
    var tensors = try weights.names.map { name in
      let shape = weights.shape(of: name, asked: []) ?? []
      return (
        "weights.\(name)",
        try weights.tensor(name, shape: shape, initial: .zeros).to(.float32)
      )
    }
    let images = entry.takesExamples ? batch.inContext : batch.interactive
    func noise(_ name: String, _ channels: [Int], seed: UInt64) throws -> (String, Tensor) {
      (name, try RandomGenerator(seed: seed).normal([images] + channels + [side, side]))
    }
    tensors.append(try noise("truth", [1], seed: 1))
    if entry.takesExamples {
      tensors.append(try noise("images", [1], seed: 2))
      tensors.append(try noise("supports", [batch.supports, 1], seed: 3))
      let (name, values) = try noise("masks", [batch.supports, 1], seed: 4)
      tensors.append((name, try values.greater(0).to(.float32)))
    } else {
      tensors.append(try noise("images", [InteractiveChannel.allCases.count], seed: 2))
    }
    try WeightFile.writeSafetensors(tensors.map(record), to: path)
  }
}

/// A network on the kernels that the product uses, with its inputs.
private struct TimedNetwork {
  let weights: Weights
  let parameters: [String: Tensor]
  let inputs: [String: Tensor]
  let takesExamples: Bool

  init(_ entry: RegisteredModel, file: String) throws {
    let read = try WeightFile(contentsOf: file).stateDict()
    var (weights, inputs) = ([String: Tensor](), [String: Tensor]())
    for name in read.names {
      let tensor = try read.tensor(
        name, shape: read.shape(of: name, asked: []) ?? [], initial: .zeros)
      if name.hasPrefix("weights.") {
        weights[String(name.dropFirst(8))] = tensor
      } else {
        inputs[name] = tensor
      }
    }
    self.weights = Weights(read, renames: [Weights.Rename("", "weights.")])
    (parameters, self.inputs, takesExamples) = (weights, inputs, entry.takesExamples)
  }

  private var unit: MapUnit { .fastest ?? .plainC }

  private func input(_ name: String) throws -> Tensor {
    guard let tensor = inputs[name] else { throw TensorError.mismatch("there are no \(name)") }
    return tensor
  }

  private func universeg() throws -> UniverSeg { try UniverSeg(weights, .small) }

  private func support() throws -> SupportTensors {
    try SupportTensors(images: input("supports"), masks: input("masks"))
  }

  /// The median of several runs after one that does not count.
  private func median(_ runs: Int, _ body: () throws -> Void) throws -> Double {
    try body()
    let seconds = try (0..<runs).map { _ in
      let begun = ContinuousClock.now
      try body()
      return (ContinuousClock.now - begun) / .seconds(1)
    }
    return seconds.sorted()[runs / 2]
  }

  /// Seconds per sample, and the gradients of all parameters.
  func training() throws -> (Double, [String: Tensor]) {
    let (images, truth) = (try input("images"), try input("truth"))
    func loss(_ scores: Tensor) throws -> Tensor {
      let difference = try scores - truth
      return try (difference * difference).mean()
    }
    var found: [String: Tensor] = [:]
    let seconds: Double
    if takesExamples {
      let (network, support) = (try universeg(), try support())
      let kernels = UniverSegGradients(unit: unit)
      seconds = try median(5) {
        found = try kernels.gradients(target: images, support: support, network: network) {
          try loss($0)
        }.gradients
      }
    } else {
      let kernels = try NNUNetGradients(InteractiveUNet.Configuration.shipped.network, unit: unit)
      seconds = try median(5) {
        found = try kernels.gradients(image: images, parameters: parameters) {
          try loss($0[0])
        }.gradients
      }
    }
    return (seconds / Double(images.size(0)), found)
  }

  /// Seconds for one image, and its scores.
  func answer() throws -> (Double, [String: Tensor]) {
    let image = try input("images").slice(0..<1, axis: 0).contiguous()
    var scores = image
    let seconds: Double
    if takesExamples {
      let network = try PackedUniverSeg(universeg(), unit: unit)
      let support = try SupportTensors(
        images: input("supports").slice(0..<1, axis: 0).contiguous(),
        masks: input("masks").slice(0..<1, axis: 0).contiguous())
      seconds = try median(9) {
        scores = try inference { try network.logits(image, support: support) }
      }
    } else {
      let network = try InteractiveUNet(weights, .shipped)
      guard let packed = try network.packed(for: unit) as? InteractiveUNet else {
        throw TensorError.mismatch("the network has no kernels")
      }
      seconds = try median(9) { scores = try inference { try packed.scores(image) } }
    }
    return (seconds, ["scores": scores])
  }
}

// Valid weight files of small models, made from a seed, so that no test needs a published one.

import Foundation
import Models
import Tensors
import Weights

/// Gives seeded tensors and keeps each by its name.
final class Recorder: TensorSource, @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private let initialiser: SeededInitialiser
  private var kept: [String: Tensor] = [:]

  init(seed: UInt64 = 7) { initialiser = SeededInitialiser(seed: seed) }

  var tensors: [String: Tensor] { lock.withLock { kept } }
  var offered: [String]? { nil }

  func shape(of name: String, asked: [Int]) -> [Int]? { asked }

  func tensor(_ name: String, shape: [Int], initial: Initial) throws -> Tensor {
    let tensor = try initialiser.tensor(name, shape: shape, initial: initial)
    lock.withLock { kept[name] = tensor }
    return tensor
  }

  /// What was kept, as a file of weights holds it.
  func records() throws -> [TensorRecord] {
    try tensors.map { name, tensor in
      let bytes = try tensor.floats().withUnsafeBytes { Array($0) }
      return TensorRecord(name: name, dtype: .float32, shape: tensor.shape, bytes: bytes)
    }
  }
}

enum TinyWeights {
  static let volumes = "meshnet/tissue3"
  static let photographs = "lwnet/drive"
  /// Works at the size of the image, so that it is the quickest.
  static let cells = "unet2d-nuclei-broad/dsb2018"
  /// Reads images of 256², the smallest of the promptable ones.
  static let prompted = "lite-medsam/medsam"
  /// Reads at most six points.
  static let pointed = "efficientsam-ti/sa1b"
  /// Learns from examples.
  static let shown = "universeg/v1"

  /// The bytes of a safetensors file for each of these models, made once for all tests.
  private static let made: [String: Result<Data, any Error>] = {
    let ids = [volumes, photographs, cells, prompted, pointed, shown]
    let pairs = ids.map { id in (id, Result { try make(id) }) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }()

  /// Writes the weights of a model into a folder and returns their path.
  static func write(_ id: String, in folder: Scratch) throws -> String {
    let path = folder.hidden(id.replacing("/", with: "-") + ".safetensors")
    if let data = try made[id]?.get() { try data.write(to: URL(fileURLWithPath: path)) }
    return path
  }

  private static func make(_ id: String) throws -> Data {
    let recorder = Recorder()
    _ = try Registry.model(id).load(Weights(recorder))
    let folder = try Scratch()
    let path = folder.path("made.safetensors")
    try WeightFile.writeSafetensors(recorder.records(), to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }
}

// Embeddings on disk, so that an image which a network has read once is not read again.

import Crypto
public import Foundation
import Models
public import Tensors

/// Embeddings that promptable networks made earlier, kept as float16 in safetensors files.
///
/// Several processes may share the folder. An entry is found by everything that determines it and
/// carries a checksum; one that is damaged or foreign is removed and never used. Nothing that goes wrong
/// with the folder makes a segmentation fail.
public struct EmbeddingCache: Sendable {
  /// Changes when what an entry means changes, so that old entries are no longer found.
  static let version = "vesalius-embedding-1"

  public let folder: URL
  /// Bytes that all entries together may take; those not used for the longest time go first.
  public let limit: Int

  /// `folder` is `embeddings` in the cache of ``ModelStore`` if left out.
  public init(folder: URL? = nil, limit: Int = 4 << 30) {
    self.folder = folder ?? ModelStore().folder.appendingPathComponent("embeddings")
    self.limit = limit
  }

  /// The cache that the environment asks for: `VESALIUS_EMBEDDING_CACHE` is its size in bytes, or in
  /// MiB or GiB with M or G behind the number; `nil` when it is 0.
  ///
  /// - Throws: ``BadCacheSize``.
  public static func configured(
    folder: URL? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> EmbeddingCache? {
    guard let text = environment["VESALIUS_EMBEDDING_CACHE"], !text.isEmpty else {
      return EmbeddingCache(folder: folder)
    }
    let unit = ["M": 1 << 20, "G": 1 << 30][text.suffix(1).uppercased()]
    let number = Int(unit == nil ? text[...] : text.dropLast())
    guard let number, number >= 0,
      case (let bytes, let isBeyond) = number.multipliedReportingOverflow(by: unit ?? 1), !isBeyond
    else { throw BadCacheSize(text: text) }
    return bytes == 0 ? nil : EmbeddingCache(folder: folder, limit: bytes)
  }

  /// What determines an embedding, as the SHA-256 of all of it.
  public struct Key: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public let text: String

    /// - Parameters:
    ///   - input: What the network reads (1, 3, side, side), after preparation.
    ///   - model: `model/tag`.
    ///   - weights: SHA-256 of the file of weights.
    ///   - precision: Name of the arithmetic, such as "float32".
    ///   - device: Where the network computes; devices differ in the last digits.
    /// - Throws: `TensorError`.
    public init(
      input: Tensor, model: String, weights: String, precision: String, device: Device = .cpu
    ) throws {
      var hash = SHA256()
      let shape = input.shape.map(String.init).joined(separator: "×")
      for part in [version, model, weights, precision, device.description, shape] {
        // The length first, so that no two lists of parts give the same bytes.
        hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
      }
      try input.floats().withUnsafeBytes { hash.update(bufferPointer: $0) }
      text = hash.finalize().hexadecimal
    }
  }

  /// The features (1, C, h, w) of `shape` kept under `key`, as float32 on `device`; else those that
  /// `compute` makes, which are then kept.
  ///
  /// Both are rounded to float16, so that the first answer and all later ones are the same. Features
  /// beyond float16's 65504 are neither rounded nor kept.
  func features(
    _ key: Key, shape: [Int], device: Device, compute: () throws -> Tensor
  ) throws -> (Tensor, EmbeddingUse) {
    func restored(_ bytes: [UInt8]) throws -> Tensor {
      try bytes.withUnsafeBytes { try Tensor($0, shape: shape, dtype: .float16) }
        .to(.float32, device: device)
    }
    if let bytes = read(key, shape: shape) {
      return (try restored(bytes), EmbeddingUse(origin: .cached))
    }
    let features = try compute()
    let halves = try features.to(.float16).values(as: Half.self)
    guard features.shape == shape, halves.allSatisfy(\.isFinite) else {
      let note = "the embedding is not kept: it has values that float16 cannot hold"
      return (features, EmbeddingUse(origin: .computed, note: note))
    }
    let bytes = halves.withUnsafeBytes { [UInt8]($0) }
    let note = write(bytes, shape: shape, key)
    return (try restored(bytes), EmbeddingUse(origin: .computed, note: note))
  }
}

/// Where an embedding came from.
public struct EmbeddingUse: Sendable, Equatable {
  public enum Origin: String, Sendable, Codable {
    case computed, cached
  }

  public let origin: Origin
  /// Why it could not be kept, on one line.
  public var note: String? = nil
}

/// A cache together with what its keys say of the network.
struct EmbeddingMemory: Sendable {
  let cache: EmbeddingCache
  /// `model/tag`.
  let id: String
  /// SHA-256 of the weights.
  let weights: String
  let precision: String

  /// What `model` reads in a prepared image (1, 3, side, side), or has read in it before.
  func embedding(
    of input: Tensor, by model: any PromptableModel
  ) throws -> (ImageEmbedding, EmbeddingUse) {
    let positions = try model.positions()
    let key = try EmbeddingCache.Key(
      input: input, model: id, weights: weights, precision: precision, device: positions.device)
    let (features, use) = try cache.features(
      key, shape: positions.shape, device: positions.device
    ) { try model.embed(input).features }
    return (ImageEmbedding(features: features, positions: positions), use)
  }
}

/// A size of the embedding cache that is none.
public struct BadCacheSize: Error, Equatable, CustomStringConvertible {
  let text: String

  public var description: String {
    "VESALIUS_EMBEDDING_CACHE is '\(text)'; expected a number of bytes, or one with M or G behind "
      + "it, or 0 for no cache"
  }
}

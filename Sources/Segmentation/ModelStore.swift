// Where published weights lie on this machine, and the way from a model's name to a network.

import Crypto
public import Foundation
public import Models
public import Tensors
public import Weights

/// The cache of published weights: `VESALIUS_CACHE`, else the user's cache folder.
public struct ModelStore: Sendable {
  public let folder: URL

  public init(folder: URL? = nil) {
    let environment = ProcessInfo.processInfo.environment
    if let folder {
      self.folder = folder
    } else if let path = environment["VESALIUS_CACHE"], !path.isEmpty {
      self.folder = URL(fileURLWithPath: path)
    } else {
      let caches = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first
      self.folder =
        (caches ?? URL(fileURLWithPath: NSTemporaryDirectory())).appendingPathComponent("vesalius")
    }
  }

  /// Where the weights of a model are: in the product, or in the cache once they have been pulled.
  public func path(of entry: RegisteredModel) -> URL {
    if let shipped = entry.checkpoint?.shippedFile { return shipped }
    return cachedPath(of: entry)
  }

  private func cachedPath(of entry: RegisteredModel) -> URL {
    folder.appendingPathComponent(entry.card.id).appendingPathComponent(entry.tag)
      .appendingPathComponent(entry.checkpoint?.file ?? "weights")
  }

  /// A network with its weights, and what is known of the file they came from.
  public struct Loaded: Sendable {
    public let model: any Model
    public let path: String
    public let sha256: String
    /// What its products are computed in.
    public let precision: Precision
  }

  /// Loads a model with the file given, else with the published one from the cache.
  ///
  /// - Throws: `ModelError.weightsMissing` when there is none, `ModelError.neverPublished` when there
  ///   cannot be any, `ModelError.wrongHash` when the cached
  ///   file is not the published one, ``ForeignWeights`` when the file belongs to another model.
  public func load(
    _ entry: RegisteredModel, weights file: String? = nil, device: Device = .cpu,
    precision: PrecisionChoice = .exactly(.fp32)
  ) throws -> Loaded {
    let path = file ?? self.path(of: entry).path
    if file == nil, !FileManager.default.fileExists(atPath: path) {
      throw entry.checkpoint == nil
        ? ModelError.neverPublished(id: entry.id)
        : ModelError.weightsMissing(id: entry.id, place: path)
    }
    let dictionary = try WeightFile(contentsOf: path).stateDict()
    let hash = try Self.sha256(ofFile: path)
    if file == nil, entry.checkpoint?.isPublished(sha256: hash) == false {
      throw ModelError.wrongHash(path: path, id: entry.id)
    }
    do {
      let (model, precision) = try entry.load(Weights(dictionary, device: device))
        .inPrecision(precision, device: device)
      return Loaded(model: model, path: path, sha256: hash, precision: precision)
    } catch let mismatch as WeightsMismatch {
      throw ForeignWeights(path: path, id: entry.id, mismatch: mismatch)
    }
  }

  /// A network whose weights follow from a formula instead of training; its hash is the formula's name.
  ///
  /// - Throws: `PrecisionError`, `TensorError`.
  public func untrained(
    _ entry: RegisteredModel, device: Device = .cpu,
    precision: PrecisionChoice = .exactly(.fp32)
  ) throws -> Loaded {
    let (model, precision) = try entry.load(Weights(UntrainedSource(), device: device))
      .inPrecision(precision, device: device)
    return Loaded(model: model, path: "", sha256: "untrained", precision: precision)
  }

  /// The SHA-256 of a file in hexadecimal, read in pieces; of a folder, that of the files directly in it,
  /// by name.
  public static func sha256(ofFile path: String) throws -> String {
    var hash = SHA256()
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
        var isInner: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isInner)
        if !isInner.boolValue { try update(&hash, withFile: path + "/" + name) }
      }
    } else {
      try update(&hash, withFile: path)
    }
    return hash.finalize().hexadecimal
  }

  /// The SHA-256 of several hashes in their order: that of an ensemble of files.
  public static func sha256(of hashes: [String]) -> String {
    SHA256.hash(data: Data(hashes.joined(separator: "\n").utf8)).hexadecimal
  }

  private static func update(_ hash: inout SHA256, withFile path: String) throws {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    while let piece = try handle.read(upToCount: 1 << 22), !piece.isEmpty {
      hash.update(data: piece)
    }
  }
}

/// A file whose tensors are not those of the model.
public struct ForeignWeights: Error, Equatable, CustomStringConvertible {
  public let path: String
  public let id: String
  public let mismatch: WeightsMismatch

  public var description: String { "\(path) does not fit \(id): \(mismatch)" }
}

extension Sequence<UInt8> {
  /// Two hexadecimal digits per byte.
  var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }
}

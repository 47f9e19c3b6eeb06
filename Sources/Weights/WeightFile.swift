// Opens any file of weights by its content, whatever its ending says.

import Foundation

/// A file of named tensors: safetensors (also in shards), PyTorch, TorchScript, pickle or .npy.
///
/// Opening maps the file and reads only its description. Nothing in it is ever run: a pickle may
/// use a short list of names that build data, and any other is refused by name.
public struct WeightFile: Sendable {
  /// How a file keeps its tensors.
  public enum Format: String, Sendable {
    case safetensors
    case shards
    case pytorch
    case legacyPyTorch = "legacy PyTorch"
    case torchScript = "TorchScript"
    case pickle
    case numpy
  }

  /// The path as it was given.
  public let path: String
  /// The format recognised by content.
  public let format: Format
  /// The dotted names of all tensors in the order of the file.
  public let names: [String]
  /// All tensors by dotted name.
  public let tensors: [String: StoredTensor]
  /// The `__metadata__` of safetensors, or that of a shard index.
  public let metadata: [String: String]
  /// Everything a PyTorch archive or a pickle holds; nil for the other formats.
  public let root: PickleValue?
  /// Bytes of the file, or of all shards.
  let size: Int

  /// Opens a file, a shard index, or a folder that holds a shard index.
  ///
  /// - Throws: ``WeightsError``; its description is one line that says what to do.
  public init(contentsOf path: String) throws {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, isFolder.boolValue {
      try self.init(contentsOf: try ShardIndex.path(in: path))
      return
    }
    let bytes = try FileBytes(mapping: path)
    if !SafetensorsReader.recognises(bytes), ShardIndex.recognises(bytes) {
      try self.init(index: try ShardIndex(bytes), path: path)
    } else {
      try self.init(bytes)
    }
  }

  /// Reads a file that is already in memory; `name` stands for its path in errors.
  ///
  /// - Throws: ``WeightsError``.
  public init(bytes: [UInt8], name: String) throws {
    try self.init(FileBytes(copying: bytes, path: name))
  }

  /// Checks an index without opening its shards, for the fuzzer.
  package static func checkIndex(bytes: [UInt8], name: String) throws {
    _ = try ShardIndex(FileBytes(copying: bytes, path: name))
  }

  private init(_ bytes: FileBytes) throws {
    let list: [StoredTensor]
    path = bytes.path
    size = bytes.count
    var metadata: [String: String] = [:]
    var root: PickleValue?
    if SafetensorsReader.recognises(bytes) {
      let reader = try SafetensorsReader(bytes)
      format = .safetensors
      list = reader.tensors
      metadata = reader.metadata
    } else if ZipArchive.recognises(bytes) {
      let archive = try TorchArchive(bytes)
      format = archive.isTorchScript ? .torchScript : .pytorch
      root = archive.root
      list = try Flattening.tensors(of: archive.root, path: path, fileSize: size)
    } else if LegacyTorchFile.recognises(bytes) {
      let file = try LegacyTorchFile(bytes)
      format = file.isPlain ? .pickle : .legacyPyTorch
      root = file.root
      list = try Flattening.tensors(of: file.root, path: path, fileSize: size)
    } else if NumpyFile.recognises(bytes) {
      format = .numpy
      list = [try NumpyFile(bytes).tensor]
    } else {
      throw UnknownContent.error(for: bytes)
    }
    self.metadata = metadata
    self.root = root
    names = list.map(\.name)
    tensors = Dictionary(list.map { ($0.name, $0) }) { first, _ in first }
  }

  /// Merges shards; each tensor is taken from the shard that the index names for it.
  private init(index: ShardIndex, path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    var names: [String] = []
    var tensors: [String: StoredTensor] = [:]
    var size = 0
    for shard in Set(index.shards.values).sorted() {
      let file = try WeightFile(FileBytes(mapping: folder.appendingPathComponent(shard).path))
      size += file.size
      for name in file.names where index.shards[name] == shard {
        names.append(name)
        tensors[name] = file.tensors[name]
      }
    }
    if let lost = index.shards.keys.filter({ tensors[$0] == nil }).min() {
      throw WeightsError.malformed(
        path: path, format: ShardIndex.format,
        problem: "\(lost) is not in \(index.shards[lost] ?? "its shard")")
    }
    self.path = path
    format = .shards
    self.names = names
    self.tensors = tensors
    metadata = index.metadata
    root = nil
    self.size = size
  }
}

// The entries of the embedding cache as files: read with suspicion, written aside, oldest out first.

import Crypto
import Foundation
import Weights

extension EmbeddingCache {
  private static let ending = ".safetensors"

  func path(of key: Key) -> String {
    folder.appendingPathComponent(key.text + Self.ending).path
  }

  /// The float16 elements kept under `key`; an entry that is not what it should be is removed.
  func read(_ key: Key, shape: [Int]) -> [UInt8]? {
    let path = path(of: key)
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size < 1 << 30,
      let bytes = payload(ofEntry: path, key, shape: shape)
    {
      // Its time of change tells when an entry was last used.
      utimes(path, nil)
      return bytes
    }
    unlink(path)
    return nil
  }

  /// Keeps the float16 elements of an embedding; says why when it cannot.
  func write(_ bytes: [UInt8], shape: [Int], _ key: Key) -> String? {
    let record = TensorRecord(name: "features", dtype: .float16, shape: shape, bytes: bytes)
    do {
      // The header is far shorter than that.
      try makeRoom(for: bytes.count + 1024)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try WeightFile.writeSafetensors(
        [record], metadata: metadata(key, checksum: SHA256.hash(data: bytes).hexadecimal),
        to: path(of: key))
      return nil
    } catch {
      let reason =
        error is WeightsError || error is NoRoom
        ? String(describing: error) : "\(folder.path) cannot be created"
      return "the embedding is not kept: \(reason)"
    }
  }

  private func metadata(_ key: Key, checksum: String) -> [String: String] {
    ["version": Self.version, "key": key.text, "sha256": checksum]
  }

  private func payload(ofEntry path: String, _ key: Key, shape: [Int]) -> [UInt8]? {
    // Read and not mapped: another process may do to the file what it likes.
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)),
      let file = try? WeightFile(bytes: [UInt8](data), name: path), file.format == .safetensors,
      file.names == ["features"], let tensor = file.tensors["features"],
      tensor.storedType == .float16, tensor.shape == shape,
      let bytes = try? tensor.contiguousBytes(),
      file.metadata == metadata(key, checksum: SHA256.hash(data: bytes).hexadecimal)
    else { return nil }
    return bytes
  }

  /// Removes the entries that were not used for the longest time until `size` bytes fit.
  private func makeRoom(for size: Int) throws {
    guard size <= limit else { throw NoRoom(size: size, limit: limit) }
    var entries: [(path: String, size: Int, used: Double)] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      let path = folder.appendingPathComponent(name).path
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      let time = status.changed
      if name.hasSuffix(Self.ending) {
        entries.append((path, Int(status.st_size), time))
      } else if name.hasSuffix(".partial"), time < Date().timeIntervalSince1970 - 3600 {
        // Left by a process that ended while it wrote.
        unlink(path)
      }
    }
    var total = entries.reduce(0) { $0 + $1.size }
    for entry in entries.sorted(by: { $0.used < $1.used }) where total + size > limit {
      // What another process has just removed takes no room either.
      unlink(entry.path)
      total -= entry.size
    }
  }
}

private struct NoRoom: Error, CustomStringConvertible {
  let size: Int
  let limit: Int

  var description: String {
    "it takes \(size) bytes and VESALIUS_EMBEDDING_CACHE allows \(limit)"
  }
}

extension stat {
  /// Time of the last change of the contents, in seconds since 1970.
  fileprivate var changed: Double {
    #if canImport(Darwin)
      Double(st_mtimespec.tv_sec) + Double(st_mtimespec.tv_nsec) / 1e9
    #else
      Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) / 1e9
    #endif
  }
}

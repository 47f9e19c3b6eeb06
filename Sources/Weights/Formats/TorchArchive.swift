// PyTorch's zip archives: a pickle that describes, and one stored entry per storage.

/// A file of torch.save since 1.6, or of TorchScript.
struct TorchArchive {
  let root: PickleValue
  let isTorchScript: Bool

  /// Reads the description; storages stay where they are.
  ///
  /// - Throws: ``WeightsError``.
  init(_ bytes: FileBytes) throws {
    let archive = try ZipArchive(bytes)
    let prefix = try Self.prefix(of: archive)
    isTorchScript =
      archive.contains(prefix + "constants.pkl")
      || archive.names.contains { $0.hasPrefix(prefix + "code/") }
    guard let pickle = try archive.range(of: prefix + "data.pkl") else {
      throw archive.malformed("no \(prefix)data.pkl")
    }
    let isBigEndian = try Self.isBigEndian(archive, prefix: prefix)
    var machine = PickleMachine(bytes, range: pickle, allowsModules: isTorchScript)
    let top = try machine.run()
    var tree = PickleTree(machine) { storage in
      guard let range = try archive.range(of: "\(prefix)data/\(storage.key)") else {
        throw archive.malformed("the entry \(prefix)data/\(storage.key) is missing")
      }
      return StorageBytes(bytes: bytes, range: range, isBigEndian: isBigEndian)
    }
    root = try tree.value(top)
  }

  /// The folder that holds `data.pkl`, with its slash, or nothing.
  private static func prefix(of archive: ZipArchive) throws -> String {
    let pickles = archive.names.filter {
      $0 == "data.pkl" || ($0.hasSuffix("/data.pkl") && $0.count { $0 == "/" } == 1)
    }
    guard let first = pickles.first else {
      let isNumpy = archive.names.contains { $0.hasSuffix(".npy") }
      throw WeightsError.unsupported(
        path: archive.bytes.path,
        feature: isNumpy ? "a numpy .npz archive" : "a zip archive without data.pkl",
        remedy: "convert it to safetensors, or unpack the weight file that it holds")
    }
    guard pickles.count == 1 else {
      throw archive.malformed("it holds both \(pickles[0]) and \(pickles[1])")
    }
    return String(first.dropLast("data.pkl".count))
  }

  private static func isBigEndian(_ archive: ZipArchive, prefix: String) throws -> Bool {
    guard let range = try archive.range(of: prefix + "byteorder") else { return false }
    switch archive.bytes.withBytes(range, { String(decoding: $0.prefix(8), as: UTF8.self) }) {
    case "little": return false
    case "big": return true
    default: throw archive.malformed("its byteorder is neither little nor big")
    }
  }
}

// Small valid files of every format, made by code, from which the fuzzer starts.

import Foundation

/// A file from which mutations begin.
public struct Sample: Sendable {
  public let name: String
  public let bytes: [UInt8]
}

/// The files of the corpus.
public enum Corpus {
  /// Valid files of every format that the readers know.
  public static func samples() -> [Sample] {
    [
      Sample(name: "safetensors", bytes: safetensors),
      Sample(name: "zip", bytes: archive()),
      Sample(name: "zip64", bytes: archive(isZip64: true)),
      Sample(name: "legacy", bytes: legacy),
      Sample(name: "script", bytes: script),
      Sample(name: "pickle", bytes: pickle(version: 2)),
      Sample(name: "textual pickle", bytes: textual),
      Sample(name: "index", bytes: index),
      Sample(name: "npy", bytes: numpy(version: 1)),
      Sample(name: "npy 2", bytes: numpy(version: 2)),
    ]
  }

  /// The samples and every regular file of a folder up to 1 MB.
  ///
  /// - Throws: When the folder cannot be listed.
  public static func samples(adding folder: String) throws -> [Sample] {
    let url = URL(fileURLWithPath: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    let found = names.compactMap { name -> Sample? in
      guard let data = try? Data(contentsOf: url.appendingPathComponent(name)),
        data.count <= 1 << 20
      else { return nil }
      return Sample(name: name, bytes: Array(data))
    }
    return samples() + found
  }

  /// A torch.save archive with one tensor, a shared view and a checkpoint around them.
  public static func archive(
    isZip64: Bool = false, order: String = "little",
    storage: [UInt8] = [UInt8](repeating: 0x3F, count: 24)
  ) -> [UInt8] {
    var pickle = PickleBuilder()
    pickle.raw("}(")
    pickle.text("epoch")
    pickle.int(3)
    pickle.text("state_dict")
    pickle.global("collections", "OrderedDict")
    pickle.raw(")R(")
    let count = Int32(storage.count / 4)
    pickle.text("w")
    pickle.tensor("0", count: count, shape: [count], strides: [1])
    pickle.text("v")
    pickle.tensor("0", count: count, shape: [1, count], strides: [1, 1])
    pickle.raw("u")
    pickle.text("loss")
    pickle.scalar([0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    pickle.raw("u")
    var zip = ZipBuilder(isZip64: isZip64)
    zip.add("archive/data.pkl", pickle.finished())
    zip.add("archive/byteorder", Array(order.utf8))
    zip.add("archive/data/0", storage)
    zip.add("archive/version", Array("3\n".utf8))
    return zip.finished()
  }

  private static var safetensors: [UInt8] {
    let header =
      #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
      + #""b\u00e9":{"dtype":"BF16","shape":[],"data_offsets":[24,26]}}   "#
    var writer = ByteWriter()
    writer.little(UInt64(header.utf8.count))
    writer.add(header)
    writer.add([UInt8](repeating: 1, count: 26))
    return writer.bytes
  }

  private static var legacy: [UInt8] {
    var writer = ByteWriter()
    writer.add([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19])
    writer.add([0x2E, 0x80, 2, 0x4D, 0xE9, 0x03, 0x2E, 0x80, 2])
    writer.add("}.")
    var pickle = PickleBuilder()
    pickle.raw("}(")
    pickle.text("a")
    pickle.tensor("7", count: 6, shape: [2, 3], strides: [1, 2], isLegacy: true)
    pickle.text("b")
    pickle.tensor("7", count: 6, offset: 2, shape: [2], strides: [2], isLegacy: true)
    pickle.raw("u")
    writer.add(pickle.finished())
    var keys = PickleBuilder()
    keys.raw("]")
    keys.text("7")
    keys.raw("a")
    writer.add(keys.finished())
    writer.little(Int64(6))
    writer.add([UInt8](repeating: 2, count: 24))
    return writer.bytes
  }

  private static var script: [UInt8] {
    var pickle = PickleBuilder()
    pickle.global("__torch__.unet", "UNet")
    pickle.raw(")\u{81}}(".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    pickle.text("training")
    pickle.raw([0x89])
    pickle.text("0")
    pickle.global("__torch__.torch.nn", "Conv")
    pickle.raw([0x29, 0x81, 0x7D, 0x28])
    pickle.text("weight")
    pickle.tensor("0", count: 4, shape: [2, 2], strides: [2, 1])
    pickle.text("padding")
    pickle.global("torch.jit._pickle", "build_intlist")
    pickle.raw("(](")
    pickle.int(1)
    pickle.raw("etR")
    pickle.raw("ubub")
    var zip = ZipBuilder()
    zip.add("net/data.pkl", pickle.finished())
    zip.add("net/data/0", [UInt8](repeating: 0x40, count: 16))
    zip.add("net/code/__torch__.py", Array("class UNet".utf8), method: 8)
    zip.add("net/constants.pkl", [0x80, 2, 0x29, 0x2E])
    return zip.finished()
  }

  private static func pickle(version: UInt8) -> [UInt8] {
    var pickle = PickleBuilder(version: version)
    pickle.raw("}(")
    pickle.text("array")
    pickle.array([2, 1], [UInt8](repeating: 0x40, count: 16))
    pickle.text("path")
    pickle.global("pathlib", "PosixPath")
    pickle.raw("(")
    pickle.text("/")
    pickle.text("data")
    pickle.raw("tR")
    pickle.text("options")
    pickle.global("argparse", "Namespace")
    pickle.raw([0x29, 0x81, 0x7D])
    pickle.text("lr")
    pickle.raw([0x47, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0])
    pickle.raw("sb")
    pickle.text("list")
    pickle.raw([0x5D, 0x94, 0x28, 0x4B, 1, 0x8A, 2, 0xFF, 1, 0x8C, 1, 0x61, 0x43, 1, 9])
    pickle.raw("eu")
    return pickle.finished()
  }

  private static var textual: [UInt8] {
    [0x80, 2]
      + Array("(dp0\nVkey\\u00e9\np1\n(lp2\nI1\naI01\naL12L\naF2.5\naS'a\\x41'\nasg0\n0g0\n.".utf8)
  }

  private static var index: [UInt8] {
    Array(
      #"{"metadata":{"total_size":4},"weight_map":{"a":"s-1.safetensors","b":"s-2.safetensors"}}"#
        .utf8)
  }

  private static func numpy(version: UInt8) -> [UInt8] {
    let header = "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }\n"
    var writer = ByteWriter()
    writer.add([0x93] + Array("NUMPY".utf8) + [version, 0])
    if version == 1 {
      writer.little(UInt16(header.utf8.count))
    } else {
      writer.little(UInt32(header.utf8.count))
    }
    writer.add(header)
    writer.add([UInt8](repeating: 3, count: 24))
    return writer.bytes
  }
}

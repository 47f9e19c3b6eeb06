// Says what a file is when it is not a weight file, because downloads go wrong in known ways.

/// Recognises what people meet instead of weights.
enum UnknownContent {
  /// The error for a file that no reader recognised.
  static func error(for bytes: FileBytes) -> WeightsError {
    let path = bytes.path
    if bytes.starts(with: Array("ustar".utf8), at: 257) {
      return .unsupported(
        path: path, feature: "the tar format of PyTorch before 0.1.10",
        remedy: "load it in Python with torch.load and save it again with torch.save")
    }
    if bytes.starts(with: [UInt8(ascii: "{")], at: 8) {
      return .malformed(
        path: path, format: SafetensorsReader.format,
        problem: "its header claims more than 100 MB")
    }
    let known: [(prefix: [UInt8], met: String)] = [
      (
        Array("version https://git-lfs".utf8),
        "a git-lfs pointer (run git lfs pull)"
      ),
      (Array("<!DOCTYPE".utf8), "a web page instead of the file"),
      (Array("<html".utf8), "a web page instead of the file"),
      ([0x89] + Array("HDF".utf8), "an HDF5 file"),
      ([0x1F, 0x8B], "a gzip file"),
      (Array("GGUF".utf8), "a GGUF file"),
    ]
    if let match = known.first(where: { bytes.starts(with: $0.prefix) }) {
      return .unrecognised(path: path, met: match.met)
    }
    let head = bytes.withBytes(0..<min(8, bytes.count)) { bytes in
      bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }
    }
    let met = head.map { $0.joined(separator: " ") } ?? ""
    return .unrecognised(
      path: path, met: bytes.count == 0 ? "an empty file" : "a file that begins with \(met)")
  }
}

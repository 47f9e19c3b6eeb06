// Writes the pickles that torch.save would write for small dictionaries of tensors.

/// Instructions of a pickle under construction.
public struct PickleBuilder: Sendable {
  private var writer = ByteWriter()

  public init(version: UInt8 = 2) {
    writer.add([0x80, version])
  }

  /// The pickle with its STOP.
  public func finished() -> [UInt8] { writer.bytes + [0x2E] }

  public mutating func raw(_ text: String) { writer.add(text) }

  public mutating func raw(_ bytes: [UInt8]) { writer.add(bytes) }

  public mutating func text(_ text: String) {
    writer.add("X")
    writer.little(UInt32(text.utf8.count))
    writer.add(text)
  }

  public mutating func int(_ value: Int32) {
    writer.add("J")
    writer.little(value)
  }

  public mutating func global(_ module: String, _ name: String) {
    writer.add("c\(module)\n\(name)\n")
  }

  public mutating func sizes(_ values: [Int32]) {
    writer.add("(")
    for value in values { int(value) }
    writer.add("t")
  }

  /// A tensor of float32 over a storage.
  public mutating func tensor(
    _ key: String, count: Int32, offset: Int32 = 0, shape: [Int32], strides: [Int32],
    storage: String = "FloatStorage", isLegacy: Bool = false
  ) {
    global("torch._utils", "_rebuild_tensor_v2")
    writer.add("((")
    text("storage")
    global("torch", storage)
    text(key)
    text("cpu")
    int(count)
    writer.add(isLegacy ? "NtQ" : "tQ")
    int(offset)
    sizes(shape)
    sizes(strides)
    writer.add([0x89])
    global("collections", "OrderedDict")
    writer.add(")RtR")
  }

  /// A numpy array of float64, with its bytes written as protocol 2 does.
  public mutating func array(_ shape: [Int32], _ content: [UInt8]) {
    global("numpy.core.multiarray", "_reconstruct")
    writer.add("(")
    global("numpy", "ndarray")
    sizes([0])
    encoded([0x62])
    writer.add("tR(")
    int(1)
    sizes(shape)
    type("f8")
    writer.add([0x89])
    encoded(content)
    writer.add("tb")
  }

  public mutating func scalar(_ content: [UInt8]) {
    global("numpy.core.multiarray", "scalar")
    writer.add("(")
    type("f8")
    encoded(content)
    writer.add("tR")
  }

  private mutating func type(_ name: String) {
    global("numpy", "dtype")
    writer.add("(")
    text(name)
    writer.add([0x89, 0x88])
    writer.add("tR(")
    int(3)
    text("<")
    writer.add("NNN")
    int(-1)
    int(-1)
    int(0)
    writer.add("tb")
  }

  private mutating func encoded(_ bytes: [UInt8]) {
    global("_codecs", "encode")
    writer.add("(")
    text(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })))
    text("latin1")
    writer.add("tR")
  }
}

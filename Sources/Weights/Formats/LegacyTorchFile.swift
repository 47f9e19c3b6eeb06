// The format of torch.save before 1.6: five pickles, then the storages one after the other.

/// A legacy PyTorch file, or a plain pickle of dictionaries and numpy arrays.
struct LegacyTorchFile {
  static let format = "legacy PyTorch file"
  private static let magic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  let root: PickleValue
  /// Whether the file is a pickle alone, without PyTorch's frame.
  let isPlain: Bool

  /// Whether the file begins as a pickle of protocol 2 or later does.
  static func recognises(_ bytes: FileBytes) -> Bool {
    (2...5).contains { bytes.starts(with: [0x80, $0]) }
  }

  /// Reads the pickles and finds the storages.
  ///
  /// - Throws: ``WeightsError``.
  init(_ bytes: FileBytes) throws {
    var machine = PickleMachine(bytes, range: 0..<bytes.count)
    var top = try machine.run()
    guard case .large(Self.magic) = machine.nodes[top] else {
      isPlain = true
      var tree = PickleTree(machine) { storage in
        throw WeightsError.malformed(
          path: bytes.path, format: PickleMachine.format,
          problem: "storage \(storage.key) is not in the file")
      }
      root = try tree.value(top)
      return
    }
    isPlain = false
    func next() throws {
      machine = PickleMachine(bytes, range: machine.reader.offset..<bytes.count)
      top = try machine.run()
    }
    try next()
    guard machine.size(top) == 1001 else {
      throw machine.reader.malformed("a protocol of torch.save other than 1001")
    }
    try next()  // what machine wrote the file, which storages do not depend on
    try next()
    let content = machine
    let contentTop = top
    try next()
    let places = try Self.storages(keys: machine, list: top, content: content)
    var tree = PickleTree(content) { storage in
      guard let range = places[storage.key] else {
        throw WeightsError.malformed(
          path: bytes.path, format: Self.format,
          problem: "storage \(storage.key) is not in the file")
      }
      return StorageBytes(bytes: bytes, range: range)
    }
    root = try tree.value(contentTop)
  }

  /// Where each storage lies: they follow the list of their keys, each after its element count.
  private static func storages(
    keys machine: PickleMachine, list: PickleReference, content: PickleMachine
  ) throws -> [String: Range<Int>] {
    var units: [String: Int] = [:]
    for case .storage(let storage) in content.nodes {
      units[storage.key] = (storage.type?.bits ?? 8) / 8
    }
    var reader = ByteReader(
      machine.reader.bytes, format: format,
      range: machine.reader.offset..<machine.reader.bytes.count)
    guard let keys = machine.items(list) else { throw reader.malformed("no list of storages") }
    var places: [String: Range<Int>] = [:]
    for reference in keys {
      guard let key = machine.text(reference) ?? machine.size(reference).map(String.init),
        let unit = units[key]
      else { throw reader.malformed("a storage that no tensor names") }
      let count = try reader.length(Int64.self)
      guard let length = count.multiplied(by: unit) else {
        throw reader.malformed("storage \(key) claims \(count) elements")
      }
      places[key] = try reader.take(length)
    }
    return places
  }
}

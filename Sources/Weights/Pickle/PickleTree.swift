// Turns the arena of a finished pickle into plain values, bounded in depth and in unfolded size.

/// Where the bytes of a storage lie.
struct StorageBytes {
  let bytes: FileBytes
  let range: Range<Int>
  var isBigEndian = false
}

/// Converts nodes to values once each, however often they are shared.
struct PickleTree {
  static let deepest = 200

  /// A value with how deep it is and how many values it unfolds to.
  private struct Converted {
    let value: PickleValue
    var height = 1
    var size = 1
  }

  private enum Key: Hashable {
    case text(Int)
    case number(Int)
    case other(PickleReference)
  }

  private let nodes: [PickleNode]
  private let path: String
  private let largest: Int
  private let resolve: (PickleStorage) throws -> StorageBytes
  private var finished: [PickleReference: Converted] = [:]
  private var begun: Set<PickleReference> = []
  private var texts: [PickleReference: Int] = [:]
  private var numbers: [String: Int] = [:]
  private var copies: [PickleReference: FileBytes] = [:]

  /// Takes a finished pickle; `resolve` finds the bytes of a storage in the archive around it.
  init(
    _ machine: PickleMachine, resolve: @escaping (PickleStorage) throws -> StorageBytes
  ) {
    nodes = machine.nodes
    path = machine.reader.bytes.path
    largest = max(1 << 16, 16 * machine.nodes.count)
    self.resolve = resolve
  }

  /// The plain value of a node.
  ///
  /// - Throws: ``WeightsError``.
  mutating func value(_ reference: PickleReference) throws -> PickleValue {
    try convert(reference, depth: 0).value
  }

  private mutating func convert(_ reference: PickleReference, depth: Int) throws -> Converted {
    if let known = finished[reference] { return known }
    guard begun.insert(reference).inserted else { throw malformed("a value that holds itself") }
    let result = try build(reference, depth: depth)
    guard result.height <= Self.deepest, depth <= Self.deepest else {
      throw malformed("values nested deeper than \(Self.deepest)")
    }
    guard result.size <= largest else {
      throw WeightsError.excessive(
        path: path, what: "its pickle unfolds to \(result.size) values")
    }
    finished[reference] = result
    return result
  }

  private mutating func build(_ reference: PickleReference, depth: Int) throws -> Converted {
    guard depth <= Self.deepest else {
      throw malformed("values nested deeper than \(Self.deepest)")
    }
    switch nodes[reference] {
    case .none: return Converted(value: .none)
    case .bool(let value): return Converted(value: .bool(value))
    case .int(let value): return Converted(value: .int(value))
    case .large(let bytes): return Converted(value: .largeInteger(bytes))
    case .float(let value): return Converted(value: .float(value))
    case .string(let text): return Converted(value: .string(text))
    case .byteString(let bytes):
      return Converted(value: .string(String(decoding: bytes, as: UTF8.self)))
    case .bytes(let bytes): return Converted(value: .bytes(bytes))
    case .opaque(let name): return Converted(value: .opaque(name))
    case .list(let items):
      return try convert(items, depth: depth) { .list($0) }
    case .tuple(let items):
      return try convert(items, depth: depth) { .tuple($0) }
    case .dictionary(let pairs, isObject: _):
      return try convert(pairs, depth: depth)
    case .global(.elementType(_, let name)): return Converted(value: .string(name))
    case .global(.mention(let name)): return Converted(value: .opaque(name))
    case .global: return Converted(value: .opaque("a Python function or class"))
    case .numpyType(let type): return Converted(value: .string(type.code))
    case .storage(let storage): return Converted(value: .opaque("storage \(storage.key)"))
    case .tensor(let tensor): return Converted(value: .tensor(try place(tensor)))
    case .array(let array?): return try convert(array, depth: depth)
    case .array(nil): throw malformed("a numpy array without content")
    }
  }

  private mutating func convert(
    _ items: [PickleReference], depth: Int, _ wrap: ([PickleValue]) -> PickleValue
  ) throws -> Converted {
    var values: [PickleValue] = []
    var height = 0
    var size = 1
    values.reserveCapacity(items.count)
    for item in items {
      let part = try convert(item, depth: depth + 1)
      values.append(part.value)
      height = max(height, part.height)
      size += part.size
    }
    return Converted(value: wrap(values), height: height + 1, size: size)
  }

  /// A dictionary in which a key that comes again keeps its place and takes the later value.
  private mutating func convert(_ pairs: [PickleNode.Pair], depth: Int) throws -> Converted {
    var entries: [PickleDictionary.Entry] = []
    var places: [Key: Int] = [:]
    var height = 0
    var size = 1
    for pair in pairs {
      let key = try convert(pair.key, depth: depth + 1)
      let value = try convert(pair.value, depth: depth + 1)
      height = max(height, key.height, value.height)
      size += key.size + value.size
      let place = places.updateValue(entries.count, forKey: identity(pair.key))
      if let place {
        entries[place].value = value.value
        places[identity(pair.key)] = place
      } else {
        entries.append(.init(key: key.value, value: value.value))
      }
    }
    return Converted(
      value: .dictionary(PickleDictionary(entries: entries)), height: height + 1, size: size)
  }

  /// What makes two keys equal; each text is hashed once, however often it is shared.
  private mutating func identity(_ reference: PickleReference) -> Key {
    switch nodes[reference] {
    case .int(let number): return .number(number)
    case .string, .byteString:
      if let known = texts[reference] { return .text(known) }
      let text = finished[reference]?.value.text ?? ""
      let number = numbers[text] ?? numbers.count
      numbers[text] = number
      texts[reference] = number
      return .text(number)
    default: return .other(reference)
    }
  }

  private func place(_ tensor: PickleTensor) throws -> StoredTensor {
    let storage = tensor.storage
    let place = try resolve(storage)
    let unit = (storage.type?.bits ?? 8) / 8
    let name = "in storage \(storage.key)"
    guard let length = storage.count.multiplied(by: unit),
      let start = storage.offset.multiplied(by: unit)?.adding(place.range.lowerBound),
      let end = start.adding(length), end <= place.range.upperBound
    else {
      throw malformed(
        "a storage (\(storage.key)) of \(storage.count) elements in \(place.range.count) bytes")
    }
    guard let offset = tensor.offset.multiplied(by: tensor.type.bits / 8)?.adding(start),
      let result = StoredTensor(
        name: name, type: tensor.type, layout: tensor.layout, bytes: place.bytes, offset: offset,
        limits: start..<end, isBigEndian: place.isBigEndian)
    else {
      throw malformed("a tensor of shape \(tensor.layout.shape) beyond its storage \(storage.key)")
    }
    return result
  }

  private mutating func convert(_ array: PickleArray, depth: Int) throws -> Converted {
    if array.type.holdsObjects, case .list(let items) = nodes[array.data] {
      return try convert(items, depth: depth) { .list($0) }
    }
    guard let type = array.type.storedType else {
      return Converted(value: .opaque("numpy array of \(array.type.code)"))
    }
    let bytes: FileBytes
    if let known = copies[array.data] {
      bytes = known
    } else {
      switch nodes[array.data] {
      case .bytes(let content), .byteString(let content):
        bytes = FileBytes(copying: content, path: path)
      default: throw malformed("a numpy array without bytes")
      }
      copies[array.data] = bytes
    }
    guard let length = array.layout.count.multiplied(by: type.bits / 8), length == bytes.count,
      let tensor = StoredTensor(
        name: "numpy array", type: type, layout: array.layout, bytes: bytes, offset: 0,
        limits: 0..<length, isBigEndian: array.type.isBigEndian)
    else {
      throw malformed("a numpy array of shape \(array.layout.shape) in \(bytes.count) bytes")
    }
    return Converted(value: .tensor(tensor))
  }

  private func malformed(_ problem: String) -> WeightsError {
    .malformed(path: path, format: PickleMachine.format, problem: problem)
  }
}

// The plain data that a pickle describes, without anything that could run.

/// A value from a PyTorch archive.
///
/// Python's classes are reduced to what they hold: an `OrderedDict`, a `Namespace` and a TorchScript
/// module are dictionaries, a `torch.Size` is a tuple, a path or a device is a string.
public enum PickleValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer beyond 64 bits, in two's complement, little-endian.
  case largeInteger([UInt8])
  case float(Double)
  case string(String)
  case bytes([UInt8])
  case list([PickleValue])
  case tuple([PickleValue])
  case dictionary(PickleDictionary)
  /// A PyTorch tensor or a numpy array.
  indirect case tensor(StoredTensor)
  /// Something harmless that has no plain value, by its Python name.
  case opaque(String)

  /// The value at a string key of a dictionary, or nil.
  public subscript(key: String) -> PickleValue? {
    if case .dictionary(let dictionary) = self { dictionary[key] } else { nil }
  }

  /// The number, where the value is one; booleans count as 0 and 1.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The whole number, where the value is one.
  public var integer: Int? {
    if case .int(let value) = self { value } else { nil }
  }

  /// The text, where the value is one.
  public var text: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The items of a list or tuple, or nil.
  public var items: [PickleValue]? {
    switch self {
    case .list(let items), .tuple(let items): items
    default: nil
    }
  }

  /// The tensor or array, where the value is one.
  public var tensor: StoredTensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }

  /// The dictionary, where the value is one.
  public var dictionary: PickleDictionary? {
    if case .dictionary(let dictionary) = self { dictionary } else { nil }
  }
}

/// A Python dictionary in the order of insertion.
public struct PickleDictionary: Sendable {
  /// One key with its value.
  public struct Entry: Sendable {
    public let key: PickleValue
    public internal(set) var value: PickleValue
  }

  /// The entries in the order in which their keys first came; each key comes once.
  public let entries: [Entry]

  /// The value at a string key, found by looking through the entries.
  public subscript(key: String) -> PickleValue? {
    entries.first { $0.key.text == key }?.value
  }
}

extension PickleValue {
  /// The part of a dotted name that this value gives as a key, or nil where it can give none.
  var keyText: String? {
    switch self {
    case .string(let text): text
    case .int(let number): String(number)
    case .bool(let value): value ? "True" : "False"
    case .none: "None"
    default: nil
    }
  }

  /// The value at a dotted path, where keys that contain dots themselves are tried first.
  func value(at path: String) -> PickleValue? {
    if let direct = self[path] { return direct }
    guard let dot = path.firstIndex(of: ".") else { return child(path) }
    return child(String(path[..<dot]))?.value(at: String(path[path.index(after: dot)...]))
  }

  private func child(_ key: String) -> PickleValue? {
    switch self {
    case .dictionary(let dictionary): dictionary.entries.first { $0.key.keyText == key }?.value
    case .list(let items), .tuple(let items):
      Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
    default: nil
    }
  }
}

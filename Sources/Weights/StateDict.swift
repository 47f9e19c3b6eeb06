// A flat table of tensors: what a model reads, found inside whatever a checkpoint wraps around it.

/// Tensors by their dotted names, in the order of the file.
public struct StateDict: Sendable {
  /// The key at which the tensors were found, or nil for the whole file.
  public let key: String?
  /// The names in the order of the file.
  public let names: [String]
  /// The tensors by name.
  public let tensors: [String: StoredTensor]

  /// The tensor of a name, or nil.
  public subscript(name: String) -> StoredTensor? { tensors[name] }

  init(key: String?, _ list: [StoredTensor]) {
    self.key = key
    names = list.map(\.name)
    tensors = Dictionary(list.map { ($0.name, $0) }) { first, _ in first }
  }
}

extension WeightFile {
  private static let usualKeys = [
    "state_dict", "model_state_dict", "model_state", "model", "network_weights", "weights", "net",
    "network", "ema", "ema_state_dict", "params", "module",
  ]

  /// The tensors of the model inside a checkpoint.
  ///
  /// Without a key, a checkpoint that wraps its tensors is opened at the first of the usual keys
  /// (`state_dict`, `model_state_dict`, `model`, `network_weights` …) that holds some; a file
  /// that is a plain table of tensors, a safetensors file and TorchScript are taken whole.
  /// - Parameter key: A dotted path such as `ema.model`; names lose it.
  /// - Returns: The tensors with the key that held them.
  /// - Throws: ``WeightsError/noStateDict(path:key:candidates:)`` with the keys that hold tensors.
  public func stateDict(at key: String? = nil) throws -> StateDict {
    if let key {
      let list = try tensors(at: key)
      guard !list.isEmpty else {
        throw WeightsError.noStateDict(path: path, key: key, candidates: candidates)
      }
      return StateDict(key: key, list)
    }
    if let dictionary = root?.dictionary, format != .torchScript {
      for key in Self.usualKeys {
        guard let value = dictionary[key], value.dictionary != nil else { continue }
        let list = try Flattening.tensors(of: value, path: path, fileSize: size)
        if !list.isEmpty { return StateDict(key: key, list) }
      }
      guard dictionary.entries.contains(where: { $0.value.tensor != nil }) else {
        throw WeightsError.noStateDict(path: path, key: nil, candidates: candidates)
      }
    }
    guard !names.isEmpty else {
      throw WeightsError.noStateDict(path: path, key: nil, candidates: candidates)
    }
    return StateDict(key: nil, names.compactMap { tensors[$0] })
  }

  private func tensors(at key: String) throws -> [StoredTensor] {
    if let root {
      guard let value = root.value(at: key), value.tensor == nil else { return [] }
      return try Flattening.tensors(of: value, path: path, fileSize: size)
    }
    let prefix = key + "."
    return names.filter { $0.hasPrefix(prefix) }.compactMap {
      tensors[$0]?.named(String($0.dropFirst(prefix.count)))
    }
  }

  /// The top-level names below which tensors lie.
  private var candidates: [String] {
    var seen: Set<String> = []
    let heads = names.compactMap { name in
      name.firstIndex(of: ".").map { String(name[..<$0]) }
    }
    return Array(heads.filter { seen.insert($0).inserted }.prefix(12))
  }
}

/// Collects the tensors of nested values under dotted names.
enum Flattening {
  /// - Throws: ``WeightsError/malformed(path:format:problem:)`` when two tensors get one name,
  ///   ``WeightsError/excessive(path:what:)`` when the names exceed the file many times.
  static func tensors(
    of value: PickleValue, path: String, fileSize: Int
  ) throws -> [StoredTensor] {
    var budget = 64 * min(fileSize, Int.max / 128) + (1 << 16)
    var found: [StoredTensor] = []
    var names: Set<String> = []
    var trail: [String] = []
    func descend(_ value: PickleValue, _ key: String, _ length: Int) throws {
      trail.append(key)
      try visit(value, length + key.utf8.count + 1)
      trail.removeLast()
    }
    func visit(_ value: PickleValue, _ length: Int) throws {
      switch value {
      case .tensor(let tensor):
        budget -= length
        guard budget >= 0 else {
          throw WeightsError.excessive(path: path, what: "its names are longer than the file")
        }
        let name = trail.joined(separator: ".")
        guard names.insert(name).inserted else {
          throw WeightsError.malformed(
            path: path, format: "checkpoint", problem: "two tensors are called \(name)")
        }
        found.append(tensor.named(name))
      case .list(let items), .tuple(let items):
        for (index, item) in items.enumerated() {
          try descend(item, String(index), length)
        }
      case .dictionary(let dictionary):
        for entry in dictionary.entries {
          guard let key = entry.key.keyText else { continue }
          try descend(entry.value, key, length)
        }
      default: break
      }
    }
    try visit(value, 0)
    return found
  }
}

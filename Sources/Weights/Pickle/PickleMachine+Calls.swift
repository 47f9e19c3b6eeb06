// The pickle instructions that would call Python, reduced to building data from their arguments.

extension PickleMachine {
  /// Runs `opcode` when it names, calls or builds something, else returns false.
  mutating func runCall(_ opcode: PickleOpcode, at offset: Int) throws -> Bool {
    switch opcode {
    case .global:
      let module = String(decoding: try reader.line(), as: UTF8.self)
      let name = String(decoding: try reader.line(), as: UTF8.self)
      stack.append(try resolve(module: module, name: name, at: offset))
    case .stackGlobal:
      let nameReference = try pop()
      let moduleReference = try pop()
      guard let module = text(moduleReference), let name = text(nameReference) else {
        throw malformed("a name of no text")
      }
      try charge((module.utf8.count + name.utf8.count) / 64)
      stack.append(try resolve(module: module, name: name, at: offset))
    case .reduce, .newObject:
      let arguments = try pop()
      try call(try pop(), arguments)
    case .newObjectWithKeywords:
      _ = try pop()
      let arguments = try pop()
      try call(try pop(), arguments)
    case .instance:
      let module = String(decoding: try reader.line(), as: UTF8.self)
      let name = String(decoding: try reader.line(), as: UTF8.self)
      let callee = try resolve(module: module, name: name, at: offset)
      try call(callee, add(.tuple(try popToMark())))
    case .object:
      let parts = try popToMark()
      guard let callee = parts.first else { throw malformed("an object without class") }
      try call(callee, add(.tuple(Array(parts.dropFirst()))))
    case .build:
      let state = try pop()
      try build(try top(), state)
    case .binPersistentID: push(.storage(try storage(try pop())))
    case .persistentID:
      throw malformed("a persistent name in text form")
    default: return false
    }
    return true
  }

  private mutating func call(_ callee: PickleReference, _ tuple: PickleReference) throws {
    guard case .global(let global) = nodes[callee], let arguments = items(tuple) else {
      throw malformed("a call of something that is no name")
    }
    switch global {
    case .dictionary:
      push(.dictionary(try pairs(arguments.first), isObject: false))
    case .defaultDictionary:
      push(.dictionary(try pairs(arguments.dropFirst().first), isObject: false))
    case .namespace, .module: push(.dictionary([], isObject: true))
    case .list: push(.list(try copy(arguments.first)))
    case .tuple: push(.tuple(try copy(arguments.first)))
    case .bytes: try callBytes(arguments)
    case .path(let separator): push(.string(try path(arguments, separator)))
    case .encode: try encode(arguments)
    case .device:
      let parts = arguments.compactMap { text($0) ?? size($0).map(String.init) }
      try charge(parts.reduce(0) { $0 + $1.utf8.count })
      push(.string(parts.joined(separator: ":")))
    case .rebuildTensor: push(.tensor(try tensor(arguments, isTyped: false)))
    case .rebuildTypedTensor: push(.tensor(try tensor(arguments, isTyped: true)))
    case .rebuildParameter, .identity:
      guard let value = arguments.first else { throw malformed("a call without argument") }
      stack.append(value)
    case .rebuildFromType:
      guard arguments.count >= 3, case .global(let function) = nodes[arguments[0]],
        case .mention = try mention(arguments[1])
      else { throw malformed("a tensor of no known class") }
      switch function {
      case .rebuildTensor, .rebuildTypedTensor, .rebuildParameter:
        try call(arguments[0], arguments[2])
      default: throw malformed("a tensor that no tensor function builds")
      }
    case .reconstructArray: push(.array(nil))
    case .arrayFromBuffer: push(.array(try arrayFromBuffer(arguments)))
    case .numpyScalar: try numpyScalar(arguments)
    case .numpyType:
      guard let name = arguments.first.flatMap(text) else {
        throw malformed("a numpy type without name")
      }
      try charge(name.utf8.count)
      push(.numpyType(NumpyType(name)))
    case .storage, .elementType, .mention:
      throw malformed("a call of a class that is only data here")
    }
  }

  private func mention(_ reference: PickleReference) throws -> PickleGlobal {
    guard case .global(let global) = nodes[reference] else { throw malformed("no class") }
    return global
  }

  /// Sets the state of an object that a call left unfinished.
  private mutating func build(_ target: PickleReference, _ state: PickleReference) throws {
    switch nodes[target] {
    case .dictionary(_, isObject: true):
      if case .dictionary(let pairs, _) = nodes[state] {
        try charge(pairs.count)
        try set(pairs, in: target)
      } else {
        try set([.init(key: add(.string("state")), value: state)], in: target)
      }
    case .dictionary, .tensor: break  // attributes such as _metadata, which hold no weights
    case .numpyType(var type):
      if let parts = items(state), parts.count > 1, let order = text(parts[1]) {
        type.isBigEndian = order == ">"
        nodes[target] = .numpyType(type)
      }
    case .array(nil): nodes[target] = .array(try array(state))
    default: throw malformed("a state for something that has none")
    }
  }

  private mutating func copy(_ source: PickleReference?) throws -> [PickleReference] {
    guard let source else { return [] }
    guard let items = items(source) else { throw malformed("a list made of no items") }
    try charge(items.count)
    return items
  }

  private mutating func pairs(_ source: PickleReference?) throws -> [PickleNode.Pair] {
    guard let source else { return [] }
    if case .dictionary(let pairs, _) = nodes[source] {
      try charge(pairs.count)
      return pairs
    }
    return try copy(source).map { item in
      guard let pair = items(item), pair.count == 2 else {
        throw malformed("a dictionary made of no pairs")
      }
      return .init(key: pair[0], value: pair[1])
    }
  }

  private mutating func path(_ parts: [PickleReference], _ separator: String) throws -> String {
    let names = parts.compactMap(text)
    guard names.count == parts.count else { throw malformed("a path made of no text") }
    try charge(names.reduce(0) { $0 + $1.utf8.count })
    guard let first = names.first, first.hasSuffix(separator) else {
      return names.joined(separator: separator)
    }
    return first + names.dropFirst().joined(separator: separator)
  }

  private mutating func callBytes(_ arguments: [PickleReference]) throws {
    guard let source = arguments.first else { return push(.bytes([])) }
    if let bytes = raw(source) { return push(.bytes(bytes)) }
    if text(source) != nil { return try encode(arguments) }
    push(
      .bytes(
        try copy(source).map {
          guard let byte = size($0).flatMap(UInt8.init(exactly:)) else {
            throw malformed("bytes made of no bytes")
          }
          return byte
        }))
  }

  /// `_codecs.encode(text, 'latin1')`, by which protocol 2 writes bytes.
  private mutating func encode(_ arguments: [PickleReference]) throws {
    guard let source = arguments.first, let text = text(source) else {
      throw malformed("an encoding of no text")
    }
    if let known = encoded[source] { return stack.append(known) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else {
        throw malformed("bytes written as text beyond Latin-1")
      }
      bytes.append(byte)
    }
    let result = add(.bytes(bytes))
    encoded[source] = result
    stack.append(result)
  }
}

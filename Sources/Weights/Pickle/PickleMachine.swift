// Runs the instructions of a pickle without Python: it stacks data and can do nothing else.

/// Reads one pickle into an arena of nodes, in time and memory linear in its length.
struct PickleMachine {
  static let format = "pickle"
  static let none: PickleReference = 0
  static let yes: PickleReference = 1
  static let no: PickleReference = 2

  var reader: ByteReader
  var nodes: [PickleNode] = [.none, .bool(true), .bool(false)]
  var stack: [PickleReference] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleReference] = [:]
  /// How many items calls may still copy; a pickle copies about as many as it has bytes.
  var budget: Int
  var encoded: [PickleReference: PickleReference] = [:]
  private let allowsModules: Bool

  /// Starts at a range of the file; `__torch__.` classes are dictionaries where allowed at all.
  init(_ bytes: FileBytes, range: Range<Int>, allowsModules: Bool = false) {
    reader = ByteReader(bytes, format: Self.format, range: range)
    budget = 16 * reader.remaining + 4096
    self.allowsModules = allowsModules
  }

  /// Reads up to the STOP instruction and returns the value it leaves.
  ///
  /// - Throws: ``WeightsError``.
  mutating func run() throws -> PickleReference {
    while true {
      let offset = reader.offset
      let byte = try reader.byte()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw WeightsError.unknownOpcode(path: reader.bytes.path, opcode: byte, offset: offset)
      }
      if opcode == .stop { return try pop() }
      guard try runScalar(opcode) || runContainer(opcode) || runCall(opcode, at: offset) else {
        throw WeightsError.unknownOpcode(path: reader.bytes.path, opcode: byte, offset: offset)
      }
    }
  }

  // MARK: Stack

  mutating func add(_ node: PickleNode) -> PickleReference {
    nodes.append(node)
    return nodes.count - 1
  }

  mutating func push(_ node: PickleNode) { stack.append(add(node)) }

  mutating func pop() throws -> PickleReference {
    guard stack.count > (marks.last ?? 0), let top = stack.popLast() else {
      throw malformed("nothing left on its stack")
    }
    return top
  }

  func top() throws -> PickleReference {
    guard stack.count > (marks.last ?? 0), let top = stack.last else {
      throw malformed("nothing left on its stack")
    }
    return top
  }

  mutating func popToMark() throws -> [PickleReference] {
    guard let mark = marks.popLast() else { throw malformed("an end without MARK") }
    let items = Array(stack[mark...])
    stack.removeLast(stack.count - mark)
    return items
  }

  func malformed(_ problem: String) -> WeightsError {
    reader.malformed("\(problem) at byte \(reader.offset)")
  }

  /// Counts items that an instruction copies beyond those it reads.
  mutating func charge(_ items: Int) throws {
    budget -= items
    guard budget >= 0 else {
      throw WeightsError.excessive(
        path: reader.bytes.path, what: "its pickle copies the same values again and again")
    }
  }

  // MARK: Containers, memo

  private mutating func runContainer(_ opcode: PickleOpcode) throws -> Bool {
    switch opcode {
    case .mark: marks.append(stack.count)
    case .pop:
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .dup: stack.append(try top())
    case .emptyTuple: push(.tuple([]))
    case .tuple: push(.tuple(try popToMark()))
    case .tuple1: push(.tuple([try pop()]))
    case .tuple2:
      let second = try pop()
      push(.tuple([try pop(), second]))
    case .tuple3:
      let third = try pop()
      let second = try pop()
      push(.tuple([try pop(), second, third]))
    case .emptyList, .emptySet: push(.list([]))
    case .list, .frozenSet: push(.list(try popToMark()))
    case .emptyDict: push(.dictionary([], isObject: false))
    case .dict:
      // In two steps here and below: one expression would copy the machine with its stack.
      let items = try popToMark()
      push(.dictionary(try pairs(items), isObject: false))
    case .append:
      let item = try pop()
      try append([item], to: try top())
    case .appends, .addItems:
      let items = try popToMark()
      try append(items, to: try top())
    case .setItem:
      let value = try pop()
      let key = try pop()
      try set([.init(key: key, value: value)], in: try top())
    case .setItems:
      let items = try popToMark()
      let entries = try pairs(items)
      let target = try top()
      try set(entries, in: target)
    case .put: memo[try decimal(try reader.line())] = try top()
    case .binPut: memo[Int(try reader.byte())] = try top()
    case .longBinPut: memo[try reader.length(UInt32.self)] = try top()
    case .memoize: memo[memo.count] = try top()
    case .get: try recall(try decimal(try reader.line()))
    case .binGet: try recall(Int(try reader.byte()))
    case .longBinGet: try recall(try reader.length(UInt32.self))
    case .proto:
      let version = try reader.byte()
      guard version <= 5 else { throw malformed("protocol \(version), expected 0 to 5") }
    case .frame:
      guard try reader.length(UInt64.self) <= reader.remaining else {
        throw malformed("a frame beyond its end")
      }
    default: return false
    }
    return true
  }

  private mutating func recall(_ index: Int) throws {
    guard let reference = memo[index] else { throw malformed("nothing memorised as \(index)") }
    stack.append(reference)
  }

  private func pairs(_ items: [PickleReference]) throws -> [PickleNode.Pair] {
    guard items.count.isMultiple(of: 2) else { throw malformed("a key without value") }
    return stride(from: 0, to: items.count, by: 2).map {
      .init(key: items[$0], value: items[$0 + 1])
    }
  }

  private mutating func append(
    _ items: [PickleReference], to target: PickleReference
  ) throws {
    guard case .list(var list) = nodes[target] else { throw malformed("items for no list") }
    nodes[target] = .none  // so that the list has one owner and grows in place
    list += items
    nodes[target] = .list(list)
  }

  mutating func set(_ pairs: [PickleNode.Pair], in target: PickleReference) throws {
    guard case .dictionary(var entries, let isObject) = nodes[target] else {
      throw malformed("entries for no dictionary")
    }
    nodes[target] = .none
    entries += pairs
    nodes[target] = .dictionary(entries, isObject: isObject)
  }

  // MARK: Names

  /// Resolves a Python name against the list of those that only build data.
  mutating func resolve(module: String, name: String, at offset: Int) throws -> PickleReference {
    if let global = PickleGlobal(module: module, name: name, allowsModules: allowsModules) {
      return add(.global(global))
    }
    if PickleGlobal.isQuantised(module: module, name: name) {
      throw WeightsError.unsupported(
        path: reader.bytes.path, feature: "the quantised storage \(module).\(name)",
        remedy: "dequantise the model before saving it")
    }
    let spelled = "\(module).\(name)".filter { !$0.isNewline }
    throw WeightsError.forbiddenGlobal(
      path: reader.bytes.path, global: String(spelled.prefix(200)), offset: offset)
  }
}

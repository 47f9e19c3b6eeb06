// How a pickle describes PyTorch tensors and numpy arrays, with every number checked.

extension PickleMachine {
  /// `('storage', type, key, location, count[, view])`.
  mutating func storage(_ identifier: PickleReference) throws -> PickleStorage {
    guard let parts = items(identifier), parts.count >= 5, text(parts[0]) == "storage",
      case .global(.storage(let type)) = nodes[parts[1]],
      let key = text(parts[2]) ?? size(parts[2]).map(String.init), var count = size(parts[4])
    else { throw malformed("a persistent name of no storage") }
    try charge(key.utf8.count / 16)
    var offset = 0
    if parts.count > 5, let view = items(parts[5]) {
      guard view.count == 3, let start = size(view[1]), let length = size(view[2]) else {
        throw malformed("a storage view without bounds")
      }
      offset = start
      count = length
    }
    return PickleStorage(key: key, type: type, offset: offset, count: count)
  }

  /// `(storage, offset, shape, strides[, requires_grad, hooks[, dtype]])`.
  mutating func tensor(_ arguments: [PickleReference], isTyped: Bool) throws -> PickleTensor {
    guard arguments.count >= (isTyped ? 7 : 4), case .storage(let storage) = nodes[arguments[0]],
      let offset = size(arguments[1])
    else { throw malformed("a tensor without storage") }
    var type = storage.type
    if isTyped, case .global(.elementType(let stated, name: _)) = nodes[arguments[6]] {
      type = stated
    }
    guard let type else { throw malformed("a tensor without type") }
    guard let layout = try layout(arguments[2], strides: arguments[3]) else {
      throw malformed("a tensor whose shape or strides are no sizes")
    }
    return PickleTensor(storage: storage, type: type, layout: layout, offset: offset)
  }

  /// `(version, shape, type, is Fortran, data)`, the state of `numpy.ndarray`.
  mutating func array(_ state: PickleReference) throws -> PickleArray {
    guard let parts = items(state), parts.count == 5,
      case .bool(let isFortran) = truth(parts[3])
    else { throw malformed("a numpy array without state") }
    return try array(shape: parts[1], type: parts[2], isFortran: isFortran, data: parts[4])
  }

  /// `(buffer, type, shape, order)`, numpy's form for protocol 5.
  mutating func arrayFromBuffer(_ arguments: [PickleReference]) throws -> PickleArray {
    guard arguments.count == 4 else { throw malformed("a numpy array without state") }
    return try array(
      shape: arguments[2], type: arguments[1], isFortran: text(arguments[3]) == "F",
      data: arguments[0])
  }

  /// `(type, bytes)`, a number of numpy.
  mutating func numpyScalar(_ arguments: [PickleReference]) throws {
    guard arguments.count == 2, case .numpyType(let type) = nodes[arguments[0]] else {
      throw malformed("a numpy scalar without type")
    }
    if type.holdsObjects { return stack.append(arguments[1]) }
    guard let bytes = raw(arguments[1]) else { throw malformed("a numpy scalar without bytes") }
    try charge(bytes.count)
    push(type.scalar(bytes) ?? .opaque("numpy scalar of \(type.code)"))
  }

  private mutating func array(
    shape: PickleReference, type: PickleReference, isFortran: Bool, data: PickleReference
  ) throws -> PickleArray {
    guard case .numpyType(let type) = nodes[type], let axes = items(shape),
      axes.count <= StridedLayout.highestRank
    else { throw malformed("a numpy array without type or shape") }
    let sizes = axes.compactMap(size)
    guard sizes.count == axes.count,
      let layout = StridedLayout(contiguous: sizes, isFortran: isFortran)
    else { throw malformed("a numpy array whose shape holds no sizes") }
    try charge(sizes.count)
    return PickleArray(type: type, layout: layout, data: data)
  }

  private mutating func layout(
    _ shape: PickleReference, strides: PickleReference
  ) throws -> StridedLayout? {
    guard let axes = items(shape), let steps = items(strides),
      axes.count <= StridedLayout.highestRank, steps.count == axes.count
    else { return nil }
    try charge(2 * axes.count)
    let sizes = axes.compactMap(size)
    return StridedLayout(shape: sizes, strides: steps.compactMap(size))
  }

  private func truth(_ reference: PickleReference) -> PickleNode {
    switch nodes[reference] {
    case .int(let value): .bool(value != 0)
    case let node: node
    }
  }
}

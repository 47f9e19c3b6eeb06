// Which elements of a storage a tensor touches, computed so that no number in a file can overflow.

extension Int {
  func adding(_ other: Int) -> Int? {
    let (value, overflow) = addingReportingOverflow(other)
    return overflow ? nil : value
  }

  func multiplied(by other: Int) -> Int? {
    let (value, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? nil : value
  }
}

/// Shape and strides, in elements, of a view into a storage.
struct StridedLayout: Sendable, Equatable {
  static let highestRank = 64

  let shape: [Int]
  let strides: [Int]
  let count: Int

  /// Fails when a size or stride is negative, the ranks differ, or the count overflows.
  init?(shape: [Int], strides: [Int]) {
    guard shape.count == strides.count, shape.count <= Self.highestRank,
      strides.allSatisfy({ $0 >= 0 }), let count = Self.count(of: shape)
    else { return nil }
    self.shape = shape
    self.strides = strides
    self.count = count
  }

  /// Row-major, or column-major where `isFortran`.
  init?(contiguous shape: [Int], isFortran: Bool = false) {
    guard shape.count <= Self.highestRank, Self.count(of: shape) != nil else { return nil }
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for axis in isFortran ? Array(shape.indices) : shape.indices.reversed() {
      strides[axis] = step
      step *= max(1, shape[axis])
    }
    self.init(shape: shape, strides: strides)
  }

  /// The product of the sizes, where a zero does not excuse an overflow of the others.
  static func count(of shape: [Int]) -> Int? {
    var product = 1
    for size in shape {
      guard size >= 0, let next = product.multiplied(by: Swift.max(1, size)) else { return nil }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// How many elements of storage the view spans from its first one, or nil on overflow.
  var span: Int? {
    guard count > 0 else { return 0 }
    var last = 0
    for (size, stride) in zip(shape, strides) {
      guard let reach = (size - 1).multiplied(by: stride), let sum = last.adding(reach)
      else { return nil }
      last = sum
    }
    return last.adding(1)
  }

  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard count == 0 || stride == expected else { return false }
      expected *= Swift.max(1, size)
    }
    return true
  }

  /// Copies the view row by row; `source` must hold `span` elements, `target` must hold `count`.
  func gather(
    from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, width: Int
  ) {
    var axes = zip(shape, strides).filter { $0.0 != 1 }
    var run = width
    while let (size, stride) = axes.last, stride * width == run {
      run *= size
      axes.removeLast()
    }
    var index = [Int](repeating: 0, count: axes.count)
    var position = 0
    var written = 0
    while written < count * width {
      let piece = UnsafeRawBufferPointer(rebasing: source[position..<position + run])
      UnsafeMutableRawBufferPointer(rebasing: target[written..<written + run]).copyMemory(
        from: piece)
      written += run
      var axis = axes.count - 1
      while axis >= 0 {
        index[axis] += 1
        position += axes[axis].1 * width
        if index[axis] < axes[axis].0 { break }
        position -= axes[axis].0 * axes[axis].1 * width
        index[axis] = 0
        axis -= 1
      }
    }
  }
}

// What can be done with voxels whatever their type is, compiled for each type.

extension Voxels {
  /// Values, over all voxels and channels.
  public var count: Int { apply(Count()) }

  /// All values as 32-bit floating point numbers; integers beyond 2²⁴ are rounded.
  public var floats: [Float] {
    if case .float32(let values) = self { return values }
    return apply(Floats())
  }

  /// All values as 64-bit floating point numbers, exactly.
  public var doubles: [Double] {
    if case .float64(let values) = self { return values }
    return apply(Doubles())
  }

  /// One channel of interleaved ones.
  func channel(_ channel: Int, of channels: Int) -> Voxels {
    channels == 1 ? self : apply(Channel(index: channel, count: channels))
  }

  /// The value at a place of the array, or nil beyond its end.
  func value(at place: Int) -> Double? { apply(Value(place: place)) }

  /// The same values in another order.
  func moved(_ layout: MoveLayout) -> Voxels { apply(Move(layout: layout)) }

  /// Values that are NaN or infinite.
  var nonFiniteCount: Int {
    switch self {
    case .float32(let values): values.nonFiniteCount
    case .float64(let values): values.nonFiniteCount
    default: 0
    }
  }

  /// Figures over the finite values.
  var moments: Moments { apply(Summary()) }

  /// Lends the memory of the values.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch self {
    case .uint8(let values): try values.withUnsafeBytes(body)
    case .int8(let values): try values.withUnsafeBytes(body)
    case .uint16(let values): try values.withUnsafeBytes(body)
    case .int16(let values): try values.withUnsafeBytes(body)
    case .uint32(let values): try values.withUnsafeBytes(body)
    case .int32(let values): try values.withUnsafeBytes(body)
    case .float32(let values): try values.withUnsafeBytes(body)
    case .float64(let values): try values.withUnsafeBytes(body)
    }
  }

  /// Calls an operation with the array itself, so that the compiler makes a version for each type; an
  /// existential would leave one that asks for its element type at every voxel.
  private func apply<Operation: VoxelOperation>(_ operation: Operation) -> Operation.Output {
    switch self {
    case .uint8(let values): operation(values)
    case .int8(let values): operation(values)
    case .uint16(let values): operation(values)
    case .int16(let values): operation(values)
    case .uint32(let values): operation(values)
    case .int32(let values): operation(values)
    case .float32(let values): operation(values)
    case .float64(let values): operation(values)
    }
  }
}

/// Something done with an array of voxel values.
private protocol VoxelOperation {
  associatedtype Output
  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> Output
}

private struct Count: VoxelOperation {
  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> Int { values.count }
}

private struct Floats: VoxelOperation {
  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> [Float] {
    values.converted { $0.float }
  }
}

private struct Doubles: VoxelOperation {
  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> [Double] {
    values.converted { $0.double }
  }
}

private struct Value: VoxelOperation {
  let place: Int

  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> Double? {
    values.indices.contains(place) ? values[place].double : nil
  }
}

private struct Channel: VoxelOperation {
  let index: Int
  let count: Int

  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> Voxels {
    let voxels = values.count / count
    return Scalar.voxels(
      values.withUnsafeBufferPointer { source in
        [Scalar](unsafeUninitializedCapacity: voxels) { target, written in
          for voxel in 0..<voxels {
            target.initializeElement(at: voxel, to: source[voxel * count + index])
          }
          written = voxels
        }
      })
  }
}

private struct Move: VoxelOperation {
  let layout: MoveLayout

  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> Voxels {
    Scalar.voxels(values.moved(layout))
  }
}

private struct Summary: VoxelOperation {
  func callAsFunction<Scalar: VoxelScalar>(_ values: [Scalar]) -> Moments { values.moments() }
}

extension Array where Element: VoxelScalar {
  @inline(__always)
  fileprivate func converted<Number>(_ convert: (Element) -> Number) -> [Number] {
    withUnsafeBufferPointer { source in
      [Number](unsafeUninitializedCapacity: source.count) { target, written in
        for place in source.indices {
          target.initializeElement(at: place, to: convert(source[place]))
        }
        written = source.count
      }
    }
  }

  func moments() -> Moments {
    withUnsafeBufferPointer { values in
      var moments = Moments()
      for value in values {
        let number = value.double
        if number.isFinite { moments.add(number) }
      }
      return moments
    }
  }
}

extension Array where Element: BinaryFloatingPoint {
  fileprivate var nonFiniteCount: Int { reduce(0) { $1.isFinite ? $0 : $0 + 1 } }
}

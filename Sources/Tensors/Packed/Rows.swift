// Rows of float32 in memory of our own: what packed layers read and write, a few rows at a time.

import CKernels

/// A row-major matrix that several threads fill, each its own rows.
public final class Rows: @unchecked Sendable {
  // Safe because callers give each thread rows of its own to write; see `inBlocks`.
  public let count: Int
  /// Values of a row.
  public let width: Int
  let start: UnsafeMutablePointer<Float>
  /// Whose memory this is, when it is not its own.
  private let owner: Rows?

  /// Rows whose values are not yet set.
  public init(count: Int, width: Int) {
    self.count = count
    self.width = width
    owner = nil
    start = UnsafeMutableRawPointer.allocate(
      byteCount: max(64, count * width * MemoryLayout<Float>.stride), alignment: 64
    ).bindMemory(to: Float.self, capacity: max(1, count * width))
  }

  /// The elements of `tensor`, `width` in a row.
  public convenience init(_ tensor: Tensor, width: Int) throws {
    self.init(count: tensor.count / width, width: width)
    try tensor.withFloats { values in
      if let from = values.baseAddress { start.update(from: from, count: values.count) }
    }
  }

  init(sharing owner: Rows, count: Int, width: Int) {
    (self.count, self.width, self.owner) = (count, width, owner)
    start = owner.start
  }

  deinit { if owner == nil { start.deallocate() } }

  /// The same values in more and shorter rows.
  public func divided(by parts: Int) -> Rows {
    Rows(sharing: self, count: count * parts, width: width / parts)
  }

  func row(_ index: Int) -> UnsafeMutablePointer<Float> { start + index * width }

  /// The rows as a tensor of `shape`.
  public func tensor(_ shape: [Int]) throws -> Tensor {
    guard shape.reduce(1, *) == count * width else {
      throw TensorError.mismatch("\(count) rows of \(width) do not fill \(shape)")
    }
    return try Tensor.writing(shape) { target in
      target.baseAddress?.update(from: start, count: count * width)
    }
  }

  /// Calls `body` with the ranges of a division of 0 ..< count, on all threads.
  public static func inBlocks(
    _ count: Int, of size: Int, _ body: @Sendable (Range<Int>, Scratch) -> Void
  ) {
    let blocks = (count + size - 1) / size
    parallel(blocks, grain: 1) { piece in
      ScratchPool.shared.lending { scratch in
        for block in piece {
          body(block * size..<min(count, (block + 1) * size), scratch)
        }
      }
    }
  }
}

/// What happens to a row before it is multiplied: layer normalisation, then an activation.
public struct RowTransform: Sendable {
  public enum Activation: Sendable {
    case none, relu
    /// By the error function.
    case gelu

    var raw: Int32 {
      switch self {
      case .none: Int32(VK_NONE.rawValue)
      case .relu: Int32(VK_RELU.rawValue)
      case .gelu: Int32(VK_GELU)
      }
    }
  }

  private let weight: Constants<Float>?
  private let bias: Constants<Float>?
  private let epsilon: Float
  private let activation: Activation

  var raw: vk_input {
    vk_input(
      norm_weight: weight?.pointer, norm_bias: bias?.pointer, epsilon: epsilon,
      activation: activation.raw)
  }

  public static let gelu = RowTransform(.gelu)

  public init(_ activation: Activation) {
    (weight, bias) = (nil, nil)
    epsilon = 0
    self.activation = activation
  }

  /// Layer normalisation with `weight` and `bias` (C).
  public init(
    weight: Tensor, bias: Tensor, epsilon: Double, then activation: Activation = .none
  ) throws {
    self.weight = Constants(try weight.floats(), zero: 0)
    self.bias = Constants(try bias.floats(), zero: 0)
    self.epsilon = Float(epsilon)
    self.activation = activation
  }

  /// Transforms rows in place.
  public func apply(to x: Rows, _ rows: Range<Int>, unit: MatrixUnit) {
    withUnsafePointer(to: raw) {
      vk_rows_run(
        unit.raw, $0, x.row(rows.lowerBound), Int64(x.width), Int32(x.width), Int32(rows.count),
        x.row(rows.lowerBound), Int64(x.width))
    }
  }
}

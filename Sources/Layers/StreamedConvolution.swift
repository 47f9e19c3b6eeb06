// A convolution that is given a volume in slabs and returns what becomes complete.

public import Tensors

/// A 3×3×3 convolution with zero padding and its activation, fed plane by plane.
///
/// It keeps the last 2 × dilation planes that it was given, which is all it needs to go on; nothing is
/// computed twice. On processors with a kernel of ours that computes it, elsewhere libtorch does.
public struct StreamedConvolution {
  private let convolution: Convolution
  private let activation: Activation
  private let packed: PackedConvolution?
  private let scratch: ConvolutionScratch
  private let reach: Int
  /// The planes that the next slab needs in front of it; `nil` before the first.
  private var tail: Tensor?

  /// Starts at the first plane of a volume. Without `vectors` libtorch computes, which is the reference.
  public init(
    _ convolution: Convolution, _ activation: Activation, scratch: ConvolutionScratch,
    vectors: Processor.Vectors? = Processor.current.widestVectors
  ) throws {
    self.convolution = convolution
    self.activation = activation
    self.scratch = scratch
    let reach = convolution.dilation[0]
    self.reach = reach
    let fused: FusedActivation? =
      switch activation {
      case .none: FusedActivation.none
      case .relu: .relu
      case .elu: .elu
      default: nil
      }
    packed = try fused.flatMap {
      try PackedConvolution(
        weight: convolution.weight, bias: convolution.bias, dilation: reach, activation: $0,
        vectors: vectors)
    }
  }

  /// Takes the next planes (1, C, planes, H, W); the last call also takes the border behind them.
  public mutating func advance(_ slab: Tensor?, isLast: Bool) throws -> Tensor? {
    guard slab != nil || isLast else { return nil }
    let before = tail == nil ? reach : 0
    let behind = isLast ? reach : 0
    let parts = [tail, slab].compactMap(\.self)
    let depth = before + parts.reduce(0) { $0 + $1.size(2) } + behind
    // Before the first complete plane the border in front counts as planes of the tail.
    defer { if isLast { tail = nil } }
    if depth <= 2 * reach {
      tail = try bordered(parts, before: before, behind: 0)
      return nil
    }
    let result =
      try packed?(parts, before: before, behind: behind, scratch: scratch)
      ?? activation(
        convolution(
          bordered(parts, before: before, behind: behind), padding: [0, reach, reach]))
    if !isLast { tail = try lastPlanes(of: parts, before: before) }
    return result
  }

  private func bordered(_ parts: [Tensor], before: Int, behind: Int) throws -> Tensor {
    guard let first = parts.first else {
      throw TensorError.mismatch("a streamed convolution was given no planes")
    }
    func zeros(_ planes: Int) throws -> [Tensor] {
      if planes == 0 { return [] }
      var shape = first.shape
      shape[2] = planes
      return [try Tensor.full(shape, 0, device: first.device)]
    }
    return try .concatenate(zeros(before) + parts + zeros(behind), axis: 2)
  }

  private func lastPlanes(of parts: [Tensor], before: Int) throws -> Tensor {
    if let slab = parts.last, slab.size(2) >= 2 * reach {
      return try slab.slice(slab.size(2) - 2 * reach..<slab.size(2), axis: 2).contiguous()
    }
    let all = try bordered(parts, before: before, behind: 0)
    return try all.slice(all.size(2) - 2 * reach..<all.size(2), axis: 2).contiguous()
  }
}

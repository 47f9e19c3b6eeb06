// The fast path of dilated 3×3×3 convolutions on x86-64 processors: weights packed once, bias and
// activation fused, borders made once, every core busy.

import CKernels

/// What follows a convolution, in the same pass.
public enum FusedActivation: Sendable {
  case none
  case relu
  /// Exponential linear unit with α = 1.
  case elu
}

/// A 3×3×3 convolution of stride 1 whose weights are laid out for this processor's vector unit.
///
/// Computes in float32 like libtorch, in another order of additions: results differ by rounding alone.
public struct PackedConvolution: Sendable {
  private let weights: [Float]
  private let bias: [Float]
  private let input: Int
  private let output: Int
  private let dilation: Int
  private let activation: FusedActivation
  private let vectors: vk_vectors

  /// Packs weights (out, in, 3, 3, 3) for the vectors given; `nil` for convolutions of another kind, and
  /// where the processor lacks them.
  public init?(
    weight: Tensor, bias: Tensor?, dilation: Int, activation: FusedActivation = .none,
    vectors: Processor.Vectors? = Processor.current.widestVectors
  ) throws {
    guard let vectors, Processor.current.has(vectors), weight.device == .cpu, weight.rank == 5,
      weight.shape[2...] == [3, 3, 3]
    else { return nil }
    let (output, input) = (weight.shape[0], weight.shape[1])
    (self.output, self.input) = (output, input)
    self.dilation = dilation
    self.activation = activation
    self.vectors = vectors == .avx512 ? VK_AVX512 : VK_AVX2
    let packing = self.vectors
    self.bias = try bias?.floats() ?? [Float](repeating: 0, count: output)
    var packed = [Float](
      repeating: 0, count: Int(vk_convolution_packed_count(Int32(input), Int32(output))))
    try weight.withFloats { weight in
      guard let weight = weight.baseAddress else { return }
      vk_convolution_pack(weight, Int32(input), Int32(output), packing, &packed)
    }
    weights = packed
  }

  /// Convolves the planes of `parts` (1, in, planes, H, W), one after the other along depth, with
  /// `before` and `behind` planes of zeros around them; H and W are bordered with zeros.
  ///
  /// The result (1, out, planes − 2 · dilation, H, W) has a plane for each that has all its neighbours.
  public func callAsFunction(
    _ parts: [Tensor], before: Int, behind: Int, scratch: ConvolutionScratch
  ) throws -> Tensor {
    guard let first = parts.first, first.rank == 5, first.shape[1] == input else {
      throw TensorError.mismatch("a convolution of \(input) channels was given another tensor")
    }
    let (rows, columns) = (first.shape[3], first.shape[4])
    let planes = before + parts.reduce(0) { $0 + $1.shape[2] } + behind
    let window = Window(
      channels: input, planes: planes, rows: rows, columns: columns, border: dilation)
    return try scratch.withFloats(window.count) { buffer in
      try window.fill(buffer, with: parts, before: before)
      return try Tensor.writing([1, output, planes - 2 * dilation, rows, columns]) { result in
        run(UnsafePointer(buffer), window, into: result)
      }
    }
  }

  private func run(
    _ window: UnsafePointer<Float>, _ layout: Window, into result: UnsafeMutableBufferPointer<Float>
  ) {
    guard let target = result.baseAddress else { return }
    let planes = layout.planes - 2 * dilation
    let kind: vk_activation =
      switch activation {
      case .none: VK_NONE
      case .relu: VK_RELU
      case .elu: VK_ELU
      }
    weights.withUnsafeBufferPointer { weights in
      bias.withUnsafeBufferPointer { bias in
        guard let weights = weights.baseAddress, let bias = bias.baseAddress else { return }
        let job = Job(
          convolution: vk_convolution(
            input: window, input_channel: Int64(layout.channelStride),
            input_plane: Int64(layout.planeStride), input_row: Int64(layout.rowStride),
            weights: weights, bias: bias, output: target,
            output_channel: Int64(planes * layout.rows * layout.columns),
            output_plane: Int64(layout.rows * layout.columns), output_row: Int64(layout.columns),
            in_channels: Int32(input), out_channels: Int32(output), dilation: Int32(dilation),
            planes: Int32(planes), rows: Int32(layout.rows), columns: Int32(layout.columns),
            activation: kind, vectors: vectors))
        let total = planes * layout.rows
        parallel(total, grain: 8) { job.run($0) }
      }
    }
  }

  /// One convolution's addresses, shared by the threads that divide its rows.
  private struct Job: @unchecked Sendable {
    // Safe because threads read the input and write disjoint rows of the output.
    let convolution: vk_convolution

    func run(_ rows: Range<Int>) {
      withUnsafePointer(to: convolution) {
        vk_convolution_run($0, Int64(rows.lowerBound), Int64(rows.upperBound))
      }
    }
  }
}

/// Memory that one convolution after the other uses for its bordered input.
public final class ConvolutionScratch {
  private var buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)

  public init() {}

  deinit { buffer.deallocate() }

  func withFloats<Result>(
    _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) throws -> Result {
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(capacity: count)
    }
    guard let start = buffer.baseAddress else {
      throw TensorError.outOfMemory(operation: "convolution", message: "\(count) floats")
    }
    return try body(start)
  }
}

/// The layout of a bordered input: zeros around every plane, and a few floats behind the last row.
private struct Window {
  let channels: Int
  let planes: Int
  let rows: Int
  let columns: Int
  let border: Int

  var rowStride: Int { columns + 2 * border }
  var planeStride: Int { (rows + 2 * border) * rowStride }
  var channelStride: Int { planes * planeStride }
  var count: Int { channels * channelStride + Int(VK_OVERREAD) }

  func fill(_ buffer: UnsafeMutablePointer<Float>, with parts: [Tensor], before: Int) throws {
    try Tensor.withFloats(parts) { sources in
      let job = Fill(buffer: buffer, sources: sources, window: self, before: before)
      parallel(channels, grain: 1) { for channel in $0 { job.run(channel) } }
    }
    (buffer + channels * channelStride).update(repeating: 0, count: Int(VK_OVERREAD))
  }

  private struct Fill: @unchecked Sendable {
    // Safe because threads read the sources and write disjoint channels of the buffer.
    let buffer: UnsafeMutablePointer<Float>
    let sources: [UnsafeBufferPointer<Float>]
    let window: Window
    let before: Int

    func run(_ channel: Int) {
      let (rows, columns, border) = (window.rows, window.columns, window.border)
      var target = buffer + channel * window.channelStride
      func zeros(_ count: Int) {
        target.update(repeating: 0, count: count)
        target += count
      }
      zeros(before * window.planeStride)
      var filled = before
      for source in sources {
        guard let start = source.baseAddress else { continue }
        let planes = source.count / (window.channels * rows * columns)
        var from = start + channel * planes * rows * columns
        for _ in 0..<planes {
          zeros(border * window.rowStride)
          for _ in 0..<rows {
            zeros(border)
            target.update(from: from, count: columns)
            target += columns
            from += columns
            zeros(border)
          }
          zeros(border * window.rowStride)
        }
        filled += planes
      }
      zeros((window.planes - filled) * window.planeStride)
    }
  }
}

extension Tensor {
  /// Lends the elements of several tensors at once.
  fileprivate static func withFloats<Result>(
    _ tensors: [Tensor], _ body: ([UnsafeBufferPointer<Float>]) throws -> Result
  ) throws -> Result {
    func next(_ index: Int, _ lent: [UnsafeBufferPointer<Float>]) throws -> Result {
      guard index < tensors.count else { return try body(lent) }
      return try tensors[index].withFloats { try next(index + 1, lent + [$0]) }
    }
    return try next(0, [])
  }
}

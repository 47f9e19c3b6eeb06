// A linear layer whose weights are packed once for this processor's matrix unit.

import CKernels

/// y = W · f(x) + b over rows, in the precision of a matrix unit.
///
/// The relative error (L2 over an output, normally distributed factors) is about 5·10⁻⁴ in int16 and
/// 3·10⁻³ in bf16; tests hold every unit against float64.
public struct PackedLinear: Sendable {
  public let inputs: Int
  public let outputs: Int
  public let unit: MatrixUnit
  private let weights: Constants<UInt16>
  private let scales: Constants<Float>
  private let bias: Constants<Float>?

  var raw: vk_linear {
    vk_linear(
      unit: unit.raw, inputs: Int32(inputs), outputs: Int32(outputs), weights: weights.pointer,
      scales: scales.pointer, bias: bias?.pointer)
  }

  /// Packs a weight (out, in, …) whose further axes count as inputs, and a bias (out).
  public init(weight: Tensor, bias: Tensor?, unit: MatrixUnit) throws {
    try self.init(
      weight: weight.floats(), outputs: weight.size(0), bias: bias?.floats(), unit: unit)
  }

  /// Packs weights in row-major order, one row per output.
  public init(weight: [Float], outputs: Int, bias: [Float]?, unit: MatrixUnit) throws {
    guard outputs > 0, weight.count % outputs == 0, bias.map({ $0.count == outputs }) ?? true else {
      throw TensorError.mismatch(
        "\(weight.count) weights and \(bias?.count ?? 0) biases do not make \(outputs) outputs")
    }
    let inputs = weight.count / outputs
    let padded = Int(vk_padded(Int32(outputs)))
    let number = vk_unit_number(unit.raw)
    let scales = Constants<Float>(count: padded, zero: 0) { _ in }
    let weights = Constants<UInt16>(
      count: Int(vk_packed_count(Int32(inputs), Int32(outputs))), zero: 0
    ) { packed in
      weight.withUnsafeBufferPointer { from in
        guard let from = from.baseAddress else { return }
        let job = Packing(
          from: from, inputs: Int32(inputs), outputs: Int32(outputs), number: number, to: packed,
          scales: UnsafeMutablePointer(mutating: scales.pointer))
        parallel((outputs + 15) / 16, grain: 1) { job.run(panels: $0) }
      }
    }
    (self.inputs, self.outputs, self.unit) = (inputs, outputs, unit)
    (self.weights, self.scales) = (weights, scales)
    // Vectors read a bias to the end of the last panel.
    self.bias = bias.map { Constants($0, paddedTo: padded, zero: 0) }
  }

  /// Computes `rows` of `y` from the same rows of `x`, which may have been `transformed` on the way;
  /// with `adding` the result is added to what is in `y`.
  public func callAsFunction(
    _ x: Rows, _ rows: Range<Int>, transformed transform: RowTransform? = nil, into y: Rows,
    at first: Int? = nil, adding: Bool = false, scratch: Scratch
  ) {
    var input =
      transform?.raw ?? vk_input(norm_weight: nil, norm_bias: nil, epsilon: 0, activation: 0)
    withUnsafePointer(to: raw) { raw in
      vk_linear_run(
        raw, &input, x.row(rows.lowerBound), Int64(x.width), Int32(rows.count),
        y.row(first ?? rows.lowerBound), Int64(y.width), adding,
        scratch.bytes(vk_linear_scratch(Int32(inputs), Int32(rows.count))))
    }
  }

  private struct Packing: @unchecked Sendable {
    // Safe because threads read the weights and write disjoint panels.
    let from: UnsafePointer<Float>
    let inputs: Int32
    let outputs: Int32
    let number: vk_number
    let to: UnsafeMutablePointer<UInt16>
    let scales: UnsafeMutablePointer<Float>

    func run(panels: Range<Int>) {
      vk_pack(
        from, Int64(inputs), 1, inputs, outputs, Int32(panels.lowerBound * 16),
        min(Int32(panels.upperBound * 16), outputs), number, to, scales)
    }
  }
}

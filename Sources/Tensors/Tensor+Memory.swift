// The elements themselves, for our own kernels.

import CTorch

extension Tensor {
  /// Lends the float32 elements in row-major order; other layouts and devices are copied first.
  func withFloats<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) throws -> Result {
    let dense = try to(.float32, device: .cpu).contiguous()
    var elements: UnsafeMutableRawPointer?
    try Engine.check(try Engine.api().pointee.data(dense.raw, &elements), "data")
    return try withExtendedLifetime(dense) {
      try body(
        UnsafeBufferPointer(
          start: elements?.assumingMemoryBound(to: Float.self), count: dense.count))
    }
  }

  /// A float32 tensor on the CPU whose elements `fill` writes, all of them.
  static func writing(
    _ shape: [Int], _ fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> Tensor {
    let options = vt_options(dtype: DType.float32.rawValue, device: Device.cpu.index)
    let tensor = try make("empty") { $0.pointee.empty(shape.wide, Int64(shape.count), options, $1) }
    var elements: UnsafeMutableRawPointer?
    try Engine.check(try Engine.api().pointee.data(tensor.raw, &elements), "data")
    try fill(
      UnsafeMutableBufferPointer(
        start: elements?.assumingMemoryBound(to: Float.self), count: tensor.count))
    return tensor
  }
}

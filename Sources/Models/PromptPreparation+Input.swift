// From colours to the square input of a promptable network, as its weights were trained.

public import Tensors

extension PromptPreparation {
  /// Colours 0 … 255 (1, 3, H, W) as the network's input (1, 3, side, side).
  public func input(_ colours: Tensor, side: Int) throws -> Tensor {
    let covered = fitting.covered(
      by: PixelSize(height: colours.size(2), width: colours.size(3)), side: side)
    let resized = try resampling.apply(to: colours, [covered.height, covered.width])
    let (right, below) = (side - covered.width, side - covered.height)
    return try normalisation.apply(to: resized).padded([(0, right), (0, below)])
  }
}

extension PromptPreparation.Normalisation {
  fileprivate func apply(to x: Tensor) throws -> Tensor {
    switch self {
    case .standardised(let mean, let deviation):
      let mean = try Tensor(mean.map(Float.init), shape: [1, 3, 1, 1])
      return try (x - mean) / Tensor(deviation.map(Float.init), shape: [1, 3, 1, 1])
    case .minMax:
      let low = try x.smallest().item()
      let range = max(try x.largest().item() - low, 1e-8)
      return try (x - low) / range
    }
  }
}

extension PromptPreparation.Resampling {
  /// Numbers 0 … 255 at another size; whole ones, as 8-bit images have, unless sampled.
  fileprivate func apply(to x: Tensor, _ size: [Int]) throws -> Tensor {
    if Array(x.shape.suffix(2)) == size { return x }
    switch self {
    case .sampled: return try x.resized(to: size, .linear)
    case .linear:
      return try x.resized(to: size, .linear, antialias: true).clamped(to: 0...255).rounded()
    case .spline:
      // In double precision, because cutting to whole numbers turns the smallest error into a whole one.
      let resized = try x.to(.float64).weighted(size, ResamplingWeights.spline)
      let (low, high) = (try x.smallest().item(), try x.largest().item())
      guard low <= high else {
        throw TensorError.mismatch(
          "the image holds values that are not numbers (NaN); replace them before it is resized")
      }
      return try resized.clamped(to: low...high).to(.uint8).to(.float32)
    case .area:
      let resized = try x.weighted(size, ResamplingWeights.area)
      // OpenCV rounds halves up where it merges 2 × 2 pixels, and to even elsewhere.
      let halves = x.size(2) == 2 * size[0] && x.size(3) == 2 * size[1]
      return try halves ? (resized + 0.5).to(.uint8).to(.float32) : resized.rounded()
    }
  }
}

extension Tensor {
  /// This image (B, C, H, W) at another size, by weights for the rows and for the columns.
  fileprivate func weighted(
    _ size: [Int], _ weights: (_ from: Int, _ to: Int) -> ResamplingWeights
  ) throws -> Tensor {
    let rows = try weights(self.size(2), size[0]).tensor(dtype, device: device)
    let columns = try weights(self.size(3), size[1]).tensor(dtype, device: device)
    return try rows.matmul(self).matmul(columns.transposed(0, 1))
  }
}

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
    let resized: Tensor
    switch self {
    case .sampled: return try x.resized(to: size, .linear)
    case .linear: resized = try x.resized(to: size, .linear, antialias: true)
    case .cubic: resized = try x.resized(to: size, .cubic, antialias: true)
    case .area where size[0] > x.size(2) || size[1] > x.size(3):
      resized = try x.resized(to: size, .linear)
    case .area:
      let rows = try Self.overlaps(from: x.size(2), to: size[0])
      let columns = try Self.overlaps(from: x.size(3), to: size[1])
      resized = try rows.matmul(x).matmul(columns.transposed(0, 1))
    }
    return try resized.clamped(to: 0...255).rounded()
  }

  /// How much each old pixel counts in each new one: (new, old), rows add up to 1.
  private static func overlaps(from old: Int, to new: Int) throws -> Tensor {
    let scale = Double(old) / Double(new)
    let values: [Float] = (0..<new).flatMap { row in
      (0..<old).map { column in
        let start = max(Double(row) * scale, Double(column))
        let end = min(Double(row + 1) * scale, Double(column + 1))
        return Float(max(0, end - start) / scale)
      }
    }
    return try Tensor(values, shape: [new, old])
  }
}

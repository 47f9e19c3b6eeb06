// Which of the kernels computes a convolution, decided by its sizes alone, so that results are the same on
// every machine with the same vectors, whatever its number of cores.

import CKernels

extension MapConvolution {
  /// A kernel and how its work is divided.
  enum Method: Equatable {
    /// Winograd: each piece of work takes some tiles through all steps, with weights transformed before.
    case tiles(together: Int)
    /// Winograd, step by step over the whole map: where weights are more than pixels, each is
    /// transformed just before its only use.
    case steps
    /// Direct: each piece of work takes some rows through all steps.
    case rows(together: Int)
    /// Direct, from one bordered copy of the inputs.
    case copy
  }

  /// Extents of the result of an input of these extents, before enlargement.
  func size(_ input: [Int]) -> [Int] { zip(input, stride).map { ($0 - 1) / $1 + 1 } }

  /// Planes of a Winograd tile.
  func depthStep(_ depth: Int) -> Int {
    guard kernel[0] == 3 else { return 1 }
    return (depth + 3) / 4 * 6 <= (depth + 1) / 2 * 4 ? 4 : 2
  }

  func method(for input: [Int]) -> Method {
    if let forced { return forced }
    let inputs = pixels.reduce(0, +)
    let size = size(input)
    let vectors = unit.padded(outputs) / unit.lanes
    let filters =
      kernel[1] == 3 && kernel[2] == 3 && stride == [1, 1, 1] && enlargement == [1, 1, 1]
      && inputs % unit.lanes == 0
    if filters {
      let step = depthStep(input[0])
      let products = 36 * (kernel[0] == 1 ? 1 : step + 2)
      let tiles =
        (input[0] + step - 1) / step * ((input[1] + 3) / 4) * ((input[2] + 3) / 4)
      // Cycles, as measured: half a cycle per multiplication of a vector, and the transforms of tiles.
      let whole = products * tiles * inputs * 4 <= 32 << 20 && inputs * outputs >= 1 << 14
      let multiplying =
        Double(products * inputs * vectors) * (0.6 * Double(tiles) + (whole ? 4 : 0))
      let transforms = Double(products * tiles) * 5 * Double(inputs / unit.lanes + vectors)
      let direct =
        0.55 * Double(kernel.reduce(1, *) * size.reduce(1, *)) * Double(inputs * vectors)
      if multiplying + transforms < direct {
        if whole { return .steps }
        // Few inputs of few tiles stay in the second cache; where all the weights do not, more tiles
        // should meet them, as long as the tiles stay in the third.
        guard inputs * outputs > 1 << 12 else { return .tiles(together: 12) }
        let fitting = (4 << 20) / (products * inputs * 4) / 12 * 12
        return .tiles(together: min(max(fitting, 12), 48))
      }
    }
    if size.reduce(1, *) <= 4096 && inputs * outputs >= 1 << 14 { return .copy }
    // About 256 KiB of inputs stay in the second cache.
    let row = ((size[2] - 1) * stride[2] + kernel[2]) * inputs * kernel[0] * 4
    let together = ((256 << 10) / row - kernel[1]) / stride[1] + 1
    return .rows(together: min(max(together, 1), size[1]))
  }
}

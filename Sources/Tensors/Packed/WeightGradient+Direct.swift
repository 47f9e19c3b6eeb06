// The gradient of the weights directly, for any stride and kernel: outer products of the inputs under each
// tap with the gradients, summed in registers over the pixels of a slab.

import CKernels

extension WeightGradient {
  /// A box of pixels of the gradients whose inputs stay in the third cache.
  private struct Slab {
    let planes: Range<Int>
    let rows: Range<Int>
  }

  func direct() throws -> Tensor {
    let c = convolution
    let inputs = c.pixels.reduce(0, +)
    let outputs = unit.padded(c.outputs)
    let columns = (size[2] - 1) * c.stride[2] + c.kernel[2]
    let slabs = slabs(bytesPerRow: columns * inputs * 4)
    let largest = slabs.map { extents($0)[0] * extents($0)[1] * columns }.max() ?? 0
    let pixels = slabs.map { $0.planes.count * $0.rows.count * size[2] }.max() ?? 0
    let copies = try [largest * inputs, pixels * outputs].map {
      try pool.pages(4 * $0, forAWhile: true)
    }
    let a = SharedFloats(start: copies[0].floats)
    let g = SharedFloats(start: copies[1].floats)
    let count = taps * inputs
    let result = try zeros(blocks * count * width)
    let packed = SharedFloats(start: result.floats)
    // Few rows to a piece where there would be few pieces.
    let group = min(96, max(6, count * blocks / 24 / 6 * 6))
    let groups = (count + group - 1) / group
    for sample in samples {
      for slab in slabs {
        read(sample.inputs, slab, columns: columns, inputs: inputs, into: a)
        read(sample.gradient, slab, outputs: outputs, into: g)
        let (pixel, row) = offsets(slab, columns: columns, inputs: inputs)
        parallel(groups * blocks, grain: 1) { [unit, blocks] range in
          for piece in range {
            let first = piece / blocks * group
            vk_direct_weights(
              a.start, pixel, Int64(pixel.count), row, Int32(count), Int32(first),
              Int32(min(first + group, count)), g.start, Int32(outputs), Int32(piece % blocks),
              unit.raw, packed.start)
          }
        }
      }
    }
    defer { withExtendedLifetime((copies, result)) {} }
    return try unpacked(packed, MapConvolution.source(channels, c.pixels))
  }

  /// Planes and rows of the inputs that a slab needs.
  private func extents(_ slab: Slab) -> [Int] {
    let (k, s) = (convolution.kernel, convolution.stride)
    return [
      (slab.planes.count - 1) * s[0] + k[0], (slab.rows.count - 1) * s[1] + k[1],
    ]
  }

  private func slabs(bytesPerRow: Int) -> [Slab] {
    let budget = 4 << 20
    let rowsOfPlane = (size[1] - 1) * convolution.stride[1] + convolution.kernel[1]
    let planes = budget / (bytesPerRow * rowsOfPlane * convolution.stride[0])
    guard planes < 1 else {
      return stride(from: 0, to: size[0], by: planes).map {
        Slab(planes: $0..<min($0 + planes, size[0]), rows: 0..<size[1])
      }
    }
    let rows = max(
      1, budget / (bytesPerRow * convolution.stride[1] * convolution.kernel[0]))
    return (0..<size[0]).flatMap { z in
      stride(from: 0, to: size[1], by: rows).map {
        Slab(planes: z..<z + 1, rows: $0..<min($0 + rows, size[1]))
      }
    }
  }

  /// Copies inputs with zeros around them, a row of a plane after the other.
  private func read(
    _ inputs: MapReading, _ slab: Slab, columns: Int, inputs count: Int, into to: SharedFloats
  ) {
    let (k, s) = (convolution.kernel, convolution.stride)
    let extents = extents(slab)
    let firstPlane = slab.planes.lowerBound * s[0] - (k[0] - 1) / 2
    let firstRow = slab.rows.lowerBound * s[1] - (k[1] - 1) / 2
    var raw = inputs.raw
    raw.kernel = (1, 1, Int32(k[2]))
    raw.stride = (1, 1, Int32(s[2]))
    let job = MapJob(convolution: raw)
    parallel(extents[0] * extents[1], grain: 4) { rows in
      for row in rows {
        let z = Int32(firstPlane + row / extents[1])
        let y = Int32(firstRow + row % extents[1])
        let region = vk_region(
          first_plane: z, last_plane: z + 1, first_row: y, last_row: y + 1)
        job { vk_direct_inputs($0, region, 0, 1, to.start + row * columns * count) }
      }
    }
  }

  /// Copies gradients side by side.
  private func read(
    _ gradient: MapReading, _ slab: Slab, outputs: Int, into to: SharedFloats
  ) {
    var raw = gradient.raw
    raw.kernel = (1, 1, 1)
    let job = MapJob(convolution: raw)
    parallel(slab.planes.count * slab.rows.count, grain: 4) { [size] rows in
      for row in rows {
        let z = Int32(slab.planes.lowerBound + row / slab.rows.count)
        let y = Int32(slab.rows.lowerBound + row % slab.rows.count)
        let region = vk_region(
          first_plane: z, last_plane: z + 1, first_row: y, last_row: y + 1)
        job { vk_direct_inputs($0, region, 0, 1, to.start + row * size[2] * outputs) }
      }
    }
  }

  /// Where in the copy the inputs of each pixel begin, and of each tap and channel from there.
  private func offsets(
    _ slab: Slab, columns: Int, inputs: Int
  ) -> (pixel: [Int32], row: [Int32]) {
    let (k, s) = (convolution.kernel, convolution.stride)
    let rows = extents(slab)[1]
    var pixel: [Int32] = []
    pixel.reserveCapacity(slab.planes.count * slab.rows.count * size[2])
    for z in 0..<slab.planes.count {
      for y in 0..<slab.rows.count {
        let start = (z * s[0] * rows + y * s[1]) * columns
        for x in 0..<size[2] { pixel.append(Int32((start + x * s[2]) * inputs)) }
      }
    }
    var row: [Int32] = []
    for tap in 0..<taps {
      let (z, y, x) = (tap / (k[1] * k[2]), tap / k[2] % k[1], tap % k[2])
      let start = ((z * rows + y) * columns + x) * inputs
      for i in 0..<inputs { row.append(Int32(start + i)) }
    }
    return (pixel, row)
  }
}

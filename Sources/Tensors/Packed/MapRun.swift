// One convolution of some maps, on its way through their planes.

import CKernels

/// What the steps of one convolution share.
final class MapRun {
  let convolution: MapConvolution
  let sources: [MapSource]
  let pool: PagePool
  /// Depth, rows and columns of the inputs.
  let input: [Int]
  /// The same of the result, before enlargement.
  let size: [Int]
  /// Transformed weights, where all pieces of work read the same.
  var weights: Pages?

  init(_ convolution: MapConvolution, _ inputs: [MapInput], pool: PagePool) throws {
    self.convolution = convolution
    self.pool = pool
    sources = try inputs.map { try MapSource($0, pool: pool) }
    let sizes = sources.map { [$0.map.depth, $0.map.rows, $0.map.columns] }
    guard let first = sizes.first, sizes.allSatisfy({ $0 == first }),
      sources.map(\.map.pixel) == convolution.pixels
    else {
      throw TensorError.mismatch(
        "maps of \(sizes) with \(sources.map(\.map.channels)) channels do not fit the weights")
    }
    input = first
    size = convolution.size(first)
  }

  func compute(into result: FeatureMap) throws {
    let method = convolution.method(for: input)
    let chunks = chunks(method, planeBytes: result.planeBytes)
    let blocks = chunks.map { self.blocks($0, method) }
    let unit = convolution.unit.raw
    let pixel = Int32(result.pixel)
    let count = Int(vk_moments_count(pixel, unit))
    let total = blocks.reduce(0, +)
    let moments = try pool.pages(
      total * count * MemoryLayout<Double>.stride, forAWhile: true)
    let numbers = moments.start.bindMemory(to: Double.self, capacity: total * count)
    var first = 0
    for (chunk, blocks) in zip(chunks, blocks) {
      try prepare(chunk)
      for z in chunk { result.planes[z] = try pool.pages(result.planeBytes) }
      try with(outputs: result) { c in
        c.moments = numbers + first * count
        try run(c, chunk, method)
      }
      first += blocks
      release(behind: chunk)
    }
    var mean = [Double](repeating: 0, count: result.pixel)
    var variance = mean
    vk_moments_merge(numbers, Int64(total), pixel, unit, &mean, &variance)
    result.moments = (Array(mean[..<result.channels]), Array(variance[..<result.channels]))
  }

  /// All planes of an enlarged map, which are there.
  func compute(enlarged result: FeatureMap) throws {
    try with(outputs: result) { c in
      switch convolution.method(for: input) {
      case .rows(let together): try direct(c, 0..<size[0], together: together)
      default: try directFromCopy(c)
      }
    }
  }

  func compute(classes: UnsafeMutablePointer<Float>) throws {
    let plane = size[1] * size[2]
    let method = MapConvolution.Method.rows(together: max(1, 1024 / size[2]))
    for chunk in chunks(method, planeBytes: plane * convolution.outputs * 4) {
      try prepare(chunk)
      try with(outputs: nil) { c in
        c.classes = classes
        c.class_stride = Int64(size[0] * plane)
        try run(c, chunk, method)
      }
      release(behind: chunk)
    }
  }

  private func run(
    _ c: vk_map_convolution, _ chunk: Range<Int>, _ method: MapConvolution.Method
  ) throws {
    switch method {
    case .tiles(let together): try filter(c, chunk, together: together)
    case .steps: try filterStepwise(c)
    case .rows(let together): try direct(c, chunk, together: together)
    case .copy: try directFromCopy(c)
    }
  }

  /// Planes of the result that are computed together: few where others wait for memory.
  private func chunks(_ method: MapConvolution.Method, planeBytes: Int) -> [Range<Int>] {
    let depth = size[0]
    switch method {
    case .steps, .copy: return [0..<depth]
    case .tiles, .rows:
      // A multiple of the planes of a tile.
      let count = max(1, (24 << 20) / planeBytes / 4) * 4
      return stride(from: 0, to: depth, by: count).map { $0..<min($0 + count, depth) }
    }
  }

  private func prepare(_ chunk: Range<Int>) throws {
    let last = (chunk.upperBound - 1) * convolution.stride[0] + convolution.kernel[0] / 2
    for source in sources { try source.prepare(below: min(last + 1, input[0])) }
  }

  private func release(behind chunk: Range<Int>) {
    let next = chunk.upperBound * convolution.stride[0] - convolution.kernel[0] / 2
    for source in sources { source.release(below: chunk.upperBound < size[0] ? next : input[0]) }
  }

  /// Blocks of pixels that have moments of their own.
  private func blocks(_ chunk: Range<Int>, _ method: MapConvolution.Method) -> Int {
    switch method {
    case .tiles(let together): pieces(tiles(chunk).count, together)
    case .steps: pieces(tiles(chunk).count, Self.tilesOfStep)
    case .rows(let together): chunk.count * pieces(size[1], together)
    case .copy: pieces(size.reduce(1, *), Self.pixelsOfCopy)
    }
  }

  func pieces(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

  /// The convolution as kernels see it, with addresses that are valid during `body`.
  func with(
    outputs: FeatureMap?, _ body: (inout vk_map_convolution) throws -> Void
  ) rethrows {
    let addresses = sources.map { $0.map.planes.map { $0.map { UnsafeRawPointer($0.start) } } }
    let targets = outputs?.planes.map { $0?.start } ?? []
    try addresses[0].withUnsafeBufferPointer { first in
      try addresses[addresses.count - 1].withUnsafeBufferPointer { last in
        try targets.withUnsafeBufferPointer { targets in
          guard let one = first.baseAddress, let two = last.baseAddress else { return }
          let a = sources[0].map.raw(one)
          let b = sources[sources.count - 1].map.raw(two)
          var c = raw(a, b, outputs)
          c.outputs = targets.baseAddress
          try body(&c)
        }
      }
    }
  }

  private func raw(_ a: vk_map, _ b: vk_map, _ outputs: FeatureMap?) -> vk_map_convolution {
    var c = vk_map_convolution()
    let k = convolution.kernel
    let s = convolution.stride
    let e = convolution.enlargement
    c.inputs = (a, b)
    c.input_count = Int32(sources.count)
    (c.depth, c.rows, c.columns) = (Int32(input[0]), Int32(input[1]), Int32(input[2]))
    c.kernel = (Int32(k[0]), Int32(k[1]), Int32(k[2]))
    c.stride = (Int32(s[0]), Int32(s[1]), Int32(s[2]))
    c.enlargement = (Int32(e[0]), Int32(e[1]), Int32(e[2]))
    c.sub_pixel = convolution.subPixel
    c.weights = convolution.weights.pointer
    c.bias = convolution.bias?.pointer
    c.class_count = Int32(convolution.outputs)
    c.channels = Int32(convolution.unit.padded(convolution.outputs))
    c.row = Int64(outputs?.row ?? 0)
    c.half = outputs?.storage == .float16
    c.vectors = convolution.unit.raw
    c.depth_step = Int32(convolution.depthStep(input[0]))
    return c
  }
}

/// One convolution's addresses, shared by the threads that divide its work.
struct MapJob: @unchecked Sendable {
  // Safe because threads read the inputs and write disjoint parts of what they are given.
  let convolution: vk_map_convolution

  func callAsFunction(_ body: (UnsafePointer<vk_map_convolution>) -> Void) {
    withUnsafePointer(to: convolution, body)
  }
}

/// Floats that threads share.
struct SharedFloats: @unchecked Sendable {
  // Safe because threads write disjoint parts, and read only when all are written.
  let start: UnsafeMutablePointer<Float>
}

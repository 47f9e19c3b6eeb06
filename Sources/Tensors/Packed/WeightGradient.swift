// The gradient of a convolution in its weights: sums over all pixels of all samples, divided among threads
// by what is summed, so that the order of each sum is always the same.

import CKernels

extension MapConvolution {
  /// What one sample's convolution read, and the gradient of what it found.
  public struct Sample {
    let inputs: [FeatureMap]
    let gradient: FeatureMap

    /// - Parameters:
    ///   - inputs: maps as the convolution reads them.
    ///   - gradient: of the result; it too may have something left to be done when it is read.
    public init(inputs: [FeatureMap], gradient: FeatureMap) {
      (self.inputs, self.gradient) = (inputs, gradient)
    }
  }

  /// The gradient of the weights.
  ///
  /// - Parameters:
  ///   - samples: all of one size.
  ///   - pool: gives the memory.
  /// - Returns: (out, in, depth, rows, columns of the kernel).
  /// - Throws: ``TensorError`` when maps do not fit or memory is short.
  public func weightGradient(of samples: [Sample], pool: PagePool) throws -> Tensor {
    let sum = try WeightGradient(self, samples, pool: pool)
    return try sum.filters ? sum.filtered() : sum.direct()
  }
}

/// One sum over the samples of a batch.
struct WeightGradient {
  let convolution: MapConvolution
  let pool: PagePool
  /// The convolution of each sample, and one that reads its gradients alone.
  let samples: [(inputs: MapReading, gradient: MapReading)]
  /// Channels of the weights, and depth, rows and columns of the maps.
  let channels: [Int]
  let input: [Int]
  let size: [Int]

  var unit: MapUnit { convolution.unit }
  var width: Int { 2 * unit.lanes }
  var taps: Int { convolution.kernel.reduce(1, *) }
  var blocks: Int { (convolution.outputs + width - 1) / width }

  init(
    _ convolution: MapConvolution, _ samples: [MapConvolution.Sample], pool: PagePool
  ) throws {
    self.convolution = convolution
    self.pool = pool
    guard let first = samples.first, let map = first.inputs.first else {
      throw TensorError.mismatch("no samples to sum gradients over")
    }
    channels = first.inputs.map(\.channels)
    let input = [map.depth, map.rows, map.columns]
    let size = convolution.size(input)
    (self.input, self.size) = (input, size)
    let fits = samples.allSatisfy { sample in
      let g = sample.gradient
      return sample.inputs.map(\.pixel) == convolution.pixels
        && sample.inputs.allSatisfy { [$0.depth, $0.rows, $0.columns] == input }
        && g.channels == convolution.outputs && [g.depth, g.rows, g.columns] == size
    }
    guard fits else {
      throw TensorError.mismatch("maps of \(input) and gradients do not fit the weights")
    }
    self.samples = samples.map {
      (MapReading($0.inputs, convolution), MapReading([$0.gradient], convolution))
    }
  }

  /// Whether Winograd's filtering is faster, by the sizes alone.
  var filters: Bool {
    let c = convolution
    guard c.kernel[1] == 3, c.kernel[2] == 3, c.kernel[0] != 2, c.stride == [1, 1, 1],
      c.pixels.allSatisfy({ $0 % unit.lanes == 0 })
    else { return false }
    if let forced = c.forced {
      switch forced {
      case .tiles, .steps: return true
      case .rows, .copy: return false
      }
    }
    let work = Double(c.pixels.reduce(0, +) * unit.padded(c.outputs) / unit.lanes)
    let tiles = Double(tiles * samples.count)
    let transforms =
      5 * tiles * Double((c.pixels.reduce(0, +) + unit.padded(c.outputs)) / unit.lanes)
    let filtering = Double(products) * (work * (0.6 * tiles + 12) + transforms)
    return filtering < 0.6 * work * Double(taps * size.reduce(1, *) * samples.count)
  }

  var step: Int { convolution.depthStep(input[0]) }
  var products: Int { 36 * (convolution.kernel[0] == 1 ? 1 : step + 2) }
  var tiles: Int {
    (input[0] + step - 1) / step * ((input[1] + 3) / 4) * ((input[2] + 3) / 4)
  }

  /// Weights as tensors have them, of packed ones with `rows` inputs; `source` tells their channels.
  func unpacked(_ packed: SharedFloats, _ source: [Int32]) throws -> Tensor {
    let total = channels.reduce(0, +)
    let outputs = convolution.outputs
    return try Tensor.writing([outputs, total] + convolution.kernel) { to in
      guard let start = to.baseAddress else { return }
      let target = SharedFloats(start: start)
      parallel(outputs, grain: 1) { [taps, unit] range in
        vk_map_weights_unpack(
          packed.start, source, Int32(source.count), Int32(taps), Int32(total),
          Int32(range.lowerBound), Int32(range.upperBound), unit.raw, target.start)
      }
    }
  }

  func zeros(_ count: Int) throws -> Pages {
    let pages = try pool.pages(4 * count, forAWhile: true)
    pages.floats.update(repeating: 0, count: count)
    return pages
  }
}

/// Maps that are read, with their addresses in one place while this exists.
final class MapReading: @unchecked Sendable {
  // Safe because nothing is written after initialisation, and the maps hold the planes.
  let raw: vk_map_convolution
  private let maps: [FeatureMap]
  private let addresses: UnsafeMutablePointer<UnsafeRawPointer?>

  /// The geometry is that of `convolution` over the first of `maps`.
  init(_ maps: [FeatureMap], _ convolution: MapConvolution) {
    self.maps = maps
    let depth = maps[0].depth
    addresses = .allocate(capacity: depth * maps.count)
    addresses.initialize(repeating: nil, count: depth * maps.count)
    for (index, map) in maps.enumerated() {
      for z in 0..<depth {
        addresses[index * depth + z] = map.address(z).map { UnsafeRawPointer($0) }
      }
    }
    var c = vk_map_convolution()
    let last = maps.count - 1
    c.inputs = (maps[0].raw(addresses), maps[last].raw(addresses + last * depth))
    c.input_count = Int32(maps.count)
    (c.depth, c.rows, c.columns) = (
      Int32(depth), Int32(maps[0].rows), Int32(maps[0].columns)
    )
    c.kernel = (
      Int32(convolution.kernel[0]), Int32(convolution.kernel[1]), Int32(convolution.kernel[2])
    )
    (c.stride, c.enlargement) = ((1, 1, 1), (1, 1, 1))
    c.vectors = convolution.unit.raw
    c.depth_step = Int32(convolution.depthStep(depth))
    raw = c
  }

  deinit { addresses.deallocate() }

  func run(_ body: (UnsafePointer<vk_map_convolution>) -> Void) {
    withUnsafePointer(to: raw, body)
  }
}

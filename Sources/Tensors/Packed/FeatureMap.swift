// What a layer of a convolutional network found, with the channels innermost: the kernels of U-Nets read and
// write it plane by plane.

import CKernels

/// The vectors that the kernels of feature maps compute in.
public struct MapUnit: Sendable, Equatable, CustomStringConvertible {
  let raw: vk_vectors

  /// Every unit that can be run here: the vectors of the processor, and the same kernels in plain C.
  public static let available: [MapUnit] =
    Processor.Vectors.allCases.filter(Processor.current.has).map(MapUnit.init) + [plainC]

  /// The widest vectors of this processor; `nil` where libtorch is faster than plain C.
  public static let fastest: MapUnit? = Processor.current.widestVectors.map(MapUnit.init)

  public static let plainC = MapUnit(raw: VK_NO_VECTORS)

  init(_ vectors: Processor.Vectors) { raw = vectors == .avx512 ? VK_AVX512 : VK_AVX2 }
  private init(raw: vk_vectors) { self.raw = raw }

  /// Channels are padded to a multiple of this.
  var lanes: Int { Int(vk_map_lanes(raw)) }

  func padded(_ channels: Int) -> Int { (channels + lanes - 1) / lanes * lanes }

  public var description: String {
    raw == VK_AVX512 ? "AVX-512" : raw == VK_AVX2 ? "AVX2" : "plain C"
  }
}

/// How the values of maps are kept between layers. All sums are in float32.
public enum MapStorage: String, Sendable, CaseIterable, Codable {
  case float32
  /// Half the memory; values are rounded to 11 significant bits, those beyond ±65504 are lost.
  case float16

  var size: Int { self == .float32 ? 4 : 2 }
}

/// A map (depth, rows, columns, channels), and what happens to its values when they are read: a
/// normalisation and an activation take no pass of their own. Slices have depth 1.
public final class FeatureMap {
  public let depth: Int
  public let rows: Int
  public let columns: Int
  public let channels: Int
  public let storage: MapStorage
  /// Numbers from pixel to pixel.
  let pixel: Int
  /// Numbers from row to row.
  let row: Int
  /// `nil` where a plane was read for the last time.
  var planes: [Pages?]
  /// Mean and population variance of each channel, where the layer was asked for them.
  var moments: (mean: [Double], variance: [Double])?
  var transform: Transform?

  struct Transform {
    let scale: Constants<Float>
    let shift: Constants<Float>
    let slope: Float
  }

  init(
    depth: Int, rows: Int, columns: Int, channels: Int, pixel: Int, row: Int,
    storage: MapStorage, planes: [Pages?]
  ) {
    (self.depth, self.rows, self.columns) = (depth, rows, columns)
    (self.channels, self.pixel, self.row) = (channels, pixel, row)
    (self.storage, self.planes) = (storage, planes)
  }

  /// A map whose planes come from `pool`; without `planes` they are given one by one.
  convenience init(
    depth: Int, rows: Int, columns: Int, channels: Int, unit: MapUnit, storage: MapStorage,
    pool: PagePool? = nil
  ) throws {
    let pixel = unit.padded(channels)
    // With a line of the cache more than the pixels, rows of a power of two do not meet in the cache.
    self.init(
      depth: depth, rows: rows, columns: columns, channels: channels, pixel: pixel,
      row: columns * pixel + 64 / storage.size, storage: storage,
      planes: Array(repeating: nil, count: depth))
    if let pool { planes = try (0..<depth).map { _ in try pool.pages(planeBytes) } }
  }

  var planeBytes: Int { rows * row * storage.size }

  /// Instance normalisation and leaky ReLU (slope 1 for none), done where the map is read.
  ///
  /// - Parameters:
  ///   - weight: factor of each channel after normalisation.
  ///   - bias: addend of each channel after normalisation.
  ///   - epsilon: added to the variance.
  ///   - slope: of negative results, at most 1.
  /// - Throws: ``TensorError`` when the map has other channels or no moments.
  public func normalise(weight: [Float], bias: [Float], epsilon: Double, slope: Float) throws {
    guard let moments, weight.count == channels, bias.count == channels else {
      throw TensorError.mismatch(
        "\(weight.count) channels to normalise, but the map has \(channels) or no moments")
    }
    let scales = weight.indices.map {
      Double(weight[$0]) / (moments.variance[$0] + epsilon).squareRoot()
    }
    transform = Transform(
      scale: Constants(scales.map { Float($0) }, paddedTo: pixel, zero: 0),
      shift: Constants(
        scales.indices.map { Float(Double(bias[$0]) - moments.mean[$0] * scales[$0]) },
        paddedTo: pixel, zero: 0),
      slope: slope)
  }

  /// The values are those that reading gives from now on.
  func forgetTransform() { transform = nil }

  /// The map as kernels see it; `addresses` has one entry per plane.
  func raw(_ addresses: UnsafePointer<UnsafeRawPointer?>) -> vk_map {
    vk_map(
      planes: addresses, scale: transform?.scale.pointer, shift: transform?.shift.pointer,
      slope: transform?.slope ?? 1, channels: Int32(pixel), row: Int64(row),
      half: storage == .float16)
  }

  func address(_ plane: Int) -> UnsafeMutableRawPointer? { planes[plane]?.start }
}

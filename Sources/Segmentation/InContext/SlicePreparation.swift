// From slices of any size and range to a network's input of one size.

import Imaging
import Models
import Tensors

/// What a network of one input size wants of slices.
struct SlicePreparation: Sendable {
  let preparation: Preparation
  let height: Int
  let width: Int

  /// `nil` for a preparation that leaves sizes as they are.
  init?(_ preparation: Preparation) {
    guard case .fixed(let height, let width) = preparation.sizing else { return nil }
    self.preparation = preparation
    self.height = height
    self.width = width
  }

  /// The slices of an image, their voxels looked up once.
  struct Slices {
    fileprivate let planes: [[Float]]
    fileprivate let type: VoxelType
    fileprivate let preparation: SlicePreparation
    let width: Int
    let height: Int
    let count: Int

    /// Where a slice lies in its volume, from 0 to 1; `nil` for a single image.
    func position(_ z: Int) -> Double? { count > 1 ? (Double(z) + 0.5) / Double(count) : nil }

    /// The slice (C, h, w) as the network reads it; `nil` when it has one grey value.
    func whole(_ z: Int) throws -> Tensor? {
      try part(z, nil)
    }

    /// A part of the slice (C, h, w), scaled and resized by itself; `nil` when it has one grey value.
    func part(_ z: Int, _ region: SliceRegion?) throws -> Tensor? {
      let area = width * height
      let channels = planes.map { plane in
        let values = Array(plane[z * area..<(z + 1) * area])
        return region?.cut(from: values, width: width) ?? values
      }
      let isFlat = channels.allSatisfy { values in values.allSatisfy { $0 == values[0] } }
      if isFlat { return nil }
      let values = try channels.flatMap { try preparation.preparation.normalised($0, of: type) }
      let size = (region?.y.count ?? height, region?.x.count ?? width)
      return try preparation.resized(
        Tensor(values, shape: [1, channels.count, size.0, size.1])
      ).squeezed(0)
    }
  }

  /// - Throws: ``SegmentationError/needsColour(channels:)``, `ImagingError`.
  func slices(of image: Volume) throws -> Slices {
    let size = image.geometry.size
    return Slices(
      planes: try preparation.planes(of: image), type: image.voxels.type, preparation: self,
      width: size.x, height: size.y, count: size.z)
  }

  /// A mask as 0 and 1 in the network's size (1, h, w): pixels at least half of which are inside, or, of an
  /// object too small for that, those that have most of it.
  func mask(_ isInside: [Bool], _ width: Int, _ height: Int) throws -> Tensor {
    let share = try resized(
      Tensor(isInside.map { $0 ? Float(1) : 0 }, shape: [1, 1, height, width]))
    let most = try min(1, share.largest().item())
    return try share.greater(most * (0.5 - 1e-6)).to(.float32).squeezed(0)
  }

  private func resized(_ x: Tensor) throws -> Tensor {
    try x.resized(to: [height, width], .linear, antialias: true)
  }
}

// One slice of a volume by itself.

extension Volume {
  /// Slice `index` along z as an image of its own, all channels and the source kept.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` when there is no such slice.
  public func slice(_ index: Int) throws -> Volume {
    let size = geometry.size
    guard (0..<size.z).contains(index) else {
      throw ImagingError.badParameter("there is no slice \(index) of \(size.z)")
    }
    if size.z == 1 { return self }
    let area = size.x * size.y * channels
    let grid = Geometry(
      size: SIMD3(size.x, size.y, 1), spacing: geometry.spacing,
      origin: geometry.worldMM(ofVoxel: SIMD3(0, 0, Double(index))), direction: geometry.direction)
    return Volume(
      geometry: grid, channels: channels, voxels: voxels[index * area..<(index + 1) * area],
      source: source)
  }
}

extension Voxels {
  /// Consecutive values.
  fileprivate subscript(range: Range<Int>) -> Voxels {
    switch self {
    case .uint8(let values): .uint8(Array(values[range]))
    case .int8(let values): .int8(Array(values[range]))
    case .uint16(let values): .uint16(Array(values[range]))
    case .int16(let values): .int16(Array(values[range]))
    case .uint32(let values): .uint32(Array(values[range]))
    case .int32(let values): .int32(Array(values[range]))
    case .float32(let values): .float32(Array(values[range]))
    case .float64(let values): .float64(Array(values[range]))
    }
  }
}

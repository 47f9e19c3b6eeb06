// Integer labels on a voxel grid: what segmentations are read into and written from.

/// Integer labels on a voxel grid; 0 is background.
public struct LabelMap: Sendable, Equatable {
  public var geometry: Geometry
  /// One label per voxel, x fastest.
  public var labels: [Int32]

  public init(geometry: Geometry, labels: [Int32]) {
    self.geometry = geometry
    self.labels = labels
  }

  /// Reads a segmentation; of a PNG or TIFF with a palette, the palette indices are the labels.
  ///
  /// - Throws: ``ImagingError`` as ``Volume/init(contentsOf:series:)``, and
  ///   ``ImagingError/doesNotFit(path:met:expected:)`` for values that are not labels.
  public init(contentsOf path: String, series: String? = nil) throws {
    let volume = try Volume(contentsOf: path, series: series, paletteIndices: true)
    do {
      try self.init(volume)
    } catch ImagingError.notLabels(let met) {
      throw ImagingError.damaged(
        path: path, met: "is not a label map: \(met)",
        advice: "give whole numbers in one channel")
    }
  }

  /// Takes an image's values as labels.
  ///
  /// Colour is accepted only where it is grey (equal R, G and B, opaque), since many tools save masks so.
  ///
  /// - Throws: ``ImagingError/notLabels(met:)`` for fractions, NaN, numbers beyond 32 bits, and colours.
  public init(_ volume: Volume) throws {
    try volume.validate()
    let grey = try LabelMap.greyChannel(volume)
    geometry = volume.geometry
    switch grey {
    case .int32(let values): labels = values
    case .uint8(let values): labels = values.map(Int32.init)
    case .int8(let values): labels = values.map(Int32.init)
    case .uint16(let values): labels = values.map(Int32.init)
    case .int16(let values): labels = values.map(Int32.init)
    case .uint32(let values):
      labels = try values.map { value in
        guard let label = Int32(exactly: value) else {
          throw ImagingError.notLabels(met: "value \(value) is beyond 32 bits")
        }
        return label
      }
    case .float32(let values): labels = try values.map { try LabelMap.label($0) }
    case .float64(let values): labels = try values.map { try LabelMap.label($0) }
    }
  }

  private static func label<Value: BinaryFloatingPoint>(_ value: Value) throws -> Int32 {
    guard let label = Int32(exactly: value) else {
      throw ImagingError.notLabels(met: "value \(value) is no whole number of 32 bits")
    }
    return label
  }

  private static func greyChannel(_ volume: Volume) throws -> Voxels {
    if volume.channels == 1 { return volume.voxels }
    guard (2...4).contains(volume.channels), let opaque = volume.voxels.opaque else {
      throw ImagingError.notLabels(met: "it has \(volume.channels) channels")
    }
    let channels = volume.channels
    let first = volume.voxels.channel(0, of: channels)
    if channels >= 3 {
      for index in 1...2 where volume.voxels.channel(index, of: channels) != first {
        throw ImagingError.notLabels(met: "its colours are not grey")
      }
    }
    if channels != 3 {
      let alpha = volume.voxels.channel(channels - 1, of: channels).doubles
      guard alpha.allSatisfy({ $0 == opaque }) else {
        throw ImagingError.notLabels(met: "parts of it are transparent")
      }
    }
    return first
  }

  /// The labels in use and how many voxels each has, background included.
  public var counts: [Int32: Int] {
    var counts: [Int32: Int] = [:]
    // Runs of one label are long, so the dictionary is asked once per run.
    var start = 0
    while start < labels.count {
      var end = start + 1
      while end < labels.count, labels[end] == labels[start] { end += 1 }
      counts[labels[start], default: 0] += end - start
      start = end
    }
    return counts
  }

  /// The labels as an image of the smallest of uint8, uint16 and int32 that holds them all.
  public var volume: Volume {
    let low = labels.min() ?? 0
    let high = labels.max() ?? 0
    let voxels: Voxels
    if low >= 0 && high <= Int32(UInt8.max) {
      voxels = .uint8(labels.map { UInt8(truncatingIfNeeded: $0) })
    } else if low >= 0 && high <= Int32(UInt16.max) {
      voxels = .uint16(labels.map { UInt16(truncatingIfNeeded: $0) })
    } else {
      voxels = .int32(labels)
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  /// Writes the labels in the smallest of uint8, uint16 and int32 that holds them all.
  ///
  /// - Throws: ``ImagingError`` as ``Volume/write(to:)``, and for JPEG, which would change labels.
  public func write(to path: String) throws {
    if try ImageFormat.toWrite(path) == .jpeg {
      throw ImagingError.doesNotFit(
        path: path, met: "labels", expected: "JPEG changes values; write .png or .nii.gz")
    }
    try volume.write(to: path)
  }

  /// The same labels with the axes in another order and direction.
  public func reoriented(to orientation: Orientation) -> LabelMap {
    let moved = Volume(geometry: geometry, voxels: .int32(labels)).reoriented(to: orientation)
    guard case .int32(let labels) = moved.voxels else { return self }
    return LabelMap(geometry: moved.geometry, labels: labels)
  }
}

extension Voxels {
  /// The alpha value that means opaque, for the types that carry alpha.
  fileprivate var opaque: Double? {
    switch self {
    case .uint8: 255
    case .uint16: 65535
    default: nil
    }
  }
}

// A case's files as one array of channels, read the way the plan's reader of images would.

import Imaging
import Planning

/// The grid of a case's files, and the one on which its array lies.
struct CaseGrid {
  /// The grid that the array lies on.
  let geometry: Geometry
  /// The grid of the files.
  let original: Geometry

  /// Joins the channels of a case; the array is apart, so that it can go while the grid stays.
  ///
  /// - Parameters:
  ///   - volumes: One file per channel, or one that holds all of them.
  ///   - channels: Names of the channels that the model reads.
  ///   - plans: Whose reader turns images to RAS where it is "NibabelIOWithReorient".
  ///   - name: Of the case, for messages.
  /// - Returns: The array and its grid.
  /// - Throws: ``SelfConfiguredError``, ``SegmentationError/nonFinite(_:)``, `ImagingError`.
  static func join(
    _ volumes: [Volume], channels: [String], plans: Plans, name: String
  ) throws -> (array: ImageArray, grid: CaseGrid) {
    let met = volumes.reduce(0) { $0 + $1.channels }
    guard let first = volumes.first, met == channels.count else {
      throw SelfConfiguredError.wrongChannels(met: met, expected: channels)
    }
    // Pictures have no place in space that could differ.
    let isPicture = volumes.contains { $0.source?.format.isPhotograph == true }
    let tolerance = isPicture ? .infinity : 0.5 * first.geometry.spacing.min()
    guard volumes.allSatisfy({ $0.geometry.matches(first.geometry, toleranceMM: tolerance) })
    else {
      throw SelfConfiguredError.differentGrids(case: name)
    }
    let broken = volumes.reduce(0) { $0 + $1.nonFiniteCount }
    guard broken == 0 else { throw SegmentationError.nonFinite(broken) }
    let turned = isTurned(plans) ? volumes.map { $0.reoriented(to: .ras) } : volumes
    let geometry = turned[0].geometry
    let array = ImageArray(
      channels: try turned.flatMap { volume in
        try (0..<volume.channels).map { try volume.floats(.channel($0)) }
      },
      shape: geometry.arrayShape, spacing: spacing(turned[0]))
    return (array, CaseGrid(geometry: geometry, original: first.geometry))
  }

  /// A label map of the files' grid on the array's.
  func array(_ map: LabelMap, name: String) throws -> LabelArray {
    guard map.geometry.size == original.size else {
      throw SelfConfiguredError.unequalGrids(case: name)
    }
    var map = map
    map.geometry = original
    let turned = map.reoriented(to: geometry.orientation)
    return LabelArray(
      labels: turned.labels.map { Int16(clamping: $0) }, shape: geometry.arrayShape,
      spacing: geometry.arraySpacing)
  }

  /// Labels of the array's grid on the files'.
  func restored(_ labels: [Int32]) -> LabelMap {
    var map = LabelMap(geometry: geometry, labels: labels).reoriented(to: original.orientation)
    map.geometry = original
    return map
  }

  /// Values of the array's grid as an image on the files'.
  func restored(_ values: [Float]) -> Volume {
    var volume = Volume(geometry: geometry, voxels: .float32(values))
      .reoriented(to: original.orientation)
    volume.geometry = original
    return volume
  }

  /// The axis of the files (z, y, x) that becomes each axis of the array.
  static func axes(of geometry: Geometry, plans: Plans) -> [Int] {
    guard isTurned(plans) else { return [0, 1, 2] }
    let stored = Array(geometry.orientation.code.reversed())
    return ["IS", "AP", "RL"].map { letters in stored.firstIndex(where: letters.contains) ?? 0 }
  }

  private static func isTurned(_ plans: Plans) -> Bool {
    plans.imageReaderWriter == "NibabelIOWithReorient"
  }

  /// Photographs have no third axis; nnU-Net gives it a spacing of 999.
  private static func spacing(_ volume: Volume) -> [Double] {
    let spacing = volume.geometry.spacing
    let isFlat = volume.geometry.size.z == 1 && volume.source?.format.isPhotograph == true
    return [isFlat ? 999 : spacing.z, spacing.y, spacing.x]
  }
}

extension Geometry {
  /// Extents z, y, x.
  var arrayShape: [Int] { [size.z, size.y, size.x] }
  /// Spacing along z, y, x in millimetres.
  var arraySpacing: [Double] { [spacing.z, spacing.y, spacing.x] }
}

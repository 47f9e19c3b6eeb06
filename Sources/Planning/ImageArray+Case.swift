// Images and masks of a dataset as arrays, read the way nnU-Net's readers hand them to its networks.

public import Datasets
import Imaging

extension ImageArray {
  /// Reads the channels of a case: one file per channel, or one file with several.
  ///
  /// Axes and directions stay as the file stores them. PNG, JPEG and TIFF carry no voxel size; they get
  /// 999 × 1 × 1, as nnU-Net gives to natural images, so that a picture is the thinnest of volumes.
  ///
  /// - Throws: `ImagingError` for a file that cannot be read, ``PlanningError/mismatch(path:met:expected:)``
  ///   for channels on different grids and values that are not finite.
  public init(case item: DatasetCase) throws {
    try self.init(contentsOf: item.images)
  }

  /// Reads one image whose channels lie in the given files.
  public init(contentsOf paths: [String]) throws {
    self = try Self.read(paths).array
  }

  /// The array with the grid of the first file, by which masks are compared.
  static func read(_ paths: [String]) throws -> (array: ImageArray, grid: GridOfFile) {
    var channels: [[Float]] = []
    var first: GridOfFile?
    for path in paths {
      let volume = try Volume(contentsOf: path)
      let grid = GridOfFile(volume, path: path)
      try first?.check(grid)
      first = first ?? grid
      channels += Self.channels(of: volume)
      guard channels.suffix(volume.channels).allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
        throw PlanningError.mismatch(
          path: path, met: "values that are NaN or infinite",
          expected: "finite numbers; replace them by a value that means nothing, such as 0")
      }
    }
    guard let first else {
      throw PlanningError.mismatch(path: "a case", met: "no image", expected: "one file or more")
    }
    return (
      ImageArray(channels: channels, shape: first.shape, spacing: first.spacing), first
    )
  }

  private static func channels(of volume: Volume) -> [[Float]] {
    let values = volume.voxels.floats
    let count = volume.channels
    if count == 1 { return [values] }
    let voxels = volume.geometry.count
    return (0..<count).map { channel in
      values.withUnsafeBufferPointer { values in
        [Float](unsafeUninitializedCapacity: voxels) { plane, filled in
          for voxel in 0..<voxels { plane[voxel] = values[voxel * count + channel] }
          filled = voxels
        }
      }
    }
  }
}

extension LabelArray {
  /// Reads the mask of a case as semantic labels; nil where the case has none.
  ///
  /// - Parameters:
  ///   - item: the case
  ///   - description: how its values are meant, and which there are
  /// - Throws: ``PlanningError/mismatch(path:met:expected:)`` for labels that the description does not name
  public init?(case item: DatasetCase, description: DatasetDescription) throws {
    guard let path = item.label else { return nil }
    self = try Self.read(path, description).array
  }

  static func read(
    _ path: String, _ description: DatasetDescription
  ) throws -> (array: LabelArray, grid: GridOfFile) {
    let map = try LabelMap(contentsOf: path).semantic(description)
    let known = description.labelValues
    let counts = map.counts
    let unknown = counts.keys.filter { known?.contains($0) == false }.sorted()
    guard unknown.isEmpty else {
      throw PlanningError.mismatch(
        path: path, met: "the labels \(unknown.prefix(8).map(String.init).joined(separator: ", "))",
        expected: "only \((known ?? []).sorted().map(String.init).joined(separator: ", ")); "
          + "name them in dataset.json, or mark the masks with \"instances\": true there")
    }
    if let far = counts.keys.first(where: { $0 < 0 || $0 > Int32(Int16.max) }) {
      throw PlanningError.mismatch(
        path: path, met: "the label \(far)", expected: "labels from 0 to \(Int16.max)")
    }
    let grid = GridOfFile(Volume(geometry: map.geometry, voxels: .uint8([])), path: path)
    return (
      LabelArray(
        labels: map.labels.map(Int16.init), shape: grid.shape, spacing: grid.spacing), grid
    )
  }
}

/// The grid of a file, for comparison with those that belong to it.
struct GridOfFile: Sendable {
  let path: String
  let geometry: Geometry
  let isPhotograph: Bool

  init(_ volume: Volume, path: String) {
    self.path = path
    geometry = volume.geometry
    isPhotograph = [".png", ".jpg", ".jpeg", ".tif", ".tiff"].contains(
      ImageFile.ending(of: path) ?? "")
  }

  var shape: [Int] { [geometry.size.z, geometry.size.y, geometry.size.x] }

  var spacing: [Double] {
    // A TIFF with several pages is a volume whose voxel size is simply unknown.
    if isPhotograph, geometry.size.z == 1 { return [999, 1, 1] }
    return [geometry.spacing.z, geometry.spacing.y, geometry.spacing.x]
  }

  /// Refuses a file that does not lie on this grid within half a voxel.
  func check(_ other: GridOfFile) throws {
    guard shape == other.shape else {
      throw PlanningError.mismatch(
        path: other.path, met: "\(Self.text(other.shape)) voxels (z, y, x)",
        expected: "the \(Self.text(shape)) of \(path); resample it to that grid")
    }
    // Pictures have no place in space that could differ.
    guard !isPhotograph, !other.isPhotograph else { return }
    let toleranceMM = 0.5 * (spacing.min() ?? 1)
    guard geometry.matches(other.geometry, toleranceMM: toleranceMM) else {
      throw PlanningError.mismatch(
        path: other.path,
        met: "another voxel size, place or direction (\(Self.text(other.spacing)) mm)",
        expected: "those of \(path) (\(Self.text(spacing)) mm); resample it to that grid")
    }
  }

  private static func text<Value>(_ values: [Value]) -> String {
    values.map { "\($0)" }.joined(separator: "×")
  }
}

extension DatasetDescription {
  /// All values that masks may hold; nil where nothing is said of labels.
  var labelValues: Set<Int32>? {
    if instances { return [0, 1] }
    var values = Set(labels.keys).union(regions.flatMap(\.values))
    guard !values.isEmpty else { return nil }
    values.insert(0)
    if let ignoredLabel { values.insert(ignoredLabel) }
    return values
  }
}

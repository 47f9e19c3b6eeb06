// The surface distances of all labels that two label arrays contain.

/// The distances between the surfaces of a prediction and a reference, for each label.
///
/// One scan finds where the labels lie. Each label is then cut out, and the way from every part of one
/// surface to the other is searched, row by row, in sets of bits; only where this would take longer than a
/// distance transform of the part is there one. Exact in double precision, on all cores.
public struct SurfaceDistanceTable: Sendable {
  /// The labels compared, ascending.
  public let labels: [Int32]
  private let distances: [Int32: SurfaceDistances]
  private let absent: SurfaceDistances

  /// Compares two label arrays of one grid, x fastest.
  ///
  /// - Parameters:
  ///   - prediction: one label per voxel
  ///   - reference: one label per voxel, in the same order
  ///   - size: voxels along x, y and z; z is 1 for a picture
  ///   - spacing: mm between the centres of neighbouring voxels
  ///   - labels: those to compare; nil stands for all that occur, but for the background 0
  ///   - reading: what the surface of a mask consists of
  ///   - flat: how an image of one slice is read
  /// - Throws: ``MetricsError``
  public init(
    prediction: [Int32], reference: [Int32], size: SIMD3<Int>, spacing: SIMD3<Double>,
    labels: [Int32]? = nil, reading: SurfaceReading = .borderVoxels,
    flat: FlatImage = .twoDimensional
  ) throws {
    let grid = try Grid(
      prediction: prediction, reference: reference, size: size, spacing: spacing)
    let pairs = LabelPairs(prediction, reference, grid)
    let search = SurfaceSearch(grid: grid, reading: reading, isPlanar: grid.isPlanar(flat))
    self.labels = labels.map { Set($0).sorted() } ?? pairs.foreground
    absent = search.nothing
    var found: [Int32: SurfaceDistances] = [:]
    for label in self.labels {
      found[label] = pairs.masks(label).map { search.distances($0, $1) }
    }
    distances = found
  }

  /// The distances of a label; none for a label that does not occur or was not compared.
  public subscript(label: Int32) -> SurfaceDistances { distances[label] ?? absent }
}

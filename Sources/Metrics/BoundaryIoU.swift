// Boundary IoU: the overlap of the outermost layers of two masks, which large objects do not drown.
// Cheng et al., CVPR 2021, 15334. Guide: Documentation/metrics/boundary-iou.md

/// Which voxels of a mask lie at its boundary.
public enum BoundaryBand: Sendable, Hashable, Codable {
  /// Voxels whose centre is less than so many mm from the centre of the nearest border voxel of the mask;
  /// up to the smallest spacing these are the border voxels alone. MetricsReloaded, in voxels and with 1
  /// as its default.
  case distance(below: Double)
  /// Voxels that go when the mask is eroded so many times by a box of 3×3×3 (3×3 in two dimensions)
  /// voxels; beyond the image is outside. The authors' own program.
  case erosion(Int)

  /// The authors' choice: a width of 2 % of the diagonal of the image in voxels, at least one.
  public static func shareOfDiagonal(_ size: SIMD3<Int>, share: Double = 0.02) -> BoundaryBand {
    let extent = size.z == 1 ? SIMD3(Double(size.x), Double(size.y), 0) : SIMD3<Double>(size)
    let width = share * (extent * extent).sum().squareRoot()
    return .erosion(max(1, Int(exactly: width.rounded(.toNearestOrEven)) ?? 1))
  }
}

/// The overlap of the boundaries of a prediction and a reference, for each label.
public struct BoundaryOverlapTable: Sendable, Equatable {
  /// The labels compared, ascending.
  public let labels: [Int32]
  private let overlaps: [Int32: Overlap]

  /// Compares two label arrays of one grid, x fastest.
  ///
  /// - Parameters:
  ///   - prediction: one label per voxel
  ///   - reference: one label per voxel, in the same order
  ///   - size: voxels along x, y and z; z is 1 for a picture
  ///   - spacing: mm between the centres of neighbouring voxels
  ///   - band: which voxels of a mask lie at its boundary
  ///   - labels: those to compare; nil stands for all that occur, but for the background 0
  ///   - flat: how an image of one slice is read
  /// - Throws: ``MetricsError``
  public init(
    prediction: [Int32], reference: [Int32], size: SIMD3<Int>, spacing: SIMD3<Double>,
    band: BoundaryBand, labels: [Int32]? = nil, flat: FlatImage = .twoDimensional
  ) throws {
    let grid = try Grid(
      prediction: prediction, reference: reference, size: size, spacing: spacing)
    switch band {
    case .distance(let width) where !(width > 0 && width.isFinite):
      throw MetricsError.distanceInvalid(width)
    case .erosion(let width) where width < 1:
      throw MetricsError.distanceInvalid(Double(width))
    default: break
    }
    let pairs = LabelPairs(prediction, reference, grid)
    self.labels = labels.map { Set($0).sorted() } ?? pairs.foreground
    var found: [Int32: Overlap] = [:]
    for label in self.labels {
      guard let masks = pairs.masks(label) else { continue }
      let isPlanar = grid.isPlanar(flat)
      let predicted = band.voxels(of: masks.prediction, grid.spacing, isPlanar: isPlanar)
      let referenced = band.voxels(of: masks.reference, grid.spacing, isPlanar: isPlanar)
      let both = predicted.count(commonWith: referenced)
      found[label] = Overlap(
        truePositives: both, falsePositives: predicted.count - both,
        falseNegatives: referenced.count - both)
    }
    overlaps = found
  }

  /// The overlap of the boundaries in voxels; all zero for a label that does not occur.
  public subscript(label: Int32) -> Overlap { overlaps[label] ?? Overlap() }

  /// Intersection over union of the two boundaries of a label.
  ///
  /// 1 is equality of the boundaries; 0 when exactly one of the two masks is empty.
  ///
  /// - Parameters:
  ///   - label: one of the labels compared
  ///   - policy: the value when both masks are empty
  /// - Returns: a value in 0…1, or nil where it is undefined
  public func boundaryIoU(_ label: Int32, whenEmpty policy: EmptyPolicy = .undefined) -> Double? {
    self[label].iou(whenEmpty: policy)
  }
}

extension BoundaryBand {
  fileprivate func voxels(
    of mask: VoxelSet, _ spacing: SIMD3<Double>, isPlanar: Bool
  ) -> VoxelSet {
    switch self {
    case .erosion(let width):
      var inner = mask
      for _ in 0..<width where !inner.isEmpty { inner = inner.eroded(isPlanar: isPlanar) }
      return mask.subtracting(inner)
    case .distance(let width):
      let border = mask.border(isPlanar: isPlanar)
      // Neighbouring centres lie that far apart: nothing else is nearer than the border itself.
      if width <= spacing.min() { return border }
      let squared = SquaredDistances(to: border, spacing: spacing)
      return mask.filtered { squared.values[$0].squareRoot() < width }
    }
  }
}

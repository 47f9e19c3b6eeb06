// The distances between two surfaces, computed once: every distance metric is derived from them.

/// What the surface of a mask consists of.
public enum SurfaceReading: String, Sendable, Codable, CaseIterable {
  /// Voxels of the mask with a face neighbour outside it, one of six (of four in two dimensions); beyond
  /// the image is outside. MedPy, MONAI, MetricsReloaded.
  case borderVoxels
  /// Corners of voxels that touch both the mask and its outside, weighed by the area in mm² of the piece
  /// of surface that marching cubes put there (length in mm in two dimensions). surface-distance, MONAI
  /// with `use_subvoxels`.
  case surfaceElements
}

/// The distances from all parts of one surface to the nearest part of another.
public struct DirectedDistances: Sendable, Hashable, Codable {
  /// The distances that occur, in mm, ascending; parts at the same distance are put together.
  public let distances: [Double]
  /// How many parts of the surface lie at each distance.
  public let counts: [Int]
  /// Their weight: 1 for each border voxel, the area in mm² (length in mm) for surface elements.
  public let weights: [Double]

  public static let none = DirectedDistances(distances: [], counts: [], weights: [])

  public var isEmpty: Bool { distances.isEmpty }
  /// Parts of the surface.
  public var count: Int { counts.reduce(0, +) }
  /// The weight of the whole surface.
  public var weight: Double { weights.reduce(0, +) }
  /// The distance of every single part in mm, ascending.
  public var all: [Double] {
    zip(distances, counts).flatMap { Array(repeating: $0, count: $1) }
  }

  init(distances: [Double], counts: [Int], weights: [Double]) {
    self.distances = distances
    self.counts = counts
    self.weights = weights
  }
}

/// The distances between the surfaces of a prediction and a reference about one label.
public struct SurfaceDistances: Sendable, Hashable, Codable {
  /// Which of the two masks contain the label.
  public enum Presence: String, Sendable, Codable {
    case both
    case onlyPrediction
    case onlyReference
    case neither
  }

  public let presence: Presence
  public let reading: SurfaceReading
  /// From the surface of the prediction to that of the reference; none unless both exist.
  public let toReference: DirectedDistances
  /// From the surface of the reference to that of the prediction; none unless both exist.
  public let toPrediction: DirectedDistances
  /// From one outer corner of the image to the opposite one, in mm.
  public let diagonal: Double

  /// Weighted mean of some distances in mm.
  static func mean(_ parts: [DirectedDistances]) -> Double? {
    var sum = 0.0
    var weight = 0.0
    for part in parts {
      for (distance, share) in zip(part.distances, part.weights) {
        sum += distance * share
        weight += share
      }
    }
    return weight > 0 ? sum / weight : nil
  }
}

/// The distance in mm of a label that only one of prediction and reference contains, or neither.
public struct EmptySurfacePolicy: Sendable, Hashable, Codable {
  public enum OneEmpty: String, Sendable, Codable, CaseIterable {
    /// The distance does not exist: MetricsReloaded; MedPy raises an error.
    case undefined
    /// surface-distance, MONAI's Hausdorff distance.
    case infinite
    /// The diagonal of the image, as challenges do: no distance can be larger.
    case diagonal
  }

  public enum BothEmpty: String, Sendable, Codable, CaseIterable {
    /// The distance does not exist: MONAI; MedPy raises an error.
    case undefined
    /// Agreement on absence is full agreement: MetricsReloaded.
    case zero
  }

  public var oneEmpty: OneEmpty
  public var bothEmpty: BothEmpty

  public init(oneEmpty: OneEmpty = .undefined, bothEmpty: BothEmpty = .undefined) {
    self.oneEmpty = oneEmpty
    self.bothEmpty = bothEmpty
  }

  public static let undefined = EmptySurfacePolicy()

  /// The distance of `surfaces` if `body` cannot give it.
  func distance(_ surfaces: SurfaceDistances, _ body: () -> Double?) -> Double? {
    switch (surfaces.presence, oneEmpty, bothEmpty) {
    case (.both, _, _): body()
    case (.neither, _, .zero): 0
    case (.neither, _, .undefined), (_, .undefined, _): nil
    case (_, .infinite, _): .infinity
    case (_, .diagonal, _): surfaces.diagonal
    }
  }
}

// Where the object usually lies: the score that a data set gives away without an image.

/// The voxel-wise majority of the training masks.
public struct MajorityMask: Baseline {
  public static let id = "baseline/majority"
  public static let title = "Majority of the training masks"
  public static let summary =
    "takes the voxels that more than half of the training masks hold and never looks at the image"
  public static let source =
    "voting without registration, after T. Rohlfing et al., NeuroImage 21 (2004) 1428–1442"
  public static let need = BaselineNeed.trainingMasks

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    guard !input.trainingMasks.isEmpty else {
      throw BaselinesError.missing(id: id, needed: "masks of training cases")
    }
    let image = input.image
    var vote = MajorityVote(width: image.width, height: image.height, depth: image.depth)
    for mask in input.trainingMasks { vote.add(mask) }
    return vote.winner
  }
}

/// A count of masks on the grid of a case, one after the other, so that they need not all be in memory.
public struct MajorityVote: Sendable {
  public let width: Int
  public let height: Int
  public let depth: Int
  /// Masks counted so far.
  public private(set) var masks = 0
  private var counts: [Int32]

  /// A count for a grid of at least one voxel along each axis.
  public init(width: Int, height: Int, depth: Int = 1) {
    self.width = max(width, 1)
    self.height = max(height, 1)
    self.depth = max(depth, 1)
    counts = [Int32](repeating: 0, count: self.width * self.height * self.depth)
  }

  /// Counts a mask, stretched to the grid: a voxel takes the value at the same share of each axis, from the
  /// closest voxel of the mask. Spacing and place in space play no part.
  public mutating func add(_ mask: TrainingMask) {
    let columns = Self.places(width, in: mask.width)
    let rows = Self.places(height, in: mask.height)
    let slices = Self.places(depth, in: mask.depth)
    var voxel = 0
    for z in slices {
      for y in rows {
        let start = (z * mask.height + y) * mask.width
        for x in columns {
          if mask.voxels[start + x] > 0 { counts[voxel] += 1 }
          voxel += 1
        }
      }
    }
    masks += 1
  }

  /// 1 where more than half of the masks hold the object; background for exactly half and without masks.
  public var winner: [UInt8] { counts.map { 2 * Int($0) > masks ? 1 : 0 } }

  private static func places(_ count: Int, in source: Int) -> [Int] {
    (0..<count).map { min((2 * $0 + 1) * source / (2 * count), source - 1) }
  }
}

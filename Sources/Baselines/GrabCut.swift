// GrabCut: what colours and edges tell of the object in a box, without any training.
// C. Rother, V. Kolmogorov, A. Blake, "GrabCut": interactive foreground extraction using iterated graph cuts,
// ACM Transactions on Graphics 23 (SIGGRAPH 2004) 309–314. Numbers as in OpenCV.

import Prompts

/// Learns the colours inside and outside of a box, cuts the object out where that costs least, and repeats.
///
/// All beside the box is background for certain. Definitions and the answers to odd boxes stand in the guide,
/// Documentation/models/baselines.md.
public struct GrabCut: Baseline {
  public static let id = "baseline/grabcut"
  public static let title = "GrabCut"
  public static let summary =
    "learns the colours inside and outside of the box and cuts along edges, in turns"
  public static let source = "C. Rother et al., ACM Trans. Graphics 23 (2004) 309–314"
  public static let need = BaselineNeed.box

  /// Gaussians for the object and for the background each.
  public var components = 5
  /// What an edge of the mask costs where there is none in the image.
  public var gamma = 50.0
  /// Turns of learning and cutting.
  public var iterations = 5
  /// Decides where the search for the first groups of colours starts.
  public var seed: UInt64 = 1

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    let image = input.image
    let box = try input.box(for: id)
    try image.requireNumbers()
    guard let free = Self.free(box, on: image) else {
      return image.pixels { box.contains($0, $1) }
    }
    var turns = GrabCutTurns(ColourPalette(image), box: free, gamma: gamma)
    turns.start(components: max(components, 1), seed: seed)
    for _ in 0..<max(iterations, 0) { turns.advance() }
    return image.pixels { turns.isOnObject($0, $1) }
  }

  /// The box, less the edge of the image where it holds all of it, since some pixels must be background;
  /// nil where nothing would be left.
  private static func free(_ box: PixelBox, on image: BaselineImage) -> PixelBox? {
    guard box.columns.count == image.width, box.rows.count == image.height else { return box }
    guard image.width > 2, image.height > 2 else { return nil }
    return PixelBox(columns: 1...image.width - 2, rows: 1...image.height - 2)
  }
}

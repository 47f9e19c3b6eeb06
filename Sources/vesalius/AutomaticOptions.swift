// --automatic and its settings: everything in an image instead of what one points at.

import ArgumentParser
import Segmentation

struct AutomaticOptions: ParsableArguments {
  @Flag(
    name: .customLong("automatic"),
    help: """
      Find masks of everything from a grid of points; --output is a label map, COCO's .json, or a \
      folder of one PNG a mask.
      """)
  var isOn = false

  @Option(help: "The slice of a volume, from 0.")
  var slice: Int?

  @Option(help: "Points along each side of the grid (32).")
  var pointsPerSide: Int?

  @Option(help: "Look again at 2ⁿ × 2ⁿ crops for n up to this number (0).")
  var cropLayers: Int?

  @Option(help: "Overlap that the network must expect of a mask (0.88).")
  var iouThreshold: Double?

  @Option(help: "Overlap of a mask at a stricter and a laxer threshold (0.95).")
  var stabilityThreshold: Double?

  @Option(help: "Remove holes and islands of fewer pixels (0).")
  var smallestRegion: Int?

  /// The reference's order of work, to compare with; not for users.
  @Flag(name: .customLong("official-schedule"), help: .hidden)
  var isOfficial = false

  var schedule: AutomaticMasks.Schedule { isOfficial ? .official : .lean }

  var settings: AutomaticMasks.Settings {
    var settings = AutomaticMasks.Settings()
    if let pointsPerSide { settings.pointsPerSide = pointsPerSide }
    if let cropLayers { settings.cropLayers = cropLayers }
    if let iouThreshold { settings.predictedIoUThreshold = iouThreshold }
    if let stabilityThreshold { settings.stabilityThreshold = stabilityThreshold }
    if let smallestRegion { settings.smallestRegion = smallestRegion }
    return settings
  }

  func validate() throws {
    let names = [
      ("--slice", slice != nil), ("--points-per-side", pointsPerSide != nil),
      ("--crop-layers", cropLayers != nil), ("--iou-threshold", iouThreshold != nil),
      ("--stability-threshold", stabilityThreshold != nil),
      ("--smallest-region", smallestRegion != nil),
    ]
    if !isOn, let name = names.first(where: \.1)?.0 {
      throw ValidationError("\(name) goes with --automatic")
    }
    do {
      try settings.check()
    } catch {
      throw ValidationError("\(error)")
    }
  }
}

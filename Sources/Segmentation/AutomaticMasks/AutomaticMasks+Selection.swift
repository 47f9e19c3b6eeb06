// Which of the masks that were found stay.

import Models

extension AutomaticMasks {
  /// The best masks of those whose boxes overlap, best first: a mask is left out when its box overlaps
  /// that of a better one by more than `threshold` (greedy non-maximum suppression). Among equal scores
  /// the earlier mask is better.
  static func suppressed(
    _ masks: [AutomaticMask], scores: [Float], threshold: Double
  ) -> [AutomaticMask] {
    let order = masks.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    var kept: [Int] = []
    for index in order
    where !kept.contains(where: { overlap(masks[$0].box, masks[index].box) > threshold }) {
      kept.append(index)
    }
    return kept.map { masks[$0] }
  }

  /// Intersection over union of the rectangles between the middles of the outermost pixels, as the
  /// reference implementation takes them. Not a number for two boxes without extent.
  static func overlap(_ a: PixelBox, _ b: PixelBox) -> Double {
    let width = max(0, min(a.right, b.right) - max(a.left, b.left))
    let height = max(0, min(a.bottom, b.bottom) - max(a.top, b.top))
    let shared = Float(width) * Float(height)
    let all = Float(a.width) * Float(a.height) + Float(b.width) * Float(b.height) - shared
    return Double(shared / all)
  }

  /// Without small holes and islands, and without the duplicates that this makes; masks that had
  /// neither are preferred.
  static func cleaned(
    _ masks: [AutomaticMask], smallestRegion: Int, threshold: Double
  ) -> [AutomaticMask] {
    var cleaned = masks
    var scores = [Float](repeating: 1, count: masks.count)
    for (index, mask) in masks.enumerated() {
      let filled = mask.mask.withoutHoles(below: smallestRegion)
      let last = (filled ?? mask.mask).withoutIslands(below: smallestRegion) ?? filled
      guard let changed = last, let box = changed.box else { continue }
      cleaned[index].mask = changed
      cleaned[index].box = box
      scores[index] = 0
    }
    return suppressed(cleaned, scores: scores, threshold: threshold)
  }

  static func largestFirst(_ masks: [AutomaticMask]) -> [AutomaticMask] {
    let areas = masks.map(\.area)
    return masks.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }.map { masks[$0] }
  }
}

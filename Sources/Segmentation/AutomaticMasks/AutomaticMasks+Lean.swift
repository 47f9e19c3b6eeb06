// The same masks with less work and bounded memory: most candidates are dropped by the network's own
// expectation before anything is resized, and the rest never become images of scores.

import Models
import Tensors

extension AutomaticMasks {
  func leanMasks(of batch: Batch, stopwatch: inout Stopwatch) throws -> [AutomaticMask] {
    let found = try stopwatch.measure("decode") {
      try model.decode(batch.embedding, encoded(batch), predictedIoUAbove: smallestIoU)
    }
    if found.objects.isEmpty { return [] }
    return try stopwatch.measure("resize") {
      let logits =
        preparation.restoration == .probabilities ? try found.logits.sigmoid() : found.logits
      guard let upsampling = upsampling(from: logits, batch) else {
        return try found.objects.indices.compactMap { try small(found, $0, batch) }
      }
      let scores: [Float] = try logits.to(.float32, device: .cpu).values()
      return try concurrentMap(found.objects.count) {
        try outlined(found, $0, scores, by: upsampling, batch)
      }.compactMap(\.self)
    }
  }

  private func upsampling(from logits: Tensor, _ batch: Batch) -> MaskUpsampling? {
    let (size, side) = (batch.crop.size, model.imageSize)
    let coarse = (height: logits.size(1), width: logits.size(2))
    let image = (height: size.height, width: size.width)
    switch preparation.restoration {
    case .scores:
      let covered = preparation.fitting.covered(by: size, side: side)
      return MaskUpsampling(
        from: coarse, through: (height: side, width: side),
        covered: (height: covered.height, width: covered.width), to: image)
    case .probabilities:
      return MaskUpsampling(from: coarse, through: image, covered: image, to: image)
    case .cubicScores: return nil
    }
  }

  private func outlined(
    _ found: SelectedMasks, _ index: Int, _ scores: [Float], by upsampling: MaskUpsampling,
    _ batch: Batch
  ) throws -> AutomaticMask? {
    let (low, middle, high) = thresholds
    let area = scores.count / found.objects.count
    let outline = try scores.withUnsafeBufferPointer {
      try upsampling(
        UnsafeBufferPointer(rebasing: $0[index * area..<(index + 1) * area]), low: low,
        middle: middle, high: high)
    }
    let stability = sufficientStability(
      strict: outline.pixelsAboveHigh, lax: outline.pixelsAboveLow)
    guard let stability else { return nil }
    return placed(
      RunLengthMask(outline.crossings, size: batch.crop.size), of: batch,
      point: found.objects[index], predictedIoU: found.predictedIoU[index], stability: stability)
  }

  /// A mask of an image so small that libtorch may resize it as it is, or one that is resized cubically.
  private func small(
    _ found: SelectedMasks, _ index: Int, _ batch: Batch
  ) throws -> AutomaticMask? {
    let (low, middle, high) = thresholds
    let restored = try preparation.restored(
      found.logits.slice(index..<index + 1, axis: 0).unsqueezed(0), to: batch.crop.size,
      side: model.imageSize)
    let scores: [Float] = try restored.to(.float32, device: .cpu).contiguous().values()
    let stability = sufficientStability(
      strict: scores.count { $0 > high }, lax: scores.count { $0 > low })
    guard let stability else { return nil }
    return placed(
      try RunLengthMask(scores.map { $0 > middle ? 1 : 0 }, size: batch.crop.size), of: batch,
      point: found.objects[index], predictedIoU: found.predictedIoU[index], stability: stability)
  }
}

extension RunLengthMask {
  /// A mask from where it begins and ends in each column.
  init(_ crossings: [MaskUpsampling.Crossing], size: PixelSize) {
    var runs: [Range<Int>] = []
    var open: Int?
    var column = 0
    for crossing in crossings {
      if let start = open, Int(crossing.column) != column {
        runs.append(start..<(column + 1) * size.height)
        open = nil
      }
      column = Int(crossing.column)
      let place = column * size.height + Int(crossing.row)
      if let start = open {
        runs.append(start..<place)
        open = nil
      } else {
        open = place
      }
    }
    if let start = open { runs.append(start..<(column + 1) * size.height) }
    self.init(size: size, runs: runs)
  }
}

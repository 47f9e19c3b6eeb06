// The order of work of the reference implementation, kept to check the lean one against.

import Models
import Tensors

extension AutomaticMasks {
  /// Resizes all three candidates of every point to the crop, then filters.
  func officialMasks(of batch: Batch, stopwatch: inout Stopwatch) throws -> [AutomaticMask] {
    let found = try stopwatch.measure("decode") {
      try model.decode(batch.embedding, encoded(batch), multimask: true)
    }
    return try stopwatch.measure("resize") {
      let restored = try preparation.restored(
        found.logits, to: batch.crop.size, side: model.imageSize)  // (B, 3, H, W)
      let overlaps = try found.predictedIoU.floats()
      let each = found.predictedIoU.size(1)
      let (low, middle, high) = thresholds
      var masks: [AutomaticMask] = []
      for (index, overlap) in overlaps.enumerated() where overlap > Float(smallestIoU) {
        let scores = try restored.select(index / each).select(index % each)  // (H, W)
        let stability = sufficientStability(
          strict: Int(try scores.greater(Double(high)).sum().item()),
          lax: Int(try scores.greater(Double(low)).sum().item()))
        guard let stability else { continue }
        let pixels = try scores.greater(Double(middle)).to(.uint8).contiguous()
        let mask = try RunLengthMask(pixels.values(as: UInt8.self), size: batch.crop.size)
        if let mask = placed(
          mask, of: batch, point: index / each, predictedIoU: Double(overlap),
          stability: stability)
        {
          masks.append(mask)
        }
      }
      return masks
    }
  }
}

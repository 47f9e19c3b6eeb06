// Numbers of a scanner as voxels of a file: pictures get the eight bits of a screen, volumes their own unit.

internal import Foundation
internal import Imaging

extension Field {
  /// Eight bits, black at `low` and white at `high`.
  func bytes(from low: Float, to high: Float) -> Voxels {
    let scale = 255 / max(high - low, 1e-6)
    return .uint8(values.map { UInt8(min(max((($0 - low) * scale).rounded(), 0), 255)) })
  }

  /// Whole numbers of 16 bits with sign.
  var shorts: Voxels {
    .int16(values.map { Int16(min(max($0.rounded(), -32768), 32767)) })
  }

  /// Whole numbers of 16 bits from 0.
  var words: Voxels {
    .uint16(values.map { UInt16(min(max($0.rounded(), 0), 65535)) })
  }

  /// The value below which a part of the voxels lies.
  func quantile(_ part: Double) -> Float {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return 0 }
    return sorted[min(last, max(0, Int(part * Double(last))))]
  }
}

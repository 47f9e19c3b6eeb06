// The centre of a patch that is neither rotated nor scaled, which needs no interpolation.

extension SpatialTransform {
  /// Cuts the centre of the enlarged patch out, padded with 0 and −1 where it is too small.
  func crop(_ patch: inout Patch) {
    let flat = Array(repeating: 1, count: 3 - patchSize.count)
    let size = flat + patchSize
    let shape = flat + patch.shape
    let centre = zip(zip(patch.enclosing, patchSize), patch.offset).map { $0.0 / 2 - $0.1 / 2 - $1 }
    let lower = Array(repeating: 0, count: 3 - patchSize.count) + centre
    if size == shape, lower.allSatisfy({ $0 == 0 }) { return }
    patch.image = Self.box(patch.image, shape, patch.channels, lower, size, padding: 0)
    patch.labels = Self.box(patch.labels, shape, patch.labelChannels, lower, size, padding: -1)
  }

  private static func box<Value>(
    _ values: [Value], _ shape: [Int], _ channels: Int, _ lower: [Int], _ size: [Int],
    padding: Value
  ) -> [Value] {
    let count = size.reduce(1, *) * channels
    return [Value](unsafeUninitializedCapacity: count) { out, used in
      out.initialize(repeating: padding)
      used = count
      let first = max(0, lower[2])
      let last = min(shape[2], lower[2] + size[2])
      guard first < last else { return }
      for row in 0..<count / size[2] {
        let y = row % size[1] + lower[1]
        let z = row / size[1] % size[0] + lower[0]
        let channel = row / (size[1] * size[0])
        guard (0..<shape[1]).contains(y), (0..<shape[0]).contains(z) else { continue }
        let from = ((channel * shape[0] + z) * shape[1] + y) * shape[2]
        let to = row * size[2] - lower[2]
        values.withUnsafeBufferPointer { values in
          for x in first..<last { out[to + x] = values[from + x] }
        }
      }
    }
  }
}

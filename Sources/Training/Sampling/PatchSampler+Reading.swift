// Patches read from their cases, with padding where they reach beyond the image.

/// A part of an enlarged patch: all that a transform will look at.
struct PatchWindow: Sendable, Equatable {
  /// First voxel in the enlarged patch, along two or three axes.
  var lower: [Int]
  var size: [Int]
}

extension PatchSampler {
  /// Reads a placed patch.
  ///
  /// - Parameters:
  ///   - placement: Where it lies.
  ///   - step: Named in errors.
  /// - Returns: The patch; outside the image it is 0 and its labels are −1.
  /// - Throws: ``SamplingError/caseUnreadable(id:step:reason:)``.
  public func patch(at placement: Placement, step: Int = 0) throws -> Patch {
    let whole = PatchWindow(
      lower: Array(repeating: 0, count: dimensions), size: Array(size.suffix(dimensions)))
    return try patch(at: placement, window: whole, step: step)
  }

  /// Reads the part of a placed patch that a transform needs.
  func patch(at placement: Placement, window: PatchWindow, step: Int) throws -> Patch {
    let source = cases[placement.caseNumber]
    let flat = 3 - dimensions
    let size = Array(repeating: 1, count: flat) + window.size
    let offset = Array(repeating: 0, count: flat) + window.lower
    let lower = zip(placement.lower, offset).map(+)
    var patch = Patch(
      image: [], labels: [], shape: window.size, channels: source.channelCount,
      labelChannels: source.labelChannelCount, caseID: source.id,
      annotatedLabels: source.annotatedLabels)
    patch.enclosing = Array(placement.size.suffix(dimensions))
    patch.offset = window.lower
    do {
      try fill(&patch, from: source, lower: lower, size: size)
    } catch {
      throw SamplingError.caseUnreadable(id: source.id, step: step, reason: "\(error)")
    }
    return patch
  }

  private func fill(
    _ patch: inout Patch, from source: any TrainingCase, lower: [Int], size: [Int]
  ) throws {
    let begin = zip(lower, source.shape).map { min(max(0, $0), $1) }
    let end = zip(zip(lower, size), source.shape).map { max(0, min($0.0 + $0.1, $1)) }
    let inside = zip(begin, end).map { max(0, $1 - $0) }
    if inside == size {
      (patch.image, patch.labels) = try Self.read(source, lower, size)
      return
    }
    let count = size.reduce(1, *)
    patch.image = Array(repeating: 0, count: count * source.channelCount)
    patch.labels = Array(repeating: -1, count: count * source.labelChannelCount)
    if inside.contains(0) { return }
    let (image, labels) = try Self.read(source, begin, inside)
    let corner = zip(begin, lower).map(-)
    Self.place(image, inside, at: corner, in: &patch.image, size)
    Self.place(labels, inside, at: corner, in: &patch.labels, size)
  }

  private static func read(
    _ source: any TrainingCase, _ lower: [Int], _ size: [Int]
  ) throws -> ([Float], [Int16]) {
    let count = size.reduce(1, *)
    var labels: [Int16] = []
    let image = try [Float](unsafeUninitializedCapacity: count * source.channelCount) {
      image, used in
      // A reader that leaves a voxel out must not leave it to chance.
      image.initialize(repeating: 0)
      used = image.count
      labels = try [Int16](
        unsafeUninitializedCapacity: count * source.labelChannelCount
      ) { labels, used in
        labels.initialize(repeating: -1)
        used = labels.count
        try source.read(lower: lower, size: size, image: image, labels: labels)
      }
    }
    return (image, labels)
  }

  /// Copies channels of one box into a larger one, row by row.
  private static func place<Value>(
    _ values: [Value], _ size: [Int], at corner: [Int], in whole: inout [Value], _ extent: [Int]
  ) {
    let rows = values.count / size[2]
    values.withUnsafeBufferPointer { values in
      whole.withUnsafeMutableBufferPointer { whole in
        for row in 0..<rows {
          let y = row % size[1]
          let z = row / size[1] % size[0]
          let channel = row / (size[1] * size[0])
          let plane = channel * extent[0] + z + corner[0]
          let start = (plane * extent[1] + y + corner[1]) * extent[2] + corner[2]
          for x in 0..<size[2] { whole[start + x] = values[row * size[2] + x] }
        }
      }
    }
  }
}

// Where the samples of a new axis lie on an old one: the whole of linear resampling, one axis at a time.

import Planning

/// For each sample of an output axis its lower neighbour on the input axis and the next one's share.
///
/// Half-pixel centres and repeated borders, as `skimage.transform.resize` in "edge" mode has them.
struct AxisSamples: Sendable, Equatable {
  let lower: [Int]
  let upper: [Int]
  /// How much of the value comes from `upper`, 0 ..< 1.
  let share: [Float]

  init(from input: Int, to output: Int, isLinear: Bool) {
    let scale = Double(input) / Double(output)
    var (lower, upper, share): ([Int], [Int], [Float]) = ([], [], [])
    for index in 0..<output {
      let place = scale * (Double(index) + 0.5) - 0.5
      let clamped = min(max(place, 0), Double(input - 1))
      let first =
        isLinear ? Int(clamped) : min(max(Int((place + 0.5).rounded(.down)), 0), input - 1)
      lower.append(first)
      let rest = isLinear ? Float(clamped - Double(first)) : 0
      share.append(rest)
      upper.append(rest > 0 ? min(first + 1, input - 1) : first)
    }
    self.lower = lower
    self.upper = upper
    self.share = share
  }

  var count: Int { lower.count }
  /// Whether every sample is the input's of the same index.
  var isIdentity: Bool {
    share.allSatisfy { $0 == 0 } && lower.enumerated().allSatisfy { $0 == $1 }
  }
}

extension AxisSamples {
  /// The three axes of a resampling from one grid to another under a plan's rule.
  ///
  /// Where voxels are more than three times as long as wide, before or after, the one long axis is taken
  /// by its own order and the others by theirs.
  /// - Throws: ``SelfConfiguredError/unsupportedResampling(order:)`` for splines beyond linear.
  static func axes(
    from shape: [Int], _ spacing: [Double], to target: [Int], _ targetSpacing: [Double],
    rule: ResamplingRule
  ) throws -> [AxisSamples] {
    let separate = GridChange.separateAxis(
      from: spacing, to: targetSpacing, force: rule.forceSeparateZ)
    return try shape.indices.map { axis in
      let order = axis == separate ? rule.orderZ : rule.order
      guard order <= 1 else { throw SelfConfiguredError.unsupportedResampling(order: order) }
      return AxisSamples(from: shape[axis], to: target[axis], isLinear: order == 1)
    }
  }
}

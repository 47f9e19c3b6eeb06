// Where the planes of a new grid lie between those of an old one, so that each can be made as soon as both are
// there.

import Planning

/// For each output plane its lower neighbour among the input planes and the next one's share.
struct AxisSamples: Sendable, Equatable {
  let lower: [Int]
  let upper: [Int]
  /// How much of the value comes from `upper`, 0 ..< 1.
  let share: [Float]

  init(from input: Int, to output: Int, isLinear: Bool) {
    let taps = isLinear ? LinearTaps(input, output) : LinearTaps(nearest: input, output)
    let (lower, share) = (
      (0..<output).map { Int(taps.sources[2 * $0]) },
      (0..<output).map { Float(taps.weights[2 * $0 + 1]) }
    )
    self.lower = lower
    self.share = share
    // A plane of which nothing is taken need not be waited for.
    upper = (0..<output).map { share[$0] > 0 ? Int(taps.sources[2 * $0 + 1]) : lower[$0] }
  }

  var count: Int { lower.count }
}

// The decision at each voxel of resampled scores.

import Foundation

extension LabelRule {
  /// The label at a column of scores (channels, width); of equal scores the first wins.
  func label(_ scores: UnsafeMutableBufferPointer<Float>, _ column: Int, _ width: Int) -> Int32 {
    switch self {
    case .largest(let labels):
      var best = 0
      var score = scores[column]
      for channel in 1..<max(labels.count, 1) where scores[channel * width + column] > score {
        score = scores[channel * width + column]
        best = channel
      }
      return labels[best]
    case .regions(let labels):
      var label: Int32 = 0
      // The sigmoid exceeds ½ where the score is positive.
      for channel in labels.indices where scores[channel * width + column] > 0 {
        label = labels[channel]
      }
      return label
    }
  }

  /// Turns scores (channels, width) into probabilities: softmax, or a sigmoid for each region.
  func makeProbabilities(_ scores: UnsafeMutableBufferPointer<Float>, _ width: Int) {
    switch self {
    case .regions:
      for index in scores.indices { scores[index] = 1 / (1 + exp(-scores[index])) }
    case .largest(let labels):
      for column in 0..<width {
        var largest = -Float.infinity
        for channel in labels.indices { largest = max(largest, scores[channel * width + column]) }
        var total: Float = 0
        for channel in labels.indices {
          let value = exp(scores[channel * width + column] - largest)
          scores[channel * width + column] = value
          total += value
        }
        for channel in labels.indices { scores[channel * width + column] /= total }
      }
    }
  }
}

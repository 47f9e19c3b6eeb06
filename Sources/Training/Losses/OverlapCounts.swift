// Voxels that a network hits, invents and misses, counted while it trains.

public import Tensors

/// True positives, false positives and false negatives of each foreground class or region, by hard decision:
/// the class of the highest score, or each region whose probability is above one half.
///
/// Source: nnunetv2 2.8.1, `nnUNetTrainer.validation_step`.
public struct OverlapCounts: Sendable, Codable, Equatable {
  public var truePositives: [Int]
  public var falsePositives: [Int]
  public var falseNegatives: [Int]

  /// Counts of nothing.
  ///
  /// - Parameter classes: Foreground classes or regions.
  public init(classes: Int) {
    truePositives = Array(repeating: 0, count: max(0, classes))
    falsePositives = truePositives
    falseNegatives = truePositives
  }

  /// Counts the voxels of a batch that are not ignored.
  ///
  /// - Parameters:
  ///   - scores: (B, C, spatial…) before softmax or sigmoid.
  ///   - labels: (B, spatial…)
  ///   - scheme: What the channels mean.
  ///   - annotatedLabels: For each sample the labels that were looked for; others are not counted there.
  ///   - caseIDs: The case of each sample, for messages.
  /// - Throws: ``LossError``, or `TensorError` when memory runs out.
  public init(
    scores: Tensor, labels: [Int16], scheme: LabelScheme, annotatedLabels: [[Int]?] = [],
    caseIDs: [String] = []
  ) throws {
    try scheme.check()
    let shape = scores.shape
    let samples = shape.first ?? 0
    let voxels = shape.dropFirst(2).reduce(1, *)
    guard shape.count > 2, shape[1] == scheme.channelCount, labels.count == samples * voxels else {
      throw LossError.shapesDiffer(
        output: 0, scores: shape,
        expected: [samples, scheme.channelCount, labels.count / max(1, samples)])
    }
    let maps = try TargetMaps(
      labels: labels, samples: samples, annotatedLabels: annotatedLabels, caseIDs: caseIDs,
      scheme: scheme)
    self.init(classes: maps.channels)
    let decisions = try Self.decisions(scores.detached(), scheme)
    let isClasses = scheme.hasClasses
    let (channels, rows, judged) = (maps.channels, maps.membership.rows, maps.judged)
    var hits = Array(repeating: 0, count: samples * channels)
    var claims = hits
    decisions.withUnsafeBufferPointer { decisions in
      hits.withUnsafeMutableBufferPointer { hits in
        claims.withUnsafeMutableBufferPointer { claims in
          maps.forEachVoxel { sample, voxel, row in
            guard row >= 0 else { return }
            if isClasses {
              let decided = Int(decisions[sample * voxels + voxel])
              guard decided > 0 else { return }
              claims[sample * channels + decided - 1] += 1
              if decided == row { hits[sample * channels + decided - 1] += 1 }
            } else {
              for channel in 0..<channels {
                let place = sample * channels + channel
                guard decisions[place * voxels + voxel] != 0 else { continue }
                claims[place] += 1
                if rows[row].contains(channel) { hits[place] += 1 }
              }
            }
          }
        }
      }
    }
    for sample in 0..<samples {
      for channel in 0..<channels where judged[sample][channel] {
        let place = sample * channels + channel
        truePositives[channel] += hits[place]
        falsePositives[channel] += claims[place] - hits[place]
        falseNegatives[channel] += maps.positives[sample][channel] - hits[place]
      }
    }
  }

  /// Dice coefficient of each foreground class or region; `nil` where neither labels nor network have any.
  public var dice: [Double?] {
    truePositives.indices.map { index in
      let hits = 2 * truePositives[index]
      let all = hits + falsePositives[index] + falseNegatives[index]
      return all == 0 ? nil : Double(hits) / Double(all)
    }
  }

  /// Mean of the coefficients that exist.
  public var meanDice: Double? {
    let known = dice.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// Voxels of both; counts of fewer classes are filled up with zeros.
  public static func + (a: OverlapCounts, b: OverlapCounts) -> OverlapCounts {
    var sum = OverlapCounts(classes: max(a.truePositives.count, b.truePositives.count))
    for counts in [a, b] {
      for index in counts.truePositives.indices {
        sum.truePositives[index] += counts.truePositives[index]
        sum.falsePositives[index] += counts.falsePositives[index]
        sum.falseNegatives[index] += counts.falseNegatives[index]
      }
    }
    return sum
  }

  public static func += (a: inout OverlapCounts, b: OverlapCounts) { a = a + b }

  /// (B, N) classes, or (B, R, N) one where a voxel lies in a region.
  private static func decisions(_ scores: Tensor, _ scheme: LabelScheme) throws -> [Int16] {
    guard scheme.hasClasses else {
      return try scores.sigmoid().greater(0.5).to(.int16, device: .cpu).values(as: Int16.self)
    }
    let (samples, channels) = (scores.shape[0], scores.shape[1])
    let voxels = scores.count / max(1, samples * channels)
    let values = try scores.to(.float32, device: .cpu).values(as: Float.self)
    // libtorch looks for the highest of channels that lie far apart voxel by voxel, which takes far longer.
    return values.withUnsafeBufferPointer { values in
      [Int16](unsafeUninitializedCapacity: samples * voxels) { classes, used in
        used = samples * voxels
        var highest = [Float](repeating: 0, count: voxels)
        highest.withUnsafeMutableBufferPointer { highest in
          for sample in 0..<samples {
            for channel in 0..<channels {
              let start = (sample * channels + channel) * voxels
              for voxel in 0..<voxels
              where channel == 0 || values[start + voxel] > highest[voxel] {
                highest[voxel] = values[start + voxel]
                classes[sample * voxels + voxel] = Int16(truncatingIfNeeded: channel)
              }
            }
          }
        }
      }
    }
  }
}

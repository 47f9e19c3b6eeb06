// The labels of one output as the arrays that losses multiply scores by.

internal import Tensors

/// Labels of (B, N) voxels, checked and sorted by channel.
struct TargetMaps {
  let scheme: LabelScheme
  let samples: Int
  /// Voxels of a sample.
  let voxels: Int
  let labels: [Int16]
  /// (B, K) whether a foreground channel can be judged in a sample.
  let judged: [[Bool]]
  /// (B, K) voxels of each foreground channel that count.
  let positives: [[Int]]
  /// Voxels of each sample that count.
  let counted: [Int]
  let membership: Membership

  /// Checks and counts the labels of one output.
  ///
  /// - Throws: ``LossError/labelOutside(label:caseID:expected:)``
  init(
    labels: [Int16], samples: Int, annotatedLabels: [[Int]?], caseIDs: [String],
    scheme: LabelScheme
  ) throws {
    self.scheme = scheme
    self.samples = samples
    self.labels = labels
    voxels = samples == 0 ? 0 : labels.count / samples
    membership = Membership(scheme)
    judged = (0..<samples).map {
      scheme.judged(annotated: annotatedLabels.indices.contains($0) ? annotatedLabels[$0] : nil)
    }
    var positives: [[Int]] = []
    var counted: [Int] = []
    for sample in 0..<samples {
      let tally = membership.tally(labels[sample * voxels..<(sample + 1) * voxels])
      if let label = tally.outside {
        throw LossError.labelOutside(
          label: label, caseID: caseIDs.indices.contains(sample) ? caseIDs[sample] : "\(sample)",
          expected: scheme.allowedLabels)
      }
      var channels = Array(repeating: 0, count: scheme.foreground.count)
      for (row, count) in tally.counts.enumerated() {
        for channel in membership.rows[row] { channels[channel] += count }
      }
      positives.append(channels)
      counted.append(voxels - tally.ignored)
    }
    self.positives = positives
    self.counted = counted
  }

  /// Foreground channels.
  var channels: Int { scheme.foreground.count }
  var hasIgnoredVoxels: Bool { counted.contains { $0 < voxels } }
  var isPartial: Bool { judged.contains { $0.contains(false) } }

  /// (B, K, N) one where a voxel lies in a foreground channel and counts, else zero.
  func indicators() throws -> Tensor {
    let rows = membership.rows
    let values = filled(samples * channels * voxels) { out in
      out.update(repeating: 0)
      forEachVoxel { sample, voxel, row in
        guard row >= 0 else { return }
        for channel in rows[row] { out[(sample * channels + channel) * voxels + voxel] = 1 }
      }
    }
    return try Tensor(values, shape: [samples, channels, voxels])
  }

  /// (B, 1, N) one where a voxel counts, zero where it is ignored; `nil` if all count.
  func mask() throws -> Tensor? {
    guard hasIgnoredVoxels else { return nil }
    let values = filled(samples * voxels) { out in
      forEachVoxel { sample, voxel, row in out[sample * voxels + voxel] = row >= 0 ? 1 : 0 }
    }
    return try Tensor(values, shape: [samples, 1, voxels])
  }

  /// (B, 1, N) the class of each voxel, 0 where it is ignored.
  func classes() throws -> Tensor {
    let values = [Int64](unsafeUninitializedCapacity: labels.count) { out, used in
      forEachVoxel { sample, voxel, row in
        out[sample * voxels + voxel] = Int64(max(0, row))
      }
      used = labels.count
    }
    return try Tensor(values, shape: [samples, 1, voxels])
  }

  /// (B, C, N) zero for each class that a voxel may have, −∞ for the others: where a label was not looked
  /// for, background may be that label (Shi et al. 2021, arXiv 2007.03868).
  func exclusions() throws -> Tensor {
    let count = channels + 1
    // The classes that look like the background in each sample.
    let merged = judged.map { known in [true] + known.map { !$0 } }
    let values = filled(samples * count * voxels) { out in
      forEachVoxel { sample, voxel, row in
        for index in 0..<count {
          let may =
            row < 0 || index == row || (merged[sample][row] && merged[sample][index])
          out[(sample * count + index) * voxels + voxel] = may ? 0 : -.infinity
        }
      }
    }
    return try Tensor(values, shape: [samples, count, voxels])
  }

  /// Calls `body` with sample, voxel and row of the membership table; −1 for ignored voxels.
  @inline(__always)
  func forEachVoxel(_ body: (Int, Int, Int) -> Void) {
    labels.withUnsafeBufferPointer { labels in
      membership.table.withUnsafeBufferPointer { table in
        for sample in 0..<samples {
          for voxel in 0..<voxels {
            let label = labels[sample * voxels + voxel]
            body(sample, voxel, Int(table[Int(UInt16(bitPattern: label))]))
          }
        }
      }
    }
  }

  @inline(__always)
  private func filled(
    _ count: Int, _ fill: (UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { out, used in
      fill(UnsafeMutableBufferPointer(rebasing: out[..<count]))
      used = count
    }
  }
}

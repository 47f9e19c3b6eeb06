// How far from the border of the labels a network sees what is not there, or misses what is.

import Dispatch
internal import Tensors

extension SegmentationLoss {
  /// Mean of probabilities (B, K, N) times signed distances (Kervadec et al. 2019, equation 5); `extents` are
  /// the voxels along each spatial axis, outermost first.
  func boundaryTerm(
    _ probabilities: Tensor, _ maps: TargetMaps, extents: [Int]
  ) throws -> Tensor {
    let distances = try maps.signedDistances(extents: extents)
      .to(probabilities.dtype, device: probabilities.device)
    let entries = zip(maps.counted, maps.judged).reduce(0) { $0 + $1.0 * $1.1.count { $0 } }
    return try (probabilities * distances).sum() / Double(max(1, entries))
  }
}

extension TargetMaps {
  /// (B, K, N) distance of each voxel, in voxels, to the nearest one of the channel; inside, one less than
  /// the distance to the nearest one outside, negative. Zero where a channel is absent, fills the patch or
  /// cannot be judged, and where voxels are ignored.
  func signedDistances(extents: [Int]) throws -> Tensor {
    let channels = channels
    let voxels = voxels
    var members = [[UInt8]](
      repeating: [UInt8](repeating: 0, count: voxels), count: samples * channels)
    var counts = [UInt8](repeating: 1, count: samples * voxels)
    let rows = membership.rows
    forEachVoxel { sample, voxel, row in
      if row < 0 {
        counts[sample * voxels + voxel] = 0
      } else {
        for channel in rows[row] { members[sample * channels + channel][voxel] = 1 }
      }
    }
    let (masks, known, counting) = (members, judged, counts)
    let values = [Float](unsafeUninitializedCapacity: masks.count * voxels) { out, used in
      out.update(repeating: 0)
      used = masks.count * voxels
      // Safe because each map is written by one iteration.
      nonisolated(unsafe) let out = out
      DispatchQueue.concurrentPerform(iterations: masks.count) { map in
        let (sample, channel) = (map / channels, map % channels)
        guard known[sample][channel] else { return }
        guard let distances = SignedDistances.of(masks[map], extents: extents) else { return }
        for voxel in 0..<voxels where counting[sample * voxels + voxel] != 0 {
          out[map * voxels + voxel] = distances[voxel]
        }
      }
    }
    return try Tensor(values, shape: [samples, channels, voxels])
  }
}

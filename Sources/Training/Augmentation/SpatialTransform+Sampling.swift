// Which voxels a motion looks at, and the patch that it makes of them.

internal import CKernels

extension SpatialTransform {
  /// The part of an enlarged patch that a motion looks at.
  func window(of motion: Motion, in enclosing: [Int]) -> PatchWindow {
    if motion.isIdentity {
      let lower = zip(enclosing, patchSize).map { max(0, $0 / 2 - $1 / 2) }
      let size = zip(zip(enclosing, lower), patchSize).map { min($1, $0.0 - $0.1) }
      return PatchWindow(lower: lower, size: size)
    }
    let affine = affine(of: motion, from: enclosing, enclosing, Array(repeating: 0, count: 3))
    let source = [affine.source.0, affine.source.1, affine.source.2].map(Int.init)
    let target = Patch.extents(patchSize)
    let rows = Self.rows(affine)
    var window = PatchWindow(lower: [], size: [])
    for axis in 0..<3 {
      var low = rows.origin[axis]
      var high = low
      for other in 0..<3 {
        let reach = rows.along[other][axis] * Double(target[other] - 1)
        low += min(0, reach)
        high += max(0, reach)
      }
      let isKept = isPlanar && axis == 0
      // One voxel more on either side for what rounding to float32 may ask.
      let first = isKept ? 0 : min(source[axis] - 1, max(0, Int(low.rounded(.down)) - 1))
      let last = isKept ? source[axis] - 1 : max(first, min(source[axis] - 1, Int(high) + 2))
      window.lower.append(first)
      window.size.append(last - first + 1)
    }
    window.lower.removeFirst(3 - patchSize.count)
    window.size.removeFirst(3 - patchSize.count)
    return window
  }

  /// Makes the network's patch of an enlarged one.
  func apply(_ motion: Motion, to patch: inout Patch) {
    if motion.isIdentity {
      crop(&patch)
    } else {
      sample(motion, &patch)
    }
    patch.shape = patchSize
    patch.enclosing = patchSize
    patch.offset = Array(repeating: 0, count: patchSize.count)
  }

  private func sample(_ motion: Motion, _ patch: inout Patch) {
    let flat = Array(repeating: 0, count: 3 - patchSize.count)
    var affine = affine(of: motion, from: patch.shape, patch.enclosing, flat + patch.offset)
    // Planes that keep their places are sampled one by one.
    let planes = isPlanar ? patchSize[0] : 1
    if isPlanar {
      affine.source.0 = 1
      affine.target.0 = 1
    }
    let count = patchSize.reduce(1, *)
    let planeCount = count / planes
    let sourcePlane = patch.count / (isPlanar ? patch.shape[0] : 1)
    let source = patch.image
    patch.image = [Float](unsafeUninitializedCapacity: count * patch.channels) { out, used in
      for plane in 0..<planes * patch.channels {
        source.withUnsafeBufferPointer { source in
          guard let from = source.baseAddress, let to = out.baseAddress else { return }
          vk_affine_image(&affine, from + plane * sourcePlane, to + plane * planeCount)
        }
      }
      used = out.count
    }
    let labels = patch.labels
    patch.labels = [Int16](unsafeUninitializedCapacity: count * patch.labelChannels) { out, used in
      for plane in 0..<planes * patch.labelChannels {
        labels.withUnsafeBufferPointer { labels in
          guard let from = labels.baseAddress, let to = out.baseAddress else { return }
          vk_affine_labels(&affine, from + plane * sourcePlane, -1, to + plane * planeCount)
        }
      }
      used = out.count
    }
  }

  private func affine(
    of motion: Motion, from shape: [Int], _ enclosing: [Int], _ offset: [Int]
  ) -> vk_affine {
    let matrix = matrix(of: motion)
    let target = Patch.extents(patchSize)
    let source = Patch.extents(shape)
    let whole = Patch.extents(enclosing)
    let isFlat = isPlanar || patchSize.count == 2
    let origin = (0..<3).map { axis -> Double in
      if isFlat, axis == 0 { return 0 }
      let centre = Double(whole[axis] - 1) / 2 - Double(offset[axis])
      return (0..<3).reduce(centre) { $0 - matrix[axis][$1] * Double(target[$1] - 1) / 2 }
    }
    var affine = vk_affine()
    affine.source = (source[0], source[1], source[2])
    affine.target = (target[0], target[1], target[2])
    affine.origin = (origin[0], origin[1], origin[2])
    affine.along.0 = (matrix[0][0], matrix[1][0], matrix[2][0])
    affine.along.1 = (matrix[0][1], matrix[1][1], matrix[2][1])
    affine.along.2 = (matrix[0][2], matrix[1][2], matrix[2][2])
    affine.planar = isFlat
    return affine
  }

  private static func rows(_ affine: vk_affine) -> (origin: [Double], along: [[Double]]) {
    let (z, y, x) = affine.along
    return (
      [affine.origin.0, affine.origin.1, affine.origin.2],
      [[z.0, z.1, z.2], [y.0, y.1, y.2], [x.0, x.1, x.2]]
    )
  }
}

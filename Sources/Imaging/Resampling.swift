// Bringing images and label maps onto another grid, through ITK.

import CITK

/// How values between voxel centres arise.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// The value of the closest voxel, in its own type.
  case nearest
  /// Trilinear.
  case linear
  /// Cubic B-spline that passes through the voxels; it may overshoot the range of the input.
  case cubic
}

extension Volume {
  /// The image on another grid.
  ///
  /// A target voxel whose centre lies within the source's outer border (from half a voxel before its first
  /// centres to just under half a voxel after its last) gets an interpolated value, with the outermost
  /// voxels continued to the border (nearest and linear) or mirrored (cubic); every other one gets `fill`. There is no smoothing before taking fewer
  /// voxels. Nearest keeps the voxel type; linear and cubic give float32, or float64 for float64.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` for a senseless target.
  public func resampled(
    onto target: Geometry, interpolation: Interpolation = .linear, fill: Double = 0
  ) throws -> Volume {
    try validate()
    if let defect = target.defect() {
      throw ImagingError.badParameter("the target grid has \(defect); give a sound grid")
    }
    var source = self
    if interpolation != .nearest, voxels.type != .float64 {
      source.voxels = .float32(voxels.floats)
    }
    let parts = try (0..<channels).map { index in
      try source.resample(channel: index, onto: target, interpolation, fill)
    }
    var result = self
    result.geometry = target
    result.voxels = channels == 1 ? parts[0] : try interleaved(parts)
    return result
  }

  /// The image with another spacing (mm) over the same extent.
  ///
  /// The outer borders of the first voxels coincide; the number of voxels is the extent divided by the
  /// spacing, rounded to the nearest and at least 1.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` unless the spacing is positive.
  public func resampled(
    toSpacing spacing: SIMD3<Double>, interpolation: Interpolation = .linear, fill: Double = 0
  ) throws -> Volume {
    try resampled(
      onto: try geometry.resampled(toSpacing: spacing), interpolation: interpolation, fill: fill)
  }

  private func resample(
    channel: Int, onto target: Geometry, _ interpolation: Interpolation, _ fill: Double
  ) throws -> Voxels {
    let input = voxels.channel(channel, of: channels)
    let from = ITK.header(geometry, type: input.type, channels: 1)
    let to = ITK.header(target, type: input.type, channels: 1)
    let mode =
      switch interpolation {
      case .nearest: Int32(CITK_NEAREST.rawValue)
      case .linear: Int32(CITK_LINEAR.rawValue)
      case .cubic: Int32(CITK_CUBIC.rawValue)
      }
    return try Voxels(type: input.type, count: target.count) { output in
      let status = input.withBytes { bytes in
        withUnsafePointer(to: from) { from in
          withUnsafePointer(to: to) { to in
            citk_resample(from, bytes.baseAddress, to, mode, fill, output.baseAddress)
          }
        }
      }
      guard status == 0 else {
        throw ImagingError.badParameter("resampling failed: \(ITK.lastMessage)")
      }
    }
  }

  private func interleaved(_ parts: [Voxels]) throws -> Voxels {
    let width = parts[0].type.bytes
    return try Voxels(type: parts[0].type, count: parts[0].count * parts.count) { output in
      for (place, part) in parts.enumerated() {
        part.withBytes { bytes in
          for voxel in 0..<part.count {
            let start = (voxel * parts.count + place) * width
            for byte in 0..<width { output[start + byte] = bytes[voxel * width + byte] }
          }
        }
      }
    }
  }
}

extension LabelMap {
  /// The labels on another grid by the closest voxel; outside the source's outer border lies `fill`.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` for a senseless target.
  public func resampled(onto target: Geometry, fill: Int32 = 0) throws -> LabelMap {
    let result = try Volume(geometry: geometry, voxels: .int32(labels))
      .resampled(onto: target, interpolation: .nearest, fill: Double(fill))
    return try LabelMap(result)
  }

  /// The labels with another spacing (mm) over the same extent, by the closest voxel.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` unless the spacing is positive.
  public func resampled(toSpacing spacing: SIMD3<Double>) throws -> LabelMap {
    try resampled(onto: try geometry.resampled(toSpacing: spacing))
  }
}

extension Geometry {
  /// A grid of another spacing (mm) over the same extent; the outer borders of the first voxels coincide.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` unless the spacing is positive and yields a possible size.
  public func resampled(toSpacing spacing: SIMD3<Double>) throws -> Geometry {
    var result = self
    result.spacing = spacing
    for axis in 0..<3 {
      let voxels = (Double(size[axis]) * self.spacing[axis] / spacing[axis]).rounded()
      guard spacing[axis].isFinite, spacing[axis] > 0, voxels < 1e6 else {
        throw ImagingError.badParameter(
          "spacing \(spacing.x), \(spacing.y), \(spacing.z) mm; give positive numbers in mm")
      }
      result.size[axis] = max(1, Int(voxels))
    }
    result.origin = worldMM(ofVoxel: (spacing / self.spacing - 1) / 2)
    return result
  }
}

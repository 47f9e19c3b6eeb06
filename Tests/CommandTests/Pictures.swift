// Small images with something in them, and headers that lie.

import Foundation
import Imaging

enum Pictures {
  /// A colour photograph of a bright diagonal on dark ground.
  static func colour(width: Int = 24, height: Int = 16) -> Volume {
    let bytes = (0..<width * height).flatMap { index -> [UInt8] in
      let isBright = abs(index % width - index / width) < 2
      return [isBright ? 220 : 40, isBright ? 90 : 30, UInt8(index % 200)]
    }
    return Volume(
      geometry: Geometry(size: SIMD3(width, height, 1)), channels: 3, voxels: .uint8(bytes))
  }

  static func grey() -> Volume {
    Volume(
      geometry: Geometry(size: SIMD3(8, 8, 1)), voxels: .uint8((0..<64).map { UInt8($0 * 3) }))
  }

  /// A bright ball in a volume that lies obliquely to no axis but away from the origin.
  static func ball(edge: Int = 12, spacing: Double = 1) -> Volume {
    let middle = Double(edge - 1) / 2
    let values = (0..<edge * edge * edge).map { index -> Float in
      let offset = SIMD3(
        Double(index % edge), Double(index / edge % edge), Double(index / (edge * edge)))
      let distance = offset - SIMD3(repeating: middle)
      return (distance * distance).sum() < middle * middle ? 100 + Float(index % 7) : 0
    }
    let geometry = Geometry(
      size: SIMD3(repeating: edge), spacing: SIMD3(repeating: spacing), origin: SIMD3(-20, 5, 31))
    return Volume(geometry: geometry, voxels: .float32(values))
  }

  /// A ball whose first voxel has another value.
  static func ball(firstVoxel value: Float) -> Volume {
    var ball = ball()
    if case .float32(var values) = ball.voxels {
      values[0] = value
      ball.voxels = .float32(values)
    }
    return ball
  }

  /// The bytes of an uncompressed NIfTI file with another pixdim[1], the spacing along x.
  static func nifti(spacing: Float) throws -> Data {
    let folder = try Scratch()
    let path = folder.path("ball.nii")
    try ball().write(to: path)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let field = withUnsafeBytes(of: spacing.bitPattern.littleEndian) { Data($0) }
    bytes.replaceSubrange(80..<84, with: field)
    // Without sform the spacing alone says how far apart voxels lie.
    bytes.replaceSubrange(254..<256, with: [0, 0])
    return bytes
  }
}

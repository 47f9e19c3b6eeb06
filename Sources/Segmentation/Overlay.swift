// Pictures of a mask on its image, for eyes.

public import Imaging

/// Draws labels in colour over a grey or colour image.
public enum Overlay {
  /// Share of the label's colour in a labelled pixel.
  static let opacity: Float = 0.5

  /// The picture of a 2-D image, or the three orthogonal planes through the middle of a volume's mask.
  ///
  /// Grey values between the 1 % and 99 % quantiles span black to white. Planes of a volume are
  /// drawn with square pixels: axial, coronal and sagittal side by side, as a radiologist sees them.
  /// `colour` gives a label's colour, 0 … 255 each, where the usual ones do not serve.
  public static func picture(
    of labels: LabelMap, on image: Volume,
    colour: (Int32) -> SIMD3<Float> = { Overlay.colour($0) }
  ) throws -> Volume {
    if image.geometry.size.z == 1 {
      let plane = try Plane(image: image, labels: labels)
      return plane.picture(colour)
    }
    let image = image.reoriented(to: .lps)
    let labels = labels.reoriented(to: .lps)
    let values = try image.floats(.luminance)
    let middle = centre(of: labels)
    let planes = try [2, 1, 0].map { axis in
      try Plane(
        values: values, geometry: image.geometry, labels: labels, across: axis, at: middle[axis])
    }
    return sideBySide(planes.map { $0.picture(colour) })
  }

  /// A colour for each label: hues a golden angle apart, red first.
  public static func colour(_ label: Int32) -> SIMD3<Float> {
    let hue = (Float(label - 1) * 0.618034).truncatingRemainder(dividingBy: 1) * 6
    let rise = hue - hue.rounded(.down)
    let (low, up, down): (Float, Float, Float) = (40, 40 + 215 * rise, 255 - 215 * rise)
    switch Int(hue) {
    case 0: return SIMD3(255, up, low)
    case 1: return SIMD3(down, 255, low)
    case 2: return SIMD3(low, 255, up)
    case 3: return SIMD3(low, down, 255)
    case 4: return SIMD3(up, low, 255)
    default: return SIMD3(255, low, down)
    }
  }

  /// The voxel in the middle of all labelled ones, or of the grid when there are none.
  private static func centre(of map: LabelMap) -> SIMD3<Int> {
    let size = map.geometry.size
    var sum = SIMD3<Int>.zero
    var count = 0
    for (index, label) in map.labels.enumerated() where label != 0 {
      sum &+= SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
      count += 1
    }
    return count == 0 ? size / 2 : sum / SIMD3(repeating: count)
  }

  private static func sideBySide(_ pictures: [Volume]) -> Volume {
    let height = pictures.map(\.geometry.size.y).max() ?? 1
    let width = pictures.reduce(0) { $0 + $1.geometry.size.x }
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    var left = 0
    for picture in pictures {
      let size = picture.geometry.size
      guard case .uint8(let source) = picture.voxels else { continue }
      for y in 0..<size.y {
        let row = ((height - size.y) / 2 + y) * width + left
        pixels.replaceSubrange(
          row * 3..<(row + size.x) * 3, with: source[y * size.x * 3..<(y + 1) * size.x * 3])
      }
      left += size.x
    }
    return Volume(
      geometry: Geometry(size: SIMD3(width, height, 1)), channels: 3, voxels: .uint8(pixels))
  }
}

/// One plane of an image with its labels, as colours and numbers.
private struct Plane {
  let width: Int
  let height: Int
  var colours: [SIMD3<Float>]
  var labels: [Int32]

  /// A 2-D image as it is.
  init(image: Volume, labels map: LabelMap) throws {
    width = image.geometry.size.x
    height = image.geometry.size.y
    labels = map.labels
    if image.channels >= 3, case .uint8(let bytes) = image.voxels {
      let step = image.channels
      colours = (0..<width * height).map {
        SIMD3(Float(bytes[$0 * step]), Float(bytes[$0 * step + 1]), Float(bytes[$0 * step + 2]))
      }
    } else {
      colours = try Self.spread(image.floats(.luminance)).map { SIMD3(repeating: $0) }
    }
  }

  /// The plane of an LPS volume at `position` along `axis`, with square pixels, top of the patient up.
  init(
    values: [Float], geometry: Geometry, labels map: LabelMap, across axis: Int, at position: Int
  ) throws {
    let (size, spacing) = (geometry.size, geometry.spacing)
    let (across, down) = axis == 2 ? (0, 1) : axis == 1 ? (0, 2) : (1, 2)
    let pixel = min(spacing[across], spacing[down])
    width = max(1, Int((Double(size[across]) * spacing[across] / pixel).rounded()))
    height = max(1, Int((Double(size[down]) * spacing[down] / pixel).rounded()))
    var grey: [Float] = []
    labels = []
    for y in 0..<height {
      for x in 0..<width {
        var voxel = SIMD3<Int>.zero
        voxel[axis] = position
        voxel[across] = min(size[across] - 1, x * size[across] / width)
        let row = min(size[down] - 1, y * size[down] / height)
        // Superior is up: z grows towards the head, rows grow downwards.
        voxel[down] = down == 2 ? size[down] - 1 - row : row
        let index = (voxel.z * size.y + voxel.y) * size.x + voxel.x
        grey.append(values[index])
        labels.append(map.labels[index])
      }
    }
    colours = try Self.spread(grey).map { SIMD3(repeating: $0) }
  }

  func picture(_ colour: (Int32) -> SIMD3<Float>) -> Volume {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(colours.count * 3)
    for (grey, label) in zip(colours, labels) {
      let mixed =
        label == 0
        ? grey : grey * (1 - Overlay.opacity) + colour(label) * Overlay.opacity
      for channel in 0..<3 { pixels.append(UInt8(min(max(mixed[channel], 0), 255))) }
    }
    return Volume(
      geometry: Geometry(size: SIMD3(width, height, 1)), channels: 3, voxels: .uint8(pixels))
  }

  /// Grey values between the outermost hundredths span black to white.
  private static func spread(_ values: [Float]) throws -> [Float] {
    try Intensity.quantile(values, fractions: 0.01...0.99, to: 0...255)
  }
}

// Which parts of an image are looked at, and where in them the points lie.

import Models

extension AutomaticMasks {
  /// A part of the image that the network sees at its full resolution.
  struct Crop: Hashable {
    /// The right and bottom edge are those behind the last pixel.
    let box: PixelBox
    let layer: Int

    var size: PixelSize { PixelSize(height: box.height, width: box.width) }

    /// Whether a mask within `box` ends near an edge of the crop that is no edge of the image, so that
    /// more of the object is likely to lie beyond it.
    func cuts(_ box: PixelBox, image: PixelSize) -> Bool {
      let reach = 20  // pixels
      let sides = [
        (box.left, self.box.left, 0), (box.top, self.box.top, 0),
        (box.right, self.box.right, image.width), (box.bottom, self.box.bottom, image.height),
      ]
      return sides.contains { place, edge, end in
        abs(place - edge) <= reach && abs(place - end) > reach
      }
    }
  }
}

extension AutomaticMasks.Settings {
  /// The whole image and then, layer by layer, crops that overlap, from left to right.
  func crops(of image: PixelSize) -> [AutomaticMasks.Crop] {
    let whole = PixelBox(left: 0, top: 0, right: image.width, bottom: image.height)
    var crops = [AutomaticMasks.Crop(box: whole, layer: 0)]
    for layer in 0..<cropLayers {
      let count = 2 << layer
      let overlap = Int(
        cropOverlapRatio * Double(min(image.height, image.width)) * (2 / Double(count)))
      let columns = Self.spans(of: image.width, count: count, overlap: overlap)
      let rows = Self.spans(of: image.height, count: count, overlap: overlap)
      for column in columns {
        for row in rows where !column.isEmpty && !row.isEmpty {
          let box = PixelBox(
            left: column.lowerBound, top: row.lowerBound, right: column.upperBound,
            bottom: row.upperBound)
          crops.append(AutomaticMasks.Crop(box: box, layer: layer + 1))
        }
      }
    }
    return crops
  }

  /// Points in the middle of the cells of a grid over the crop, row by row, in pixels of the crop.
  func points(in crop: AutomaticMasks.Crop) -> [SIMD2<Double>] {
    let count = pointsPerSide(ofLayer: crop.layer)
    let start = 1 / (2 * Double(count))
    let step = count > 1 ? (1 - 2 * start) / Double(count - 1) : 0
    let along = (0..<count - 1).map { Double($0) * step + start } + [1 - start]
    return along.flatMap { y in
      along.map { x in SIMD2(x * Double(crop.size.width), y * Double(crop.size.height)) }
    }
  }

  private static func spans(of length: Int, count: Int, overlap: Int) -> [Range<Int>] {
    let extent = (overlap * (count - 1) + length + count - 1) / count  // rounded up
    return (0..<count).map { number in
      // A side of fewer pixels than there are crops leaves nothing for the last of them.
      let start = min((extent - overlap) * number, length)
      return start..<min(start + extent, length)
    }
  }
}

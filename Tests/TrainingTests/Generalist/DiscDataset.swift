// The simplest thing to learn.

import Foundation
import Imaging

/// A data set of bright discs in a folder.
///
/// Every second case is dark on bright where `alternates`.
func writeDiscs(
  _ folder: String, cases: Int = 4, side: Int = 64, alternates: Bool = false
) throws {
  let place = URL(fileURLWithPath: folder)
  for name in ["images", "labels"] {
    try FileManager.default.createDirectory(
      at: place.appendingPathComponent(name), withIntermediateDirectories: true)
  }
  for number in 0..<cases {
    var (image, mask) = ([UInt8](), [Int32]())
    for pixel in 0..<side * side {
      let (x, y) = (pixel % side - 20 - 5 * number, pixel / side - 30)
      let isInside = x * x + y * y < 120
      let isBright = isInside != (alternates && number % 2 == 1)
      image.append((isBright ? 180 : 60) + UInt8((pixel * 7919) % 29))
      mask.append(isInside ? 1 : 0)
    }
    let grid = Geometry(size: SIMD3(side, side, 1))
    try Volume(geometry: grid, voxels: .uint8(image))
      .write(to: place.appendingPathComponent("images/\(number).png").path)
    try LabelMap(geometry: grid, labels: mask)
      .write(to: place.appendingPathComponent("labels/\(number).png").path)
  }
}

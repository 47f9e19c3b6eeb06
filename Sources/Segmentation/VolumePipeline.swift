// The way of a volume through a 3-D network: turned, resampled and cropped as the network wants it,
// streamed through in slabs, and the labels brought back to the grid of the file.

import Foundation
import Imaging
import Models
import Tensors

struct VolumePipeline {
  let model: any DenseModel
  let card: Card
  let preparation: Preparation
  var device = Device.cpu

  func run(
    _ volume: Volume, _ stopwatch: inout Stopwatch, _ progress: (Double) -> Void
  ) throws -> Segmentation {
    guard volume.geometry.size.z > 1 else { throw SegmentationError.needsVolume(card.id) }
    let (oriented, conformed) = try stopwatch.measure("prepare") { try conform(volume) }
    let grid = conformed.geometry
    let values = try stopwatch.measure("prepare") {
      try preparation.normalisation.apply(
        to: conformed.floats(.luminance), of: conformed.voxels.type)
    }
    let box = Box(around: values, in: grid.size, preparation.crop)
    var labels = [Int32](repeating: 0, count: grid.count)
    if let box {
      let x = try stopwatch.measure("prepare") {
        try Tensor(box.cut(from: values, size: grid.size), shape: [1, 1] + box.shape).to(device)
      }
      try stopwatch.measure("infer") {
        try inference {
          var plane = 0
          try slabs(of: x) { logits in
            try logits.requireNumbers()
            let classes = try logits.argmax(axis: 1).to(.uint8).values(as: UInt8.self)
            box.paste(classes, fromPlane: plane, into: &labels, size: grid.size)
            plane += logits.size(2)
            progress(Double(plane) / Double(box.shape[0]))
          }
        }
      }
    }
    return try stopwatch.measure("restore") {
      var map = LabelMap(geometry: grid, labels: labels)
      if grid != oriented { map = try map.resampled(onto: oriented) }
      map = map.reoriented(to: volume.geometry.orientation)
      map.geometry = volume.geometry
      return Segmentation(
        labels: map, probabilities: nil, inputs: box.map { [[1, 1] + $0.shape] } ?? [])
    }
  }

  /// The geometry after turning, and the volume after turning and resampling.
  private func conform(_ volume: Volume) throws -> (oriented: Geometry, conformed: Volume) {
    let orientation = try preparation.orientation.map { try Orientation($0) }
    let turned = orientation.map { volume.reoriented(to: $0) } ?? volume
    guard let spacing = preparation.spacing else { return (turned.geometry, turned) }
    let wanted = SIMD3(repeating: spacing)
    let deviation = (turned.geometry.spacing - wanted) / wanted
    // A hundredth of a voxel size is below what registration to 1 mm atlases resolves.
    if (0..<3).allSatisfy({ abs(deviation[$0]) <= 0.01 }) { return (turned.geometry, turned) }
    let extent = SIMD3<Double>(turned.geometry.size) * turned.geometry.spacing / wanted
    let voxels = extent.x * extent.y * extent.z
    // Four copies as 32-bit numbers: resampled, normalised, cropped, and the labels.
    guard voxels * 16 < Double(ProcessInfo.processInfo.physicalMemory) else {
      throw SegmentationError.tooLarge(voxels: voxels, spacing: spacing)
    }
    let background = turned.statistics?.minimum ?? 0
    return (
      turned.geometry,
      try turned.resampled(toSpacing: wanted, interpolation: .linear, fill: background)
    )
  }

  private func slabs(of x: Tensor, _ emit: (Tensor) throws -> Void) throws {
    guard let streaming = model as? any StreamingModel else { return try emit(model.logits(x)) }
    // Slabs of about a million voxels: large enough for the kernels, small enough for memory.
    let planes = max(8, (1 << 20) / (x.size(3) * x.size(4)))
    try streaming.stream(x, planes: planes, emit: emit)
  }
}

/// The part of a grid that a network looks at; x fastest.
struct Box: Equatable {
  let lower: SIMD3<Int>
  let upper: SIMD3<Int>  // exclusive

  /// The whole grid without `crop`; `nil` when no value exceeds its threshold.
  init?(around values: [Float], in size: SIMD3<Int>, _ crop: Preparation.Crop?) {
    guard let crop else {
      lower = .zero
      upper = size
      return
    }
    let threshold = Float(crop.threshold)
    var low = size
    var high = SIMD3(repeating: -1)
    var index = 0
    for z in 0..<size.z {
      for y in 0..<size.y {
        let row = values[index..<index + size.x]
        index += size.x
        guard let first = row.firstIndex(where: { $0 > threshold }),
          let last = row.lastIndex(where: { $0 > threshold })
        else { continue }
        low = pointwiseMin(low, SIMD3(first - row.startIndex, y, z))
        high = pointwiseMax(high, SIMD3(last - row.startIndex, y, z))
      }
    }
    guard high.x >= 0 else { return nil }
    lower = pointwiseMax(low &- crop.margin, .zero)
    upper = pointwiseMin(high &+ (crop.margin + 1), size)
  }

  /// Extents as a tensor has them: depth, height, width.
  var shape: [Int] { [upper.z - lower.z, upper.y - lower.y, upper.x - lower.x] }

  func cut(from values: [Float], size: SIMD3<Int>) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(shape.reduce(1, *))
    for z in lower.z..<upper.z {
      for y in lower.y..<upper.y {
        let row = (z * size.y + y) * size.x
        result += values[row + lower.x..<row + upper.x]
      }
    }
    return result
  }

  /// Writes whole planes of classes, the first of which is plane `first` of the box.
  func paste(
    _ classes: [UInt8], fromPlane first: Int, into labels: inout [Int32], size: SIMD3<Int>
  ) {
    let width = shape[2]
    let rows = shape[1]
    var index = 0
    for z in lower.z + first..<lower.z + first + classes.count / (rows * width) {
      for y in lower.y..<upper.y {
        let row = (z * size.y + y) * size.x + lower.x
        for x in 0..<width { labels[row + x] = Int32(classes[index + x]) }
        index += width
      }
    }
  }
}

// Where each label lies, for all labels in one scan: metrics then look at a small part of the image.

internal import CKernels

/// The boxes of the labels of one label array.
struct LabelBoxes: Sendable {
  private(set) var boxes: [Int32: Box] = [:]

  /// Scans one label per voxel of the grid.
  init(_ labels: [Int32], _ grid: Grid) {
    guard !labels.isEmpty else { return }
    let plane = grid.size.x * grid.size.y
    let parts = labels.withUnsafeBufferPointer { labels in
      nonisolated(unsafe) let labels = labels
      return mapPieces(grid.size.z, grain: max(1, 65_536 / plane)) { planes in
        labels.baseAddress.map { Self.scan($0, grid, planes) } ?? [:]
      }
    }
    for part in parts { boxes.merge(part) { $0.union($1) } }
  }

  private static func scan(
    _ labels: UnsafePointer<Int32>, _ grid: Grid, _ planes: Range<Int>
  ) -> [Int32: Box] {
    var capacity = 1024
    while true {
      var table = [vk_label_box](repeating: vk_label_box(), count: capacity)
      let fits = vk_label_boxes(
        labels, Int32(grid.size.x), Int32(grid.size.y), Int32(planes.lowerBound),
        Int32(planes.upperBound), &table, Int64(capacity))
      if fits {
        let used = table.filter { $0.voxels > 0 }
        return Dictionary(uniqueKeysWithValues: used.map { ($0.label, Box($0)) })
      }
      capacity *= 4
    }
  }
}

/// Two label arrays on one grid, of which each label can be cut out.
struct LabelPairs {
  private let prediction: [Int32]
  private let reference: [Int32]
  private let grid: Grid
  private let predicted: LabelBoxes
  private let referenced: LabelBoxes

  init(_ prediction: [Int32], _ reference: [Int32], _ grid: Grid) {
    self.prediction = prediction
    self.reference = reference
    self.grid = grid
    predicted = LabelBoxes(prediction, grid)
    referenced = LabelBoxes(reference, grid)
  }

  /// The labels that either array contains, ascending, but for the background 0.
  var foreground: [Int32] {
    Set(predicted.boxes.keys).union(referenced.boxes.keys).subtracting([0]).sorted()
  }

  /// The masks of a label in the smallest box that holds both; nil when neither contains it.
  func masks(_ label: Int32) -> (prediction: VoxelSet, reference: VoxelSet)? {
    let boxes = [predicted.boxes[label], referenced.boxes[label]].compactMap { $0 }
    guard let first = boxes.first else { return nil }
    let box = first.union(boxes.last)
    return (
      VoxelSet(prediction, label, in: box, of: grid), VoxelSet(reference, label, in: box, of: grid)
    )
  }
}

extension Box {
  fileprivate init(_ found: vk_label_box) {
    low = SIMD3(Int(found.low.0), Int(found.low.1), Int(found.low.2))
    high = SIMD3(Int(found.high.0) + 1, Int(found.high.1) + 1, Int(found.high.2) + 1)
  }
}

// Slices with the objects that a simulated user may point at.

internal import Foundation
internal import Imaging
internal import Metrics

/// One slice of a case: intensities, and to which object each pixel belongs.
struct TaskSlice: Sendable {
  /// Something that a person may want segmented: one piece, or all pieces of a label.
  struct Object: Sendable {
    let label: Int32
    /// Numbers of its pieces.
    let pieces: [Int32]
    let columns: ClosedRange<Int>
    let rows: ClosedRange<Int>
    let area: Int

    /// The longer side of its box, in pixels.
    var extent: Double { Double(max(columns.count, rows.count)) }
  }

  let caseID: String
  /// The axis of the volume that stands upright on the slice: 0, 1 or 2.
  let normal: Int
  let width: Int
  let height: Int
  let values: [Float]
  /// For each pixel the number of its piece, 0 on the background.
  let numbers: [Int32]
  /// The label of each number, however small its piece; objects of one kind have label 1.
  let labelOfNumber: [Int32]
  /// Single pieces, label by label.
  let pieces: [[Object]]
  /// Labels of several pieces, as one object each.
  let wholes: [Object]

  /// Pixels that an object needs to be asked for.
  static let leastArea = 12

  /// `nil` without an object of ``leastArea`` or an image of one grey value.
  ///
  /// - Parameters:
  ///   - caseID: Of the case, for messages.
  ///   - normal: The axis that stands upright on the slice.
  ///   - values: Row by row.
  ///   - labels: Row by row, 0 on the background.
  ///   - width: Pixels of a row.
  ///   - height: Rows.
  ///   - areInstances: Whether each label is one object by itself.
  /// - Throws: `MetricsError` for labels that do not fill the slice.
  init?(
    caseID: String, normal: Int = 2, values: [Float], labels: [Int32], width: Int, height: Int,
    areInstances: Bool
  ) throws {
    guard let first = values.first, values.contains(where: { $0 != first }) else { return nil }
    self.caseID = caseID
    self.normal = normal
    (self.width, self.height, self.values) = (width, height, values)
    // Corners connect, as they do for whoever clicks.
    let found = try Instances.components(of: labels, size: SIMD3(width, height, 1))
    numbers = found.numbers
    labelOfNumber = [0] + found.all.map { areInstances ? 1 : $0.label }
    let large = found.objects(width: width).filter { $0.area >= Self.leastArea }
    if areInstances {
      pieces = large.isEmpty ? [] : [large]
      wholes = []
    } else {
      let byLabel = Dictionary(grouping: large, by: \.label).sorted { $0.key < $1.key }
      pieces = byLabel.map(\.value)
      wholes = byLabel.compactMap { Object(joining: $0.value) }
    }
    if pieces.isEmpty { return nil }
  }

  /// For each number whether it belongs to an object.
  func membership(of object: Object) -> [UInt8] {
    var isMember = [UInt8](repeating: 0, count: labelOfNumber.count)
    for piece in object.pieces { isMember[Int(piece)] = 1 }
    return isMember
  }

  /// For each number whether its label is one of several.
  func membership(of labels: Set<Int32>) -> [UInt8] {
    labelOfNumber.map { labels.contains($0) ? 1 : 0 }
  }

  /// Labels with an object of ``leastArea``.
  var labels: [Int32] {
    pieces.compactMap(\.first).map { labelOfNumber[Int($0.pieces[0])] }
  }
}

extension TaskSlice.Object {
  /// All of several pieces; `nil` for fewer than two.
  init?(joining pieces: [TaskSlice.Object]) {
    guard pieces.count > 1, let first = pieces.first else { return nil }
    func hull(_ ranges: [ClosedRange<Int>]) -> ClosedRange<Int> {
      let low = ranges.map(\.lowerBound).min() ?? 0
      return low...(ranges.map(\.upperBound).max() ?? low)
    }
    self.init(
      label: first.label, pieces: pieces.flatMap(\.pieces), columns: hull(pieces.map(\.columns)),
      rows: hull(pieces.map(\.rows)), area: pieces.reduce(0) { $0 + $1.area })
  }
}

extension Instances {
  /// The objects with their boxes, on a slice of rows of `width` pixels.
  fileprivate func objects(width: Int) -> [TaskSlice.Object] {
    var boxes = all.map { _ in (left: Int.max, right: 0, top: Int.max, bottom: 0) }
    for (pixel, number) in numbers.enumerated() where number > 0 {
      let (x, y, piece) = (pixel % width, pixel / width, Int(number) - 1)
      boxes[piece].left = min(boxes[piece].left, x)
      boxes[piece].right = max(boxes[piece].right, x)
      boxes[piece].top = min(boxes[piece].top, y)
      boxes[piece].bottom = max(boxes[piece].bottom, y)
    }
    return all.indices.map { piece in
      let box = boxes[piece]
      return TaskSlice.Object(
        label: all[piece].label, pieces: [Int32(piece + 1)], columns: box.left...box.right,
        rows: box.top...box.bottom, area: all[piece].voxels)
    }
  }
}

// Slices with the objects that a simulated user may point at.

internal import Foundation
internal import Imaging
internal import Prompts

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
  let width: Int
  let height: Int
  let values: [Float]
  /// For each pixel the number of its piece, 0 on the background.
  let numbers: [Int32]
  let pieceCount: Int
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
  ///   - values: Row by row.
  ///   - labels: Row by row, 0 on the background.
  ///   - width: Pixels of a row.
  ///   - height: Rows.
  ///   - areInstances: Whether each label is one object by itself.
  init?(
    caseID: String, values: [Float], labels: [Int32], width: Int, height: Int, areInstances: Bool
  ) {
    guard let first = values.first, values.contains(where: { $0 != first }) else { return nil }
    self.caseID = caseID
    (self.width, self.height, self.values) = (width, height, values)
    let found = Pieces(labels, width: width, height: height)
    numbers = found.numbers
    pieceCount = found.objects.count
    let large = found.objects.filter { $0.area >= Self.leastArea }
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
    var isMember = [UInt8](repeating: 0, count: pieceCount + 1)
    for piece in object.pieces { isMember[Int(piece)] = 1 }
    return isMember
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

/// Labels taken apart into pieces of touching pixels.
private struct Pieces {
  var numbers: [Int32]
  var objects: [TaskSlice.Object] = []

  init(_ labels: [Int32], width: Int, height: Int) {
    numbers = [Int32](repeating: 0, count: labels.count)
    var open: [Int] = []
    for start in labels.indices where labels[start] != 0 && numbers[start] == 0 {
      let number = Int32(objects.count + 1)
      var (left, right, top, bottom, area) = (width, 0, height, 0, 0)
      numbers[start] = number
      open.append(start)
      while let pixel = open.popLast() {
        let (x, y) = (pixel % width, pixel / width)
        area += 1
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
        for row in max(y - 1, 0)...min(y + 1, height - 1) {
          for place in row * width + max(x - 1, 0)...row * width + min(x + 1, width - 1)
          where labels[place] == labels[start] && numbers[place] == 0 {
            numbers[place] = number
            open.append(place)
          }
        }
      }
      objects.append(
        TaskSlice.Object(
          label: labels[start], pieces: [number], columns: left...right, rows: top...bottom,
          area: area))
    }
  }
}

// Free places for names beside points, so that no name lies on another.

/// Rectangles that are taken, and a search for those that are not.
struct LabelLayout {
  private struct Box {
    let left, top, right, bottom: Double

    func touches(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  private let room: Box
  private var taken: [Box] = []

  init(left: Double, right: Double, top: Double, bottom: Double) {
    room = Box(left: left, top: top, right: right, bottom: bottom)
  }

  mutating func block(x: Double, y: Double, width: Double, height: Double) {
    taken.append(Box(left: x, top: y, right: x + width, bottom: y + height))
  }

  /// The upper left corner of the nearest free place, which is then taken; nil where all are.
  mutating func place(
    near point: (x: Double, y: Double), width: Double, height: Double
  ) -> (x: Double, y: Double)? {
    for distance in [9.0, 15, 23] {
      let (left, right) = (point.x - distance - width, point.x + distance)
      let (above, below) = (point.y - distance - height, point.y + distance)
      let (middle, centre) = (point.x - width / 2, point.y - height / 2)
      let corners = [
        (right, centre), (left, centre), (middle, above), (middle, below), (right - 4, above + 4),
        (right - 4, below - 4), (left + 4, above + 4), (left + 4, below - 4),
      ]
      for (x, y) in corners {
        let box = Box(left: x, top: y, right: x + width, bottom: y + height)
        let isInside =
          box.left >= room.left && box.right <= room.right && box.top >= room.top
          && box.bottom <= room.bottom
        if isInside, !taken.contains(where: box.touches) {
          taken.append(box)
          return (x, y)
        }
      }
    }
    return nil
  }
}

/// Labels in one column that must not touch.
enum LabelSpacing {
  /// Moves sorted positions apart to at least `gap`, as little as a pass down and a pass up allow.
  static func spread(_ wanted: [Double], gap: Double, within room: ClosedRange<Double>) -> [Double]
  {
    var positions = wanted
    for index in positions.indices.dropFirst() {
      positions[index] = max(positions[index], positions[index - 1] + gap)
    }
    var limit = room.upperBound
    for index in positions.indices.reversed() {
      positions[index] = min(positions[index], limit)
      limit = positions[index] - gap
    }
    return positions
  }
}

extension Canvas {
  /// Lines that say what † means in this chart; returns their height, 0 where nothing is flagged.
  mutating func flagNote(_ subjects: [Subject], y: Double) -> Double {
    var flags: [String] = []
    for flag in subjects.compactMap(\.flag) where !flags.contains(flag) { flags.append(flag) }
    for (index, flag) in flags.enumerated() {
      var names: [String] = []
      for subject in subjects where subject.flag == flag && !names.contains(subject.name) {
        names.append(subject.name)
      }
      text(
        "† \(flag): \(names.joined(separator: ", "))", 4, y + Double(index) * 18, "q", size: 12,
        limit: width - 8)
    }
    return Double(flags.count) * 18
  }
}

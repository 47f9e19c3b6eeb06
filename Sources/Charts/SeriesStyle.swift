// How contenders are told apart: by colour, by marker and by dash, never by colour alone.

/// The look of one model; equal models look equal in every chart of a report.
public struct SeriesStyle: Sendable, Equatable {
  /// The place of the model among all, from 0.
  public let index: Int

  public init(_ index: Int) { self.index = max(index, 0) }

  /// Gives each distinct name a style, in the order of first appearance.
  public static func assign(_ names: [String]) -> [String: SeriesStyle] {
    var styles: [String: SeriesStyle] = [:]
    for name in names where styles[name] == nil { styles[name] = SeriesStyle(styles.count) }
    return styles
  }

  /// The marker as a small picture for running text; says nothing to screen readers.
  public func swatch(isHollow: Bool = false) -> String {
    let name = isHollow ? "hollow" : "full"
    guard shape != .circle else {
      return "<svg class=\"key \(colourClass)\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\">"
        + "<circle class=\"\(name)\" r=\"5.5\"/></svg>"
    }
    let corners = shape.corners.map {
      NumberText.coordinate($0.x * 5.5) + " " + NumberText.coordinate($0.y * 5.5)
    }
    return "<svg class=\"key \(colourClass)\" viewBox=\"-8 -8 16 16\" aria-hidden=\"true\">"
      + "<path class=\"\(name)\" d=\"M\(corners.joined(separator: "L"))Z\"/></svg>"
  }

  /// Seven colours against eight shapes: 56 models until a pair comes again.
  var colourClass: String { "s\(index % ChartStyle.colours)" }
  public var shape: MarkerShape { MarkerShape.allCases[index % MarkerShape.allCases.count] }
  var dashClass: String { "d\(index % 4)" }
}

/// Markers that stay apart in print and at small sizes.
public enum MarkerShape: String, Sendable, CaseIterable {
  case circle
  case square
  case triangle
  case diamond
  case wedge
  case cross
  case pentagon
  case star

  /// In units of the radius, of about equal area; a circle has none.
  var corners: [(x: Double, y: Double)] {
    switch self {
    case .circle: []
    case .square: [(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)]
    case .triangle: [(0, -1.25), (1.15, 0.85), (-1.15, 0.85)]
    case .diamond: [(0, -1.3), (1.2, 0), (0, 1.3), (-1.2, 0)]
    case .wedge: [(0, 1.25), (1.15, -0.85), (-1.15, -0.85)]
    case .cross:
      [
        (-0.4, -1.15), (0.4, -1.15), (0.4, -0.4), (1.15, -0.4), (1.15, 0.4), (0.4, 0.4),
        (0.4, 1.15), (-0.4, 1.15), (-0.4, 0.4), (-1.15, 0.4), (-1.15, -0.4), (-0.4, -0.4),
      ]
    case .pentagon: [(0, -1.15), (1.1, -0.36), (0.68, 0.93), (-0.68, 0.93), (-1.1, -0.36)]
    case .star:
      [
        (0, -1.4), (0.38, -0.52), (1.33, -0.43), (0.61, 0.2), (0.82, 1.13), (0, 0.64),
        (-0.82, 1.13), (-0.61, 0.2), (-1.33, -0.43), (-0.38, -0.52),
      ]
    }
  }
}

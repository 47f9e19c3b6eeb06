// A sheet on which charts draw, and which becomes SVG.

/// Collects SVG elements; lengths are in units of the view box, y points down.
struct Canvas {
  static let width = 720.0
  static let textSize = 13.0
  static let smallText = 11.0

  enum Anchor: String {
    case start
    case middle
    case end
  }

  let width: Double
  private var body = ""

  init(width: Double = Canvas.width) { self.width = width }

  mutating func open(_ name: String) { body += "<g class=\"\(name)\">" }

  mutating func close() { body += "</g>" }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ name: String) {
    body += "<path class=\"\(name)\" d=\"M\(pair(x1, y1))L\(pair(x2, y2))\"/>"
  }

  mutating func path(_ points: [(x: Double, y: Double)], closed: Bool = false, _ name: String) {
    guard points.count > 1 else { return }
    let steps = points.map { pair($0.x, $0.y) }.joined(separator: "L")
    body += "<path class=\"\(name)\" d=\"M\(steps)\(closed ? "Z" : "")\"/>"
  }

  /// Many dots in one element, without outlines.
  mutating func dots(_ points: [(x: Double, y: Double)], _ name: String) {
    guard !points.isEmpty else { return }
    let steps = points.map { "M\(pair($0.x, $0.y))h0" }.joined()
    body += "<path class=\"\(name)\" d=\"\(steps)\"/>"
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ name: String, tip: String? = nil
  ) {
    body += "<rect class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\""
    body += " width=\"\(number(max(width, 0)))\" height=\"\(number(max(height, 0)))\""
    close(with: tip, element: "rect")
  }

  mutating func circle(
    _ x: Double, _ y: Double, radius: Double, _ name: String, tip: String? = nil
  ) {
    body += "<circle class=\"\(name)\" cx=\"\(number(x))\" cy=\"\(number(y))\""
    body += " r=\"\(number(radius))\""
    close(with: tip, element: "circle")
  }

  mutating func marker(
    _ shape: MarkerShape, _ x: Double, _ y: Double, size: Double = 4.5, _ name: String,
    tip: String? = nil
  ) {
    if shape == .circle {
      circle(x, y, radius: size, name, tip: tip)
      return
    }
    let corners = shape.corners.map { pair(x + $0.x * size, y + $0.y * size) }
    body += "<path class=\"\(name)\" d=\"M\(corners.joined(separator: "L"))Z\""
    close(with: tip, element: "path")
  }

  /// One line of text, shortened to `limit`; the whole of a shortened text becomes its tool tip.
  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ name: String = "", anchor: Anchor = .start,
    size: Double = Canvas.textSize, limit: Double = .infinity
  ) {
    guard !text.isEmpty else { return }
    let shown = TextMeasure.fit(text, within: limit, size: size)
    body += "<text x=\"\(number(x))\" y=\"\(number(y))\""
    if !name.isEmpty { body += " class=\"\(name)\"" }
    if anchor != .start { body += " text-anchor=\"\(anchor.rawValue)\"" }
    if size != Canvas.textSize { body += " font-size=\"\(number(size))\"" }
    body += ">\(Markup.escape(shown))"
    if shown != text { body += "<title>\(Markup.escape(text))</title>" }
    body += "</text>"
  }

  /// The finished picture.
  func svg(id: String, chart: any Chart, height: Double) -> String {
    let id = String(id.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" "
      + "viewBox=\"0 0 \(number(width)) \(number(height))\" "
      + "aria-labelledby=\"\(id)-title\" aria-describedby=\"\(id)-desc\">"
      + "<title id=\"\(id)-title\">\(Markup.escape(chart.title))</title>"
      + "<desc id=\"\(id)-desc\">\(Markup.escape(chart.summary))</desc>" + body + "</svg>"
  }

  private mutating func close(with tip: String?, element: String) {
    if let tip {
      body += "><title>\(Markup.escape(tip))</title></\(element)>"
    } else {
      body += "/>"
    }
  }

  private func number(_ value: Double) -> String { NumberText.coordinate(value) }

  private func pair(_ x: Double, _ y: Double) -> String { "\(number(x)) \(number(y))" }
}

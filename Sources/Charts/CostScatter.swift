// What a better score costs: the contenders that no other beats in both, and those that one does.

/// Scores against a cost on a logarithmic axis, with the Pareto front.
public struct CostScatter: Chart {
  public struct Entry: Sendable, Equatable {
    public let subject: Subject
    /// Not negative; zero stands apart, left of the axis.
    public let cost: Double
    public let score: Estimate

    public init(_ subject: Subject, cost: Double, score: Estimate) {
      self.subject = subject
      self.cost = cost
      self.score = score
    }
  }

  public let title: String
  /// With its unit, e.g. "Seconds per case".
  public let cost: String
  public let quantity: Quantity
  public let entries: [Entry]

  public init(title: String, cost: String, quantity: Quantity, entries: [Entry]) {
    self.title = title
    self.cost = cost
    self.quantity = quantity
    self.entries = entries
  }

  /// Indices of the entries that no other equals or beats in both and beats in one, the cheapest first.
  ///
  /// Entries with a flag take no part: a front must not lean on scores that need caution.
  public var front: [Int] {
    let sound = entries.indices.filter { index in
      entries[index].subject.flag == nil && isDrawable(entries[index])
    }
    return sound.filter { one in !sound.contains { beats(entries[$0], entries[one]) } }
      .sorted { (entries[$0].cost, $0) < (entries[$1].cost, $1) }
  }

  private func isDrawable(_ entry: Entry) -> Bool {
    entry.score.drawable != nil && Scale.isDrawable(entry.cost) && entry.cost >= 0
  }

  private func beats(_ one: Entry, _ other: Entry) -> Bool {
    let (a, b) = (goodness(one), goodness(other))
    return one.cost <= other.cost && a >= b && (one.cost < other.cost || a > b)
  }

  private func goodness(_ entry: Entry) -> Double {
    let value = entry.score.drawable?.value ?? -.infinity
    return quantity.higherIsBetter ? value : -value
  }

  public var summary: String {
    let names = front.map { entries[$0].subject.name }
    let all = entries.filter(isDrawable).map {
      "\($0.subject.name): \(quantity.text($0.score)) at \(NumberText.prefixed($0.cost))."
    }
    return (names.isEmpty ? "" : "On the Pareto front: \(names.joined(separator: ", ")). ")
      + all.joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(
      header: ["contender", "note", cost, quantity.name, "low", "high", "on_front"])
    let front = Set(front)
    for (index, entry) in entries.enumerated() {
      table.append([
        .text(entry.subject.name), .text(entry.subject.flag ?? ""), .number(entry.cost),
        .number(entry.score.value), .number(entry.score.low), .number(entry.score.high),
        .text(front.contains(index) ? "yes" : "no"),
      ])
    }
    return table.text
  }

  private static let left = 58.0
  private static let right = 704.0
  private static let top = 40.0
  private static let bottom = 330.0

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let shown = entries.indices.filter { isDrawable(entries[$0]) }
    let hasZero = shown.contains { entries[$0].cost == 0 }
    let start = Self.left + (hasZero ? 70 : 14)
    let across = Scale.logarithmic(
      shown.map { entries[$0].cost }, from: start, to: Self.right - 14)
    let up = Scale.linear(
      shown.flatMap { entries[$0].score.drawableValues }, from: Self.bottom, to: Self.top,
      lowest: quantity.lowest, highest: quantity.highest)
    canvas.leftAxis(
      up, left: Self.left, right: Self.right,
      title: quantity.name
        + (quantity.higherIsBetter ? " (↑ more is better)" : " (↓ less is better)"))
    canvas.bottomAxis(
      across, top: Self.top, bottom: Self.bottom, title: cost + " (← less is better)")
    if hasZero {
      canvas.text(
        "0", Self.left + 22, Self.bottom + 15, "q", anchor: .middle, size: Canvas.smallText)
      canvas.line(Self.left + 22, Self.top, Self.left + 22, Self.bottom, "grid")
      canvas.line(Self.left + 46, Self.top, Self.left + 46, Self.bottom, "guide")
    }
    let places = shown.map { index in
      let entry = entries[index]
      let x = entry.cost == 0 ? Self.left + 22 : across(entry.cost)
      return (x: x, y: up(entry.score.drawable?.value ?? 0))
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(shown, places))
    let steps = steps(front.compactMap { positions[$0] })
    canvas.path(steps, "front")
    for (index, place) in zip(shown, places) { draw(index, place, up, on: &canvas) }
    let unnamed = drawNames(shown, places, avoiding: steps, up, on: &canvas)
    var end = Self.bottom + 44
    for line in unnamed + ["Dashed: Pareto front (no other is both cheaper and better)."] {
      canvas.text(line, 4, end + 10, "q", size: 12, limit: Canvas.width - 8)
      end += 18
    }
    end += canvas.flagNote(entries.map(\.subject), y: end + 10)
    return canvas.svg(id: id, chart: self, height: end + 4)
  }

  /// From one point of the front to the next: first to the right, then to the better score.
  private func steps(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    var path: [(x: Double, y: Double)] = []
    for point in points {
      if let last = path.last { path.append((point.x, last.y)) }
      path.append(point)
    }
    if let last = path.last { path.append((Self.right, last.y)) }
    return path
  }

  private func draw(
    _ index: Int, _ place: (x: Double, y: Double), _ up: Scale, on canvas: inout Canvas
  ) {
    let entry = entries[index]
    let subject = entry.subject
    canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
    if let low = entry.score.drawable?.low, let high = entry.score.drawable?.high {
      canvas.line(place.x, up(low), place.x, up(high), "thin")
    }
    let tip =
      "\(subject.name): \(quantity.text(entry.score)), \(cost): \(NumberText.prefixed(entry.cost))"
    canvas.marker(subject.style.shape, place.x, place.y, size: 5.5, "mark", tip: tip)
    canvas.close()
  }

  /// Writes names where they touch nothing; returns lines for those that found no place.
  private func drawNames(
    _ shown: [Int], _ places: [(x: Double, y: Double)], avoiding steps: [(x: Double, y: Double)],
    _ up: Scale, on canvas: inout Canvas
  ) -> [String] {
    var layout = LabelLayout(
      left: Self.left + 2, right: Canvas.width - 2, top: Self.top - 8, bottom: Self.bottom - 2)
    for place in places { layout.block(x: place.x - 7, y: place.y - 7, width: 14, height: 14) }
    for (index, place) in zip(shown, places) {
      guard let low = entries[index].score.drawable?.low,
        let high = entries[index].score.drawable?.high
      else { continue }
      let (top, bottom) = (min(up(low), up(high)), max(up(low), up(high)))
      layout.block(x: place.x - 2, y: top, width: 4, height: bottom - top)
    }
    for (start, end) in zip(steps, steps.dropFirst()) {
      layout.block(
        x: min(start.x, end.x) - 1, y: min(start.y, end.y) - 1, width: abs(end.x - start.x) + 2,
        height: abs(end.y - start.y) + 2)
    }
    var unnamed: [String] = []
    for (index, place) in zip(shown, places) {
      let label = TextMeasure.fit(entries[index].subject.label, within: 220, size: 12)
      let width = TextMeasure.width(label, size: 12)
      if let spot = layout.place(near: place, width: width, height: 14) {
        canvas.text(label, spot.x, spot.y + 11, size: 12)
        continue
      }
      unnamed.append("\(unnamed.count + 1): \(entries[index].subject.label)")
      let number = "\(unnamed.count)"
      if let spot = layout.place(
        near: place, width: TextMeasure.width(number, size: 12), height: 14)
      {
        canvas.text(number, spot.x, spot.y + 11, "b", size: 12)
      }
    }
    return unnamed
  }
}

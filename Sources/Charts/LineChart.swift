// Scores along an axis of effort: clicks, kinds of prompt, or cases to learn from.

/// Lines with interval bands, named at their ends; levels that do not move are dashed.
public struct LineChart: Chart {
  public struct Line: Sendable, Equatable {
    public let subject: Subject
    public let points: [Point]

    public init(_ subject: Subject, points: [Point]) {
      self.subject = subject
      self.points = points
    }
  }

  public struct Point: Sendable, Equatable {
    public let x: Double
    public let estimate: Estimate

    public init(x: Double, _ estimate: Estimate) {
      self.x = x
      self.estimate = estimate
    }
  }

  public struct Level: Sendable, Equatable {
    public let subject: Subject
    public let estimate: Estimate

    public init(_ subject: Subject, _ estimate: Estimate) {
      self.subject = subject
      self.estimate = estimate
    }
  }

  public enum Axis: Sendable, Equatable {
    /// Named steps at x = 0, 1, …; joined by lines only where each builds on the one before.
    case steps([String], areJoined: Bool)
    /// A logarithmic axis of counts.
    case logarithmic
  }

  public let title: String
  public let quantity: Quantity
  public let axisTitle: String
  public let axis: Axis
  public let lines: [Line]
  public let levels: [Level]

  public init(
    title: String, quantity: Quantity, axisTitle: String, axis: Axis, lines: [Line],
    levels: [Level] = []
  ) {
    self.title = title
    self.quantity = quantity
    self.axisTitle = axisTitle
    self.axis = axis
    self.lines = lines
    self.levels = levels
  }

  public var summary: String {
    let moving = lines.map { line in
      let known = line.points.filter { $0.estimate.drawable != nil }
      guard let first = known.first, let last = known.last else {
        return "\(line.subject.name): no score."
      }
      return "\(line.subject.name): \(quantity.text(first.estimate)) at \(name(first.x)), "
        + "\(quantity.text(last.estimate)) at \(name(last.x))."
    }
    let still = levels.map { "\($0.subject.name): \(quantity.text($0.estimate)) throughout." }
    return (moving + still).joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(header: ["contender", "note", axisTitle, quantity.name, "low", "high"])
    for line in lines {
      for point in line.points {
        table.append([
          .text(line.subject.name), .text(line.subject.flag ?? ""), .text(name(point.x)),
          .number(point.estimate.value), .number(point.estimate.low), .number(point.estimate.high),
        ])
      }
    }
    for level in levels {
      table.append([
        .text(level.subject.name), .text(level.subject.flag ?? ""), .text(""),
        .number(level.estimate.value), .number(level.estimate.low), .number(level.estimate.high),
      ])
    }
    return table.text
  }

  func name(_ x: Double) -> String {
    if case .steps(let steps, _) = axis, let index = Int(exactly: x), steps.indices.contains(index)
    {
      return steps[index]
    }
    return x.isFinite ? "\(NumberText.significant(x))" : "–"
  }
}

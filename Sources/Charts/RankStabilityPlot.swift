// How firmly each contender holds its rank when the cases are drawn anew.

/// Blobs whose area is the share of bootstrap samples with that rank (Wiesenfarth et al. 2021).
public struct RankStabilityPlot: Chart {
  public let title: String
  /// In the order of the ranking.
  public let subjects: [Subject]
  /// For each subject the share of resamples with rank 1, 2, ….
  public let frequencies: [[Double]]
  public let resamples: Int

  public init(title: String, subjects: [Subject], frequencies: [[Double]], resamples: Int) {
    self.title = title
    self.subjects = subjects
    self.frequencies = frequencies
    self.resamples = resamples
  }

  public var summary: String {
    zip(subjects, frequencies).map { subject, shares in
      let best = shares.indices.max { shares[$0] < shares[$1] } ?? 0
      let share = shares.isEmpty ? 0 : shares[best]
      return "\(subject.name): most often rank \(best + 1), in \(percent(share))."
    }.joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(header: ["contender", "rank", "share"])
    for (subject, shares) in zip(subjects, frequencies) {
      for (index, share) in shares.enumerated() {
        table.append([.text(subject.name), .count(index + 1), .number(share)])
      }
    }
    return table.text
  }

  private static let left = 178.0
  private static let right = 606.0

  public func svg(id: String) -> String {
    var canvas = Canvas()
    let ranks = max(frequencies.map(\.count).max() ?? 1, 1)
    let column = (Self.right - Self.left) / Double(ranks)
    let height = 38.0
    let top = 28.0
    let bottom = top + Double(max(subjects.count, 1)) * height
    for rank in 1...ranks {
      let x = Self.left + (Double(rank) - 0.5) * column
      canvas.line(x, top, x, bottom, "grid")
      canvas.text("\(rank)", x, top - 10, "q", anchor: .middle, size: 12, limit: column)
    }
    canvas.text("Rank", Self.left - 14, top - 10, "q", anchor: .end, size: 12)
    canvas.text(
      "first in", Canvas.width - 4, top - 10, "q", anchor: .end, size: Canvas.smallText)
    for (index, (subject, shares)) in zip(subjects, frequencies).enumerated() {
      let y = top + (Double(index) + 0.5) * height
      canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
      canvas.line(Self.left, y, Self.right, y, "grid")
      canvas.marker(subject.style.shape, 10, y, size: 5, "mark")
      canvas.text(subject.label, 22, y + (subject.flag == nil ? 4.5 : -1), "b", limit: 144)
      if let flag = subject.flag {
        canvas.text(flag, 22, y + 12, "q", size: Canvas.smallText, limit: 144)
      }
      for (place, share) in shares.enumerated() where share.isFinite && share > 0 {
        let x = Self.left + (Double(place) + 0.5) * column
        let largest = min(column, height) / 2 - 1
        let radius = max(largest * min(share, 1).squareRoot(), 1)
        canvas.circle(
          x, y, radius: radius, "blob", tip: "\(subject.name), rank \(place + 1): \(percent(share))"
        )
        let text = percent(share)
        if share >= 0.05, column > 54 {
          canvas.text(text, x + radius + 3, y + 4, "q", size: 10, limit: column / 2 + 12)
        }
      }
      canvas.text(
        percent(shares.first ?? 0), Canvas.width - 4, y + 4.5, anchor: .end, size: 12, limit: 80)
      canvas.close()
    }
    canvas.text(
      "Area of a blob: share of \(resamples) bootstrap samples of the cases with that rank.", 4,
      bottom + 22, "q", size: 12, limit: Canvas.width - 8)
    return canvas.svg(id: id, chart: self, height: bottom + 32)
  }

  private func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    if share > 0, share < 0.005 { return "< 1 %" }
    if share < 1, share > 0.995 { return "> 99 %" }
    return "\(NumberText.fixed(share * 100, 0)) %"
  }
}

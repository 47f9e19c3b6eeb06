// Whether stated probabilities come true, and how often each is stated.

import Foundation

/// A reliability diagram (Niculescu-Mizil and Caruana 2005) above a histogram of the confidences.
public struct ReliabilityDiagram: Chart {
  public struct Bin: Sendable, Equatable {
    public let low: Double
    public let high: Double
    public let count: Int
    public let confidence: Double?
    public let frequency: Double?

    public init(low: Double, high: Double, count: Int, confidence: Double?, frequency: Double?) {
      self.low = low
      self.high = high
      self.count = count
      self.confidence = confidence
      self.frequency = frequency
    }
  }

  public let title: String
  public let subject: Subject
  public let bins: [Bin]
  /// E.g. "ECE 0.031"; stands in the picture.
  public let remark: String?

  public init(title: String, subject: Subject, bins: [Bin], remark: String? = nil) {
    self.title = title
    self.subject = subject
    self.bins = bins
    self.remark = remark
  }

  public var summary: String {
    let told = bins.compactMap { bin -> String? in
      guard let confidence = bin.confidence, let frequency = bin.frequency, bin.count > 0 else {
        return nil
      }
      return "\(NumberText.fixed(confidence, 2)) came true in \(NumberText.fixed(frequency, 2))"
    }
    let flag = subject.flag.map { " (\($0))" } ?? ""
    return "\(subject.name)\(flag)\(remark.map { ", \($0)" } ?? ""). Stated probability: "
      + told.joined(separator: "; ") + "."
  }

  public func csv() -> String {
    var table = CSVText(header: ["contender", "low", "high", "count", "confidence", "frequency"])
    for bin in bins {
      table.append([
        .text(subject.name), .number(bin.low), .number(bin.high), .count(bin.count),
        .number(bin.confidence), .number(bin.frequency),
      ])
    }
    return table.text
  }

  private static let size = 340.0
  private static let left = 46.0
  private static let right = 326.0

  public func svg(id: String) -> String {
    var canvas = Canvas(width: Self.size)
    let (top, bottom) = (66.0, 306.0)
    let across = Scale.linear([0, 1], from: Self.left, to: Self.right, lowest: 0, highest: 1)
    let up = Scale.linear([0, 1], from: bottom, to: top, lowest: 0, highest: 1)
    canvas.open(subject.style.colourClass + (subject.flag == nil ? "" : " seen"))
    canvas.marker(subject.style.shape, 10, 14, size: 5, "mark")
    canvas.text(subject.label, 22, 18.5, "b", limit: 200)
    canvas.text(
      remark ?? "", Self.size - 4, 18.5, anchor: .end, size: 12, limit: Self.size - 236)
    if let flag = subject.flag {
      canvas.text(flag, 22, 33, "q", size: Canvas.smallText, limit: Self.size - 26)
    }
    canvas.leftAxis(up, left: Self.left, right: Self.right, title: "Came true (share of voxels)")
    canvas.line(Self.left, bottom, Self.right, top, "guide")
    let known = bins.filter { bin in
      bin.count > 0
        && [bin.confidence, bin.frequency].allSatisfy { $0.map(Scale.isDrawable) == true }
    }
    let points = known.map { (x: across($0.confidence ?? 0), y: up($0.frequency ?? 0)) }
    canvas.path(points, "run")
    for (bin, point) in zip(known, points) {
      let tip =
        "stated \(NumberText.fixed(bin.confidence ?? 0, 2)), "
        + "true \(NumberText.fixed(bin.frequency ?? 0, 2)), \(bin.count) voxels"
      canvas.marker(subject.style.shape, point.x, point.y, "mark", tip: tip)
    }
    drawHistogram(across, top: bottom + 14, bottom: bottom + 64, on: &canvas)
    canvas.bottomAxis(
      across, top: bottom + 14, bottom: bottom + 64, title: "Stated probability; bars: voxels (log)"
    )
    canvas.close()
    return canvas.svg(id: id, chart: self, height: bottom + 106)
  }

  /// On a logarithmic scale, because almost all voxels are sure to be background.
  private func drawHistogram(
    _ across: Scale, top: Double, bottom: Double, on canvas: inout Canvas
  ) {
    let most = log(Double(max(bins.map(\.count).max() ?? 0, 1)) + 1)
    for bin in bins where bin.count > 0 && bin.low.isFinite && bin.high.isFinite {
      let height = log(Double(bin.count) + 1) / most * (bottom - top)
      let (left, right) = (across(bin.low), across(bin.high))
      canvas.rectangle(
        x: left + 0.5, y: bottom - height, width: right - left - 1, height: height, "bar",
        tip: "\(bin.count) voxels")
    }
  }
}

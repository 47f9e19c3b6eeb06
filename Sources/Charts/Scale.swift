// From values to positions, with ticks at round numbers.

import Foundation

/// A linear or logarithmic axis.
struct Scale {
  struct Tick {
    let value: Double
    let text: String
  }

  let low: Double
  let high: Double
  /// Positions of `low` and `high`.
  let from: Double
  let to: Double
  let isLogarithmic: Bool
  let ticks: [Tick]

  /// Numbers that no score, cost or count reaches would only break the arithmetic.
  static func isDrawable(_ value: Double) -> Bool { value.isFinite && abs(value) < 1e15 }

  /// A linear axis that holds all values and ends at ticks, but not beyond the range of the quantity.
  static func linear(
    _ values: [Double], from: Double, to: Double, lowest: Double? = nil, highest: Double? = nil,
    ticks wanted: Int = 6
  ) -> Scale {
    let values = values.filter(isDrawable)
    var low = values.min() ?? lowest ?? 0
    var high = values.max() ?? highest ?? 1
    // Ticks of a narrower span would all print the same digits.
    if high - low <= max(1e-8, max(abs(low), abs(high)) * 1e-6) {
      let room = max(abs(high) * 0.05, 0.05)
      (low, high) = (low - room, high + room)
    }
    let step = roundStep((high - low) / Double(max(wanted, 2)))
    low = (low / step + 1e-9).rounded(.down) * step
    high = (high / step - 1e-9).rounded(.up) * step
    if let lowest, low < lowest, !values.contains(where: { $0 < lowest }) { low = lowest }
    if let highest, high > highest, !values.contains(where: { $0 > highest }) { high = highest }
    if high <= low { high = low + step }
    let decimals = max(0, -Int(floor(log10(step) + 1e-9)))
    let first = (low / step - 1e-6).rounded(.up)
    let count = min(Int(((high / step + 1e-6).rounded(.down) - first).rounded()), 100)
    let ticks = (0...max(count, 0)).map { index in
      let value = (first + Double(index)) * step
      return Tick(value: value, text: NumberText.fixed(value, decimals))
    }
    return Scale(low: low, high: high, from: from, to: to, isLogarithmic: false, ticks: ticks)
  }

  /// A logarithmic axis; values that are not positive are left out.
  static func logarithmic(_ values: [Double], from: Double, to: Double) -> Scale {
    let values = values.filter { isDrawable($0) && $0 > 1e-15 }
    let low = (values.min() ?? 1) / 1.25
    let high = (values.max() ?? 10) * 1.25
    let span = log10(high / low)
    let mantissas: [Double] = span < 1.2 ? [1, 2, 3, 5, 7] : span < 3 ? [1, 2, 5] : [1]
    let every = span < 8 ? 1 : Int((span / 6).rounded(.up))
    var ticks: [Tick] = []
    for exponent in Int(floor(log10(low)))...Int(ceil(log10(high))) where exponent % every == 0 {
      for mantissa in mantissas {
        let value = mantissa * pow(10, Double(exponent))
        if value >= low, value <= high { ticks.append(Tick(value: value, text: short(value))) }
      }
    }
    return Scale(low: low, high: high, from: from, to: to, isLogarithmic: true, ticks: ticks)
  }

  func callAsFunction(_ value: Double) -> Double {
    let share: Double
    if isLogarithmic {
      share = value > 0 ? log(value / low) / log(high / low) : 0
    } else {
      share = (value - low) / (high - low)
    }
    return share.isFinite ? from + min(max(share, 0), 1) * (to - from) : from
  }

  /// 1, 2 or 5 times a power of ten, at least `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, floor(log10(step)))
    for factor in [1.0, 2, 5] where factor * power >= step * (1 - 1e-9) { return factor * power }
    return 10 * power
  }

  /// Without needless zeros: "0.05", "2 k".
  private static func short(_ value: Double) -> String {
    guard value < 1000 else { return trimmed(NumberText.prefixed(value)) }
    guard value >= 1e-4 else { return NumberText.significant(value) }
    return NumberText.fixed(value, max(0, -Int(floor(log10(value) + 1e-9))))
  }

  private static func trimmed(_ text: String) -> String {
    let parts = text.split(separator: " ")
    guard let number = parts.first, number.contains(".") else { return text }
    let digits = String(number).replacing(/\.?0+$/, with: "")
    return parts.count > 1 ? "\(digits) \(parts[1])" : digits
  }
}

extension Canvas {
  /// A horizontal axis below a plot, with lines through it; ticks that would touch are left out.
  mutating func bottomAxis(_ scale: Scale, top: Double, bottom: Double, title: String) {
    var free = -Double.infinity
    for tick in scale.ticks {
      let x = scale(tick.value)
      line(x, top, x, bottom, "grid")
      let half = TextMeasure.width(tick.text, size: Canvas.smallText) / 2
      guard x - half > free else { continue }
      text(tick.text, x, bottom + 15, "q", anchor: .middle, size: Canvas.smallText)
      free = x + half + 6
    }
    line(min(scale.from, scale.to), bottom, max(scale.from, scale.to), bottom, "axis")
    let middle = (scale.from + scale.to) / 2
    text(
      title, middle, bottom + 34, "q", anchor: .middle,
      limit: 2 * min(middle, width - middle) - 8)
  }

  /// A vertical axis left of a plot, its title above it, so that nothing need be read sideways.
  mutating func leftAxis(_ scale: Scale, left: Double, right: Double, title: String) {
    for tick in scale.ticks {
      let y = scale(tick.value)
      line(left, y, right, y, "grid")
      text(
        tick.text, left - 8, y + 4, "q", anchor: .end, size: Canvas.smallText, limit: left - 10)
    }
    text(title, 4, min(scale.from, scale.to) - 14, "q", limit: width - 8)
  }
}

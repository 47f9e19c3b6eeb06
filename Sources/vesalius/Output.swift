// Results go to standard output, everything else to standard error.

import Foundation
import Imaging

enum Output {
  /// A result for people or programs, to standard output.
  ///
  /// - Throws: ``StandardOutputError``, because a result that nobody gets is a failure.
  static func result(_ text: String) throws {
    do {
      try write(text, to: .standardOutput)
    } catch {
      throw StandardOutputError(reason: error.localizedDescription)
    }
  }

  /// One JSON object, to standard output.
  static func result(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    // Outputs of another shape have an infinite error, for which JSON has no number.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    try result(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// A remark or an error, to standard error.
  static func line(_ text: String) { try? write(text, to: .standardError) }

  /// What an error says, on one line; only the series to choose from have a line each.
  static func oneLine(_ error: any Error) -> String {
    let text =
      type(of: error) is NSError.Type ? error.localizedDescription : String(describing: error)
    if case ImagingError.severalSeries = error { return text }
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static func write(_ text: String, to handle: FileHandle) throws {
    try handle.write(contentsOf: Data((text + "\n").utf8))
  }
}

/// Standard output that takes no more, such as a file on a full disk.
struct StandardOutputError: Error, CustomStringConvertible {
  let reason: String

  var description: String { "standard output cannot be written: \(reason)" }
}

/// A bar on standard error, drawn only where somebody can see it.
struct ProgressBar {
  private let label: String
  private let isVisible = isatty(2) == 1

  init(_ label: String) { self.label = label }

  /// Draws the bar for a fraction from 0 to 1.
  func show(_ fraction: Double) {
    let filled = Int((min(max(fraction, 0), 1) * 30).rounded())
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    show("\(bar) \(String(format: "%3.0f", fraction * 100)) %")
  }

  /// Draws a text where the bar would be, over what was there.
  func show(_ text: String) {
    guard isVisible else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\r\(label) \(text)\u{1B}[K".utf8))
  }

  /// Takes the bar away.
  func clear() {
    guard isVisible else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
  }
}

/// A bar that also says how long the rest will take at the pace so far.
struct TimedBar {
  private let bar: ProgressBar
  private let begun = ContinuousClock.now

  init(_ label: String) { bar = ProgressBar(label) }

  /// Draws the bar for a fraction from 0 to 1.
  func show(_ fraction: Double) {
    bar.show(Self.text(fraction, seconds: (ContinuousClock.now - begun) / .seconds(1)))
  }

  func clear() { bar.clear() }

  /// The bar after `seconds` of work.
  static func text(_ fraction: Double, seconds: Double) -> String {
    let part = min(max(fraction, 0), 1)
    let filled = Int((part * 30).rounded())
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      + String(format: " %3.0f %%", part * 100)
    guard part > 0, part < 1 else { return bar }
    return bar + "  \(clock(seconds / part * (1 - part))) left"
  }

  /// Seconds as minutes, or as hours with minutes.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds.isFinite ? seconds : 0, 359_999).rounded(.up))
    return whole < 3600
      ? String(format: "%d:%02d", whole / 60, whole % 60)
      : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
  }
}

/// Rows under a heading, each column as wide as its widest cell.
func table(_ heading: [String], _ rows: [[String]]) -> String {
  let widths = heading.indices.map { column in
    ([heading] + rows).map { $0[column].count }.max() ?? 0
  }
  return ([heading] + rows).map { row in
    zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
  }.joined(separator: "\n")
}

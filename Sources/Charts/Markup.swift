// Text made safe for SVG, HTML and CSV: names come from users and may hold anything.

/// Escaping.
public enum Markup {
  /// For element content and for attribute values in quotation marks; characters that XML forbids
  /// become U+FFFD.
  public static func escape(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var escaped = String()
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case _ where isForbidden(scalar): escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Printable ASCII that means nothing in XML: almost every text, and every number.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      false
    default: byte >= 0x20 && byte < 0x7F
    }
  }

  /// Control characters, non-characters, and marks that reverse the order of the text after them.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x202A...0x202E, 0x2066...0x2069: true
    case 0xFDD0...0xFDEF: true
    default: scalar.value & 0xFFFE == 0xFFFE
    }
  }
}

/// Comma-separated values.
public struct CSVText: Sendable {
  public private(set) var text = ""

  public init(header: [String]) { append(header.map { .text($0) }) }

  /// What stands in a cell.
  public enum Cell: Sendable {
    case text(String)
    case number(Double?)
    case count(Int?)
  }

  public mutating func append(_ cells: [Cell]) {
    text += cells.map(Self.write).joined(separator: ",") + "\n"
  }

  private static func write(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): quote(text)
    case .number(let value): value.map(write) ?? ""
    case .count(let value): value.map { "\($0)" } ?? ""
    }
  }

  /// The shortest digits that give the same number again.
  private static func write(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    return Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  /// A leading apostrophe keeps spreadsheets from running a name as a formula.
  private static func quote(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
      text = "'" + text
    }
    guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

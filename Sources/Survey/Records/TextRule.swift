// What a single field may hold, and the words with which another is refused.

import Foundation

enum TextRule {
  /// Text on one line, without blanks around it.
  static func plain(_ cell: Cell) throws -> String {
    guard case .text(let text) = cell else {
      if case .number(let value) = cell { return Cell.text(value) }
      throw CellFault(
        rule: .text, text: cell == .empty ? "it is empty" : "a list, where one text belongs")
    }
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
    {
      throw CellFault(rule: .text, text: "it has a line break or another control character")
    }
    if text.contains("\u{FFFD}") {
      throw CellFault(rule: .utf8, text: "'\(text)' has a character that an encoding destroyed")
    }
    guard text == text.trimmingCharacters(in: .whitespaces) else {
      throw CellFault(rule: .text, text: "'\(text)' has blanks around it")
    }
    return text
  }

  /// The items of a list, or of a text with `;` between them.
  static func list(_ cell: Cell) throws -> [String] {
    let items: [String]
    switch cell {
    case .empty: return []
    case .list(let list): items = list
    default:
      items = try plain(cell).split(separator: ";", omittingEmptySubsequences: false)
        .map(String.init)
    }
    for item in items {
      _ = try plain(.text(item))
      if item.isEmpty { throw CellFault(rule: .list, text: "an item of the list is empty") }
      if item.contains(";") {
        throw CellFault(rule: .list, text: "'\(item)' has a semicolon, which separates items")
      }
    }
    if let twice = items.firstRepeated {
      throw CellFault(rule: .list, text: "'\(twice)' is in the list twice")
    }
    return items
  }

  static func number(_ cell: Cell, in range: ClosedRange<Double>) throws -> Double {
    let value: Double
    switch cell {
    case .number(let number): value = number
    case .text(let text):
      // Swift would also take hexadecimal digits and words such as "nan".
      guard let first = text.utf8.first, first.isDigit || first == UInt8(ascii: "-"),
        text.utf8.allSatisfy({ $0.isDigit || "-+.eE".utf8.contains($0) }),
        let number = Double(text), number.isFinite
      else { throw CellFault(rule: .number, text: "'\(text)' is no number") }
      value = number
    default: throw CellFault(rule: .number, text: "a number belongs here")
    }
    guard range.contains(value) else {
      let limits = "\(Cell.text(range.lowerBound)) to \(Cell.text(range.upperBound))"
      throw CellFault(rule: .range, text: "\(Cell.text(value)) is not within \(limits)")
    }
    return value
  }

  /// Lower-case letters, digits, and hyphens between them.
  static func identifier(_ text: String) throws {
    let hyphen = UInt8(ascii: "-")
    guard text.utf8.allSatisfy({ $0.isDigit || $0.isLowerCase || $0 == hyphen }),
      !text.isEmpty, text.utf8.first != hyphen, text.utf8.last != hyphen, !text.contains("--")
    else {
      throw CellFault(
        rule: .identifier,
        text: "'\(text)' is no identifier: lower-case letters and digits with hyphens between")
    }
  }

  /// What BibTeX takes as a key.
  static func citationKey(_ text: String) throws {
    func isPlain(_ byte: UInt8) -> Bool { byte.isDigit || (byte | 0x20).isLowerCase }
    guard let first = text.utf8.first, isPlain(first),
      text.utf8.allSatisfy({ isPlain($0) || ":./_+-()".utf8.contains($0) })
    else {
      throw CellFault(
        rule: .identifier, text: "'\(text)' is no citation key: letters, digits and :./_+-")
    }
  }

  static func month(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard bytes.count == 7, bytes[4] == UInt8(ascii: "-"),
      bytes.indices.allSatisfy({ $0 == 4 || bytes[$0].isDigit }),
      let year = Int(text.prefix(4)), let month = Int(text.suffix(2)),
      (1900...2099).contains(year), (1...12).contains(month)
    else {
      throw CellFault(rule: .date, text: "'\(text)' is no month such as 2024-05")
    }
  }

  static func address(_ text: String) throws {
    guard text.hasPrefix("https://") || text.hasPrefix("http://"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw CellFault(rule: .address, text: "'\(text)' is no address that begins with https://")
    }
  }

  static func doi(_ text: String) throws {
    guard text.hasPrefix("10."), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let slash = text.firstIndex(of: "/"), text.index(after: slash) != text.endIndex,
      (4...9).contains(text[..<slash].utf8.count - 3),
      text[..<slash].utf8.dropFirst(3).allSatisfy(\.isDigit)
    else {
      throw CellFault(rule: .doi, text: "'\(text)' is no DOI such as 10.1000/182")
    }
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isLowerCase: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}

extension Sequence where Element: Hashable {
  /// The first element that came before.
  var firstRepeated: Element? {
    var seen: Set<Element> = []
    return first { !seen.insert($0).inserted }
  }
}

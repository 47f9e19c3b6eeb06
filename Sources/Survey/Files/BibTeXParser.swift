// Reads BibTeX as people's tools write it: braces or quotes, strings, joined parts, comments between entries.

struct BibTeXParser {
  struct Entry: Equatable {
    let line: Int
    let key: String
    /// By names in lower case; values without the braces and commands of LaTeX.
    let fields: [String: String]
    /// Each name as it is written, an outer pair of braces included.
    let authors: [String]?
  }

  struct Fault: Error, Equatable {
    let line: Int
    let text: String
  }

  private let text: [Character]
  private var position = 0
  private var line = 1
  private var strings: [String: String] = [:]

  init(_ text: String) { self.text = Array(text.replacing("\r\n", with: "\n")) }

  /// The next entry; nil at the end. What stands between entries is a comment.
  mutating func next() throws -> Entry? {
    while let character = peek {
      let start = line
      advance()
      guard character == "@" else { continue }
      let kind = word().lowercased()
      skipBlanks()
      if kind == "comment" { continue }
      guard let open = peek, open == "{" || open == "(" else {
        throw Fault(line: start, text: "'@\(kind)' is followed by no brace")
      }
      advance()
      let close: Character = open == "{" ? "}" : ")"
      switch kind {
      case "string":
        for (name, value) in try fields(until: close, start) { strings[name] = value }
      case "preamble":
        _ = try value(start)
        try expect(close, start)
      default:
        return try entry(until: close, start)
      }
    }
    return nil
  }

  private mutating func entry(until close: Character, _ start: Int) throws -> Entry {
    skipBlanks()
    var key = ""
    while let character = peek, character != ",", character != close, !character.isWhitespace {
      key.append(character)
      advance()
    }
    skipBlanks()
    guard !key.isEmpty else { throw Fault(line: start, text: "an entry has no key") }
    if peek == "," { advance() }
    let raw = try fields(until: close, start)
    let pairs = raw.map { ($0, LaTeX.plain($1)) }
    if let twice = raw.map(\.0).firstRepeated {
      throw Fault(line: start, text: "'\(key)' has the field \(twice) twice")
    }
    return Entry(
      line: start, key: key, fields: Dictionary(pairs, uniquingKeysWith: { first, _ in first }),
      authors: raw.first { $0.0 == "author" }.map { Self.names($0.1) })
  }

  /// Names between the word "and" outside braces.
  private static func names(_ text: String) -> [String] {
    var (names, current, depth) = ([String](), "", 0)
    for word in text.split(whereSeparator: \.isWhitespace) {
      if depth == 0, word == "and" {
        names.append(current)
        current = ""
      } else {
        current += (current.isEmpty ? "" : " ") + word
      }
      depth += word.count { $0 == "{" } - word.count { $0 == "}" }
    }
    names.append(current)
    return names.filter { !$0.isEmpty }.map { name in
      let isGroup = name.hasPrefix("{") && name.hasSuffix("}")
      return isGroup ? "{\(LaTeX.plain(name))}" : LaTeX.plain(name)
    }
  }

  private mutating func fields(
    until close: Character, _ start: Int
  ) throws -> [(String, String)] {
    var fields: [(String, String)] = []
    while true {
      skipBlanks()
      guard let character = peek else {
        throw Fault(line: start, text: "an entry that begins here is never closed")
      }
      if character == close {
        advance()
        return fields
      }
      if character == "," {
        advance()
        continue
      }
      let name = word().lowercased()
      skipBlanks()
      guard !name.isEmpty, peek == "=" else {
        throw Fault(line: line, text: "a field is expected, such as year = {2024}")
      }
      advance()
      fields.append((name, try value(start)))
    }
  }

  /// Texts, numbers and strings, joined by `#`.
  private mutating func value(_ start: Int) throws -> String {
    var joined = ""
    while true {
      skipBlanks()
      switch peek {
      case "{": joined += try group(open: "{", close: "}", start)
      case "\"": joined += try group(open: "\"", close: "\"", start)
      default:
        let name = word()
        guard !name.isEmpty else { throw Fault(line: line, text: "a field has no value") }
        if name.allSatisfy(\.isNumber) {
          joined += name
        } else if let known = strings[name.lowercased()] ?? Self.months[name.lowercased()] {
          joined += known
        } else {
          throw Fault(line: line, text: "'\(name)' is no string that was defined before")
        }
      }
      skipBlanks()
      guard peek == "#" else { return joined }
      advance()
    }
  }

  private mutating func group(
    open: Character, close: Character, _ start: Int
  ) throws -> String {
    advance()
    var (content, depth) = ("", 0)
    while let character = peek {
      advance()
      if character == "\\", let next = peek {
        content += [character, next]
        advance()
        continue
      }
      if depth == 0, character == close { return content }
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      content.append(character)
    }
    throw Fault(line: start, text: "a value of the entry that begins here is never closed")
  }

  private static let months = Dictionary(
    uniqueKeysWithValues: [
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ].enumerated().map { ($1, "\($0 + 1)") })

  private var peek: Character? { position < text.count ? text[position] : nil }

  private mutating func advance() {
    if text[position] == "\n" { line += 1 }
    position += 1
  }

  private mutating func skipBlanks() {
    while let character = peek, character.isWhitespace { advance() }
  }

  private mutating func word() -> String {
    skipBlanks()
    var word = ""
    while let character = peek,
      character.isLetter || character.isNumber || "_-.:+/".contains(character)
    {
      word.append(character)
      advance()
    }
    return word
  }

  private mutating func expect(_ character: Character, _ start: Int) throws {
    skipBlanks()
    guard peek == character else {
      throw Fault(line: start, text: "an entry that begins here is never closed")
    }
    advance()
  }
}

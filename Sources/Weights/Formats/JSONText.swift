// A strict JSON parser that keeps the order of keys and refuses duplicates, as safetensors demands.

/// A parsed JSON value; objects keep the order of the file.
enum JSONText: Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONText])
  case object([Member])

  struct Member: Equatable {
    let key: String
    let value: JSONText
  }

  subscript(key: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// An array of whole numbers, or nil.
  var integers: [Int]? {
    guard case .array(let items) = self else { return nil }
    let numbers = items.compactMap { if case .integer(let value) = $0 { value } else { nil } }
    return numbers.count == items.count ? numbers : nil
  }

  /// Parses UTF-8 text.
  ///
  /// - Throws: ``WeightsError/malformed(path:format:problem:)`` with the position.
  static func parse(_ bytes: [UInt8], path: String, format: String) throws -> JSONText {
    var parser = JSONParser(bytes: bytes, path: path, format: format)
    let value = try parser.value(depth: 0)
    guard parser.atEnd() else { throw parser.malformed("text after the end") }
    return value
  }
}

private struct JSONParser {
  static let deepest = 64

  let bytes: [UInt8]
  let path: String
  let format: String
  var position = 0

  init(bytes: [UInt8], path: String, format: String) {
    self.bytes = bytes
    self.path = path
    self.format = format
  }

  func malformed(_ problem: String) -> WeightsError {
    .malformed(path: path, format: format, problem: "\(problem) at byte \(position) of its JSON")
  }

  mutating func atEnd() -> Bool { peek() == nil }

  /// The next byte that is not white space.
  mutating func peek() -> UInt8? {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
    return position < bytes.count ? bytes[position] : nil
  }

  mutating func accept(_ character: UInt8) -> Bool {
    guard peek() == character else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws -> JSONText {
    guard depth < Self.deepest else { throw malformed("nested deeper than \(Self.deepest)") }
    switch peek() {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func word(_ word: String, _ value: JSONText) throws -> JSONText {
    guard bytes[position...].starts(with: word.utf8) else { throw malformed("no value") }
    position += word.utf8.count
    return value
  }

  mutating func number() throws -> JSONText {
    let start = position
    while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) {
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !text.hasPrefix("+"), let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw malformed("no value") }
    return .number(number)
  }

  mutating func array(depth: Int) throws -> JSONText {
    position += 1
    var items: [JSONText] = []
    if accept(UInt8(ascii: "]")) { return .array(items) }
    repeat { items.append(try value(depth: depth + 1)) } while accept(UInt8(ascii: ","))
    guard accept(UInt8(ascii: "]")) else { throw malformed("an array without end") }
    return .array(items)
  }

  mutating func object(depth: Int) throws -> JSONText {
    position += 1
    var members: [JSONText.Member] = []
    var keys: Set<String> = []
    if accept(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw malformed("an object without key") }
      let key = try string()
      guard keys.insert(key).inserted else { throw malformed("the key \(key) twice") }
      guard accept(UInt8(ascii: ":")) else { throw malformed("a key without value") }
      members.append(.init(key: key, value: try value(depth: depth + 1)))
    } while accept(UInt8(ascii: ","))
    guard accept(UInt8(ascii: "}")) else { throw malformed("an object without end") }
    return .object(members)
  }

  mutating func string() throws -> String {
    position += 1
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw malformed("a string that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): content += String(try escape()).utf8
      case 0..<0x20: throw malformed("a control character in a string")
      default: content.append(byte)
      }
    }
    throw malformed("a string without end")
  }

  mutating func escape() throws -> Unicode.Scalar {
    guard position < bytes.count else { throw malformed("a string without end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard first < 0xDC00, bytes[position...].starts(with: "\\u".utf8) else { break }
      position += 2
      let second = try hexadecimal()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      else { break }
      return scalar
    default: break
    }
    throw malformed("an unknown escape")
  }

  mutating func hexadecimal() throws -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, let text = String(validating: digits, as: UTF8.self),
      !text.hasPrefix("+"), !text.hasPrefix("-"), let value = UInt32(text, radix: 16)
    else { throw malformed("an unknown escape") }
    position += 4
    return value
  }
}

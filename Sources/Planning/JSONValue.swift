// Any JSON, so that a plan's configurations can inherit from one another before they mean something.

import Foundation

/// A JSON value; objects have no order and are written with sorted keys.
enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// A number, as an integer where it is one, since Python and readers of files tell `2` from `2.0`.
  static func plain(_ value: Double) -> JSONValue {
    guard abs(value) < 1e15, let integer = Int(exactly: value) else { return .number(value) }
    return .integer(integer)
  }

  static func integers(_ values: [Int]) -> JSONValue { .array(values.map { .integer($0) }) }

  static func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .plain($0) }) }

  static func optional(_ value: String?) -> JSONValue { value.map { .text($0) } ?? .null }

  /// What it is, in few words, for messages.
  var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): "'\(value)'"
    case .array(let values):
      "[" + values.prefix(4).map(\.summary).joined(separator: ", ")
        + (values.count > 4 ? ", …]" : "]")
    case .object(let members): "an object with " + members.keys.sorted().joined(separator: ", ")
    }
  }
}

extension JSONValue: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// The bytes of a file: sorted keys, indented, the same for the same value on every run.
  func data() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

/// Reads members of a JSON object and knows where they stand, for messages.
struct JSONMembers {
  let values: [String: JSONValue]
  /// Names from the top of the file to this object, joined with dots.
  let place: String

  init(_ value: JSONValue, at place: String) throws {
    guard case .object(let values) = value else {
      throw PlanningError.malformed(place: place, met: value.summary, expected: "an object")
    }
    self.values = values
    self.place = place
  }

  /// The member, unless it is absent or null.
  subscript(_ key: String) -> JSONValue? {
    guard let value = values[key], value != .null else { return nil }
    return value
  }

  func has(_ key: String) -> Bool { self[key] != nil }

  func members(_ key: String) throws -> JSONMembers {
    try JSONMembers(value(key, "an object"), at: path(key))
  }

  func text(_ key: String) throws -> String {
    try text(value(key, "a text"), key)
  }

  func integer(_ key: String) throws -> Int {
    try integer(value(key, "a whole number"), key)
  }

  func bool(_ key: String) throws -> Bool { try bool(value(key, "true or false"), key) }

  func number(_ key: String) throws -> Double { try number(value(key, "a number"), key) }

  func array(_ key: String) throws -> [JSONValue] {
    let value = try value(key, "a list")
    guard case .array(let values) = value else { throw fault(key, value, "a list") }
    return values
  }

  func integers(_ key: String) throws -> [Int] { try array(key).map { try integer($0, key) } }

  func numbers(_ key: String) throws -> [Double] { try array(key).map { try number($0, key) } }

  func bools(_ key: String) throws -> [Bool] { try array(key).map { try bool($0, key) } }

  func texts(_ key: String) throws -> [String] { try array(key).map { try text($0, key) } }

  /// One value for each of `count` stages, or a single number that holds for all.
  func integers(_ key: String, count: Int) throws -> [Int] {
    if case .integer(let same)? = self[key] { return Array(repeating: same, count: count) }
    return try integers(key)
  }

  /// One number per axis for each stage; a single number holds for all stages or axes.
  func integerRows(_ key: String, count: Int, axes: Int) throws -> [[Int]] {
    if case .integer(let same)? = self[key] {
      return Array(repeating: Array(repeating: same, count: axes), count: count)
    }
    return try array(key).map { row in
      if case .integer(let same) = row { return Array(repeating: same, count: axes) }
      guard case .array(let values) = row else { throw fault(key, row, "a list of numbers") }
      return try values.map { try integer($0, key) }
    }
  }

  func path(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  func fault(_ key: String, _ met: JSONValue, _ expected: String) -> PlanningError {
    .malformed(place: path(key), met: met.summary, expected: expected)
  }

  private func value(_ key: String, _ expected: String) throws -> JSONValue {
    guard let value = values[key] else {
      throw PlanningError.malformed(place: path(key), met: "nothing", expected: expected)
    }
    return value
  }

  private func text(_ value: JSONValue, _ key: String) throws -> String {
    guard case .text(let text) = value else { throw fault(key, value, "a text") }
    return text
  }

  private func integer(_ value: JSONValue, _ key: String) throws -> Int {
    switch value {
    case .integer(let value): return value
    case .number(let number):
      if let value = Int(exactly: number) { return value }
    default: break
    }
    throw fault(key, value, "a whole number")
  }

  private func bool(_ value: JSONValue, _ key: String) throws -> Bool {
    guard case .bool(let value) = value else { throw fault(key, value, "true or false") }
    return value
  }

  private func number(_ value: JSONValue, _ key: String) throws -> Double {
    switch value {
    case .integer(let value): return Double(value)
    case .number(let value): return value
    default: throw fault(key, value, "a number")
    }
  }
}

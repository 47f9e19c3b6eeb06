// One field of a record as it stands in a file or in the database, before it means anything.

/// A field that may be text, a number, a list, or nothing.
enum Cell: Sendable, Equatable {
  case empty
  case text(String)
  case number(Double)
  case list([String])

  /// The field of a table: numbers with the fewest digits that give them again, lists with `;` between.
  var text: String {
    switch self {
    case .empty: ""
    case .text(let text): text
    case .number(let value): Self.text(value)
    case .list(let items): items.joined(separator: ";")
    }
  }

  /// The shortest digits that give the same number again.
  static func text(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

extension Cell: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .empty
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try container.decode([String].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .empty: try container.encodeNil()
    case .text(let text): try container.encode(text)
    case .number(let value):
      if let whole = Int(exactly: value) {
        try container.encode(whole)
      } else {
        try container.encode(value)
      }
    case .list(let items): try container.encode(items)
    }
  }
}

// Comma-separated values as in RFC 4180, read into named columns and written with the quotes they need.

/// A table with a header line.
public struct CSV: Sendable, Equatable {
  /// One record and the line of the file on which it begins.
  public struct Row: Sendable, Equatable {
    public let line: Int
    public let fields: [String]
  }

  /// What is wrong with the text, and where.
  public enum Fault: Error, Equatable, CustomStringConvertible {
    case noHeader
    case unterminatedQuote(line: Int)
    case textAfterQuote(line: Int)
    case wrongFieldCount(line: Int, found: Int, expected: Int)

    public var description: String {
      switch self {
      case .noHeader: "it has no header line"
      case .unterminatedQuote(let line): "the quote opened on line \(line) is never closed"
      case .textAfterQuote(let line): "line \(line) has text after a closing quote"
      case .wrongFieldCount(let line, let found, let expected):
        "line \(line) has \(found) fields, the header \(expected)"
      }
    }
  }

  /// Names of the columns, without surrounding blanks.
  public let header: [String]
  public let rows: [Row]

  /// Reads a table; empty lines are skipped, a byte order mark is ignored, LF and CRLF both end a line.
  public init(parsing text: String) throws {
    var records = try Self.records(of: Array(text.utf8))
    guard !records.isEmpty else { throw Fault.noHeader }
    header = records.removeFirst().fields.map { field in
      String(field.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    for row in records where row.fields.count != header.count {
      throw Fault.wrongFieldCount(
        line: row.line, found: row.fields.count, expected: header.count)
    }
    rows = records
  }

  /// One line for the given fields, quoted where needed, without a line ending.
  public static func line(_ fields: [String]) -> String {
    fields.map { field in
      let special = field.utf8.contains { [comma, quote, lineFeed, carriageReturn].contains($0) }
      guard special else { return field }
      let parts = field.split(separator: "\"", omittingEmptySubsequences: false)
      return "\"" + parts.joined(separator: "\"\"") + "\""
    }.joined(separator: ",")
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private static func records(of bytes: [UInt8]) throws -> [Row] {
    var reader = Reader(bytes: bytes)
    var rows: [Row] = []
    while let row = try reader.nextRecord() {
      if row.fields != [""] { rows.append(row) }
    }
    return rows
  }

  /// Walks over the bytes of the text; all that structures it is ASCII.
  private struct Reader {
    let bytes: [UInt8]
    var position: Int
    var line = 1

    init(bytes: [UInt8]) {
      self.bytes = bytes
      position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func nextRecord() throws -> Row? {
      guard position < bytes.count else { return nil }
      let start = line
      var fields: [String] = []
      while true {
        fields.append(try nextField())
        guard position < bytes.count else { break }
        let separator = bytes[position]
        position += 1
        if separator == lineFeed {
          line += 1
          break
        }
      }
      return Row(line: start, fields: fields)
    }

    /// Reads up to, and not including, the comma or line feed that ends the field.
    private mutating func nextField() throws -> String {
      guard position < bytes.count, bytes[position] == quote else {
        let start = position
        while position < bytes.count, bytes[position] != comma, bytes[position] != lineFeed {
          position += 1
        }
        var end = position
        if end > start, bytes[end - 1] == carriageReturn, isLineEnd { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
      }
      return try quotedField()
    }

    private mutating func quotedField() throws -> String {
      let start = line
      var content: [UInt8] = []
      position += 1
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if byte == lineFeed { line += 1 }
        if byte != quote {
          content.append(byte)
        } else if position < bytes.count, bytes[position] == quote {
          content.append(quote)
          position += 1
        } else {
          if position < bytes.count, bytes[position] == carriageReturn { position += 1 }
          guard isLineEnd || bytes[position] == comma else {
            throw Fault.textAfterQuote(line: line)
          }
          return String(decoding: content, as: UTF8.self)
        }
      }
      throw Fault.unterminatedQuote(line: start)
    }

    private var isLineEnd: Bool { position == bytes.count || bytes[position] == lineFeed }
  }
}

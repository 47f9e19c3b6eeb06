// The order in which an object's keys stand in a JSON text, which decoders do not tell.

import Foundation

enum JSONKeys {
  /// Keys of the object that a member of the outermost object holds, in the order of the text.
  ///
  /// Of bytes that are not valid JSON, the keys until they break off.
  static func keys(ofObject name: String, in data: Data) -> [String] {
    var scanner = Scanner(bytes: Array(data))
    while let token = scanner.next() {
      guard scanner.depth == 1, token.isKey, token.text == name else { continue }
      var keys: [String] = []
      while let inner = scanner.next(), scanner.depth >= 1 {
        if scanner.depth == 2, inner.isKey { keys.append(inner.text) }
        if scanner.depth == 1, inner.isKey { break }
      }
      return keys
    }
    return []
  }

  /// Walks over the strings of a text and counts the braces and brackets around them.
  private struct Scanner {
    let bytes: [UInt8]
    var position = 0
    var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The next string, and whether a colon follows it.
    mutating func next() -> (text: String, isKey: Bool)? {
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "\""): return string()
        default: break
        }
      }
      return nil
    }

    /// Reads on from behind the opening quote.
    private mutating func string() -> (text: String, isKey: Bool)? {
      let start = position
      while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
        position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard position < bytes.count else { return nil }
      let raw = Data([UInt8(ascii: "[")] + bytes[(start - 1)...position] + [UInt8(ascii: "]")])
      position += 1
      var after = position
      while after < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[after]) { after += 1 }
      let text = (try? JSONDecoder().decode([String].self, from: raw))?.first ?? ""
      return (text, after < bytes.count && bytes[after] == UInt8(ascii: ":"))
    }
  }
}

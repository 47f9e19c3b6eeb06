// Writes HTML that is well-formed XML too, and lets no text through unescaped.

import Charts

/// Collects markup; every text passes ``Markup/escape(_:)``.
struct HTMLWriter {
  private(set) var text = ""

  typealias Attributes = KeyValuePairs<String, String?>

  /// Attributes whose value is nil are left out.
  mutating func open(_ element: String, _ attributes: Attributes = [:]) {
    text += "<\(element)"
    write(attributes)
    text += ">"
  }

  mutating func close(_ element: String) { text += "</\(element)>" }

  mutating func void(_ element: String, _ attributes: Attributes = [:]) {
    text += "<\(element)"
    write(attributes)
    text += "/>"
  }

  mutating func element(_ element: String, _ attributes: Attributes = [:], _ content: String) {
    open(element, attributes)
    write(content)
    close(element)
  }

  mutating func write(_ content: String) { text += Markup.escape(content) }

  /// Markup that is safe already.
  mutating func raw(_ markup: String) { text += markup }

  mutating func newline() { text += "\n" }

  private mutating func write(_ attributes: Attributes) {
    for (name, value) in attributes {
      if let value { text += " \(name)=\"\(Markup.escape(value))\"" }
    }
  }
}

/// Addresses that a report may hold.
enum Address {
  /// The address, where it is one of the web; scripts and files are not followed.
  static func web(_ address: String?) -> String? {
    guard let address, address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    let lower = address.lowercased()
    return lower.hasPrefix("https://") || lower.hasPrefix("http://") ? address : nil
  }

  /// A file that lies in the address itself.
  static func data(_ text: String, type: String) -> String {
    var encoded = "data:\(type);charset=utf-8,"
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}

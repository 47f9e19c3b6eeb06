// Reads what charts and reports write, with a strict XML parser, so that tests can ask about it.

import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An element with its attributes, children and text, in document order.
final class Node {
  let name: String
  let attributes: [String: String]
  private(set) var children: [Node] = []
  private(set) weak var parent: Node?
  /// Of the element itself and all below it.
  private(set) var text = ""

  init(_ name: String, _ attributes: [String: String], parent: Node?) {
    self.name = name
    self.attributes = attributes
    self.parent = parent
    parent?.children.append(self)
  }

  fileprivate func append(_ string: String) {
    text += string
    parent?.append(string)
  }

  /// All elements below of a name; "*" for any.
  func all(_ name: String) -> [Node] {
    children.flatMap { ($0.name == name || name == "*" ? [$0] : []) + $0.all(name) }
  }

  func hasClass(_ name: String) -> Bool {
    attributes["class"]?.split(separator: " ").contains { $0 == name } == true
  }

  /// A number of an attribute.
  func number(_ name: String) -> Double? { attributes[name].flatMap(Double.init) }
}

struct Malformed: Error, CustomStringConvertible {
  let description: String
}

/// Parses well-formed XML; anything else throws.
func parse(_ text: String) throws -> Node {
  let reader = Reader()
  let parser = XMLParser(data: Data(text.utf8))
  parser.delegate = reader
  guard parser.parse(), let root = reader.root else {
    let reason = parser.parserError.map { "\($0)" } ?? "nothing in it"
    throw Malformed(description: "line \(parser.lineNumber): \(reason)")
  }
  return root
}

private final class Reader: NSObject, XMLParserDelegate {
  var root: Node?
  private var open: [Node] = []

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    let node = Node(elementName, attributes, parent: open.last)
    if root == nil { root = node }
    open.append(node)
  }

  func parser(
    _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { open.last?.append(string) }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    open.last?.append(String(decoding: block, as: UTF8.self))
  }
}

/// Parses comma-separated values with quotation marks (RFC 4180).
func parseCSV(_ text: String) -> [[String]] {
  var rows: [[String]] = []
  var row: [String] = []
  var cell = ""
  var isQuoted = false
  var previous: Unicode.Scalar?
  for scalar in text.unicodeScalars {
    switch (scalar, isQuoted) {
    case ("\"", true): isQuoted = false
    case ("\"", false):
      isQuoted = true
      if previous == "\"" { cell += "\"" }
    case (",", false):
      row.append(cell)
      cell = ""
    case ("\n", false):
      rows.append(row + [cell])
      (row, cell) = ([], "")
    default: cell.unicodeScalars.append(scalar)
    }
    previous = scalar
  }
  return rows
}

/// Texts that try to break out of where they are put.
enum Hostile {
  static let texts = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "]]></style></script>", "&lt;&#x27;&amp", "a|b\\|c", "line\nbreak\ttab\r", "=HYPERLINK(\"x\")",
    "\u{0}\u{1}\u{B}\u{FFFE}null", "\u{202E}esrever", "`code` *bold* _it_ [a](javascript:alert(1))",
    "<!-- -->", "{{7*7}} ${x} $$", "名前 имя اسم 🫀", "", "--", String(repeating: "W", count: 300),
    "e\u{301}\u{301}\u{301}", "a,b;c\"d\"", "%s %n %@",
  ]

  /// Scalars in which markup and spreadsheets see more than text.
  static func random(using generator: inout SeededGenerator) -> String {
    let palette = Array("<>&\"'`|\\,\n\t=+-@#[]()*_$ aZ0é中\u{7}\u{0}\u{FFFF}\u{85}".unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<Int(generator.next() % 24) {
      text.append(palette[Int(generator.next() % UInt64(palette.count))])
    }
    return String(text)
  }
}

// What a value of BibTeX says without the commands of LaTeX: accents become letters, braces go.

import Foundation

enum LaTeX {
  /// The text on one line.
  static func plain(_ text: String) -> String {
    var result = ""
    var rest = Array(text.replacing("---", with: "–").replacing("--", with: "–"))[...]
    while let character = rest.popFirst() {
      switch character {
      case "{", "}": continue
      case "~": result.append(" ")
      case "\\": command(&rest, &result)
      default: result.append(character)
      }
    }
    // Spaces of other kinds are part of the title.
    return result.split { $0 == " " || $0 == "\n" || $0 == "\t" }.joined(separator: " ")
  }

  private static func command(_ rest: inout ArraySlice<Character>, _ result: inout String) {
    guard let name = rest.popFirst() else { return }
    if let accent = accents[name], !name.isLetter || rest.first == "{" {
      guard let letter = argument(&rest) else { return }
      result.append((String(letter) + accent).precomposedStringWithCanonicalMapping)
      return
    }
    guard name.isLetter else { return result.append(name) }
    var word = String(name)
    while let next = rest.first, next.isLetter {
      word.append(next)
      rest.removeFirst()
    }
    if rest.first == " " { rest.removeFirst() }
    result += letters[word] ?? ""
  }

  /// The letter that an accent is over, in braces or not; a dotless i gets its dot.
  private static func argument(_ rest: inout ArraySlice<Character>) -> Character? {
    while rest.first == "{" || rest.first == " " || rest.first == "\\" { rest.removeFirst() }
    return rest.popFirst()
  }

  private static let accents: [Character: String] = [
    "\"": "\u{0308}", "'": "\u{0301}", "`": "\u{0300}", "^": "\u{0302}", "~": "\u{0303}",
    "=": "\u{0304}", ".": "\u{0307}", "c": "\u{0327}", "v": "\u{030C}", "u": "\u{0306}",
    "H": "\u{030B}", "k": "\u{0328}", "r": "\u{030A}",
  ]

  private static let letters = [
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "textendash": "–", "textemdash": "—", "alpha": "α",
    "beta": "β", "times": "×",
  ]
}

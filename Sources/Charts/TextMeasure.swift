// How wide a text will be at most, so that labels can be placed without a browser.

/// Widths of text in a sans-serif face, on the wide side, so that any reader's font fits.
enum TextMeasure {
  /// In the unit of `size`.
  static func width(_ text: String, size: Double = Canvas.textSize) -> Double {
    text.reduce(0) { $0 + width(of: $1) } * size
  }

  /// The text, or its beginning and end with an ellipsis between, so that it is at most `limit` wide.
  static func fit(_ text: String, within limit: Double, size: Double = Canvas.textSize) -> String {
    guard width(text, size: size) > limit else { return text }
    let characters = Array(text.prefix(400)) + (text.count > 400 ? Array(text.suffix(400)) : [])
    var kept = min(characters.count - 1, Int(limit / size / 0.3))
    while kept > 0 {
      let tail = kept / 3
      let short = String(characters.prefix(kept - tail)) + "…" + String(characters.suffix(tail))
      if width(short, size: size) <= limit { return short }
      kept -= 1
    }
    return "…"
  }

  /// The words in as few lines as fit, at most three; what is still too long is shortened.
  static func wrap(_ text: String, within limit: Double, size: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, lines.count == 3 || width("\(last) \(word)", size: size) <= limit {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { fit($0, within: limit, size: size) }
  }

  /// In ems.
  private static func width(of character: Character) -> Double {
    switch character {
    case "i", "j", "l", "I", "|", "!", ".", ",", ":", ";", "'", "·": 0.36
    case " ", "f", "t", "r", "(", ")", "[", "]", "/", "-", "J", "\"": 0.44
    case "m", "w", "M", "W", "%", "@", "…", "—", "→", "←": 1.0
    case "0"..."9", "a"..."z", "_", "†": 0.64
    default: character.unicodeScalars.contains { $0.value >= 0x1100 } ? 1.15 : 0.8
    }
  }
}

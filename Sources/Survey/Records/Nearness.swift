// The names that somebody may have meant, by the number of letters that differ.

enum Nearness {
  /// Up to three names, the nearest first: those that contain the word, or differ in few letters.
  static func closest(to name: String, in known: some Sequence<String>) -> [String] {
    let wanted = folded(name)
    guard !wanted.isEmpty else { return [] }
    let scored = known.compactMap { candidate -> (Int, String)? in
      let other = folded(candidate)
      if other.starts(with: wanted) { return (1, candidate) }
      if wanted.count > 2, contains(other, wanted) { return (2, candidate) }
      let distance = distance(wanted, other, limit: max(1, wanted.count / 3))
      return distance.map { ($0 + 1, candidate) }
    }
    return scored.sorted { $0 < $1 }.prefix(3).map(\.1)
  }

  private static func folded(_ text: String) -> [UInt8] {
    text.lowercased().utf8.filter { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
    }
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard text.count >= part.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
  }

  /// Levenshtein's distance; nil beyond the limit.
  private static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
    guard abs(a.count - b.count) <= limit else { return nil }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count] <= limit ? row[b.count] : nil
  }
}

// The sources as a bibliography that LaTeX reads, and bibliographies as sources.

/// Sources as BibTeX.
public enum BibTeX {
  /// One entry for each source, in their order.
  public static func text(_ sources: [SurveySource]) -> String {
    sources.map(entry).joined(separator: "\n")
  }

  private static func entry(_ source: SurveySource) -> String {
    let kind = kind(of: source.venue)
    var fields = [
      ("author", authors(source.authors)), ("title", "{\(escaped(source.title))}"),
    ]
    if let venue = source.venue { fields.append((kind.venueField, escaped(venue))) }
    if let year = source.year { fields.append(("year", "\(year)")) }
    if let doi = source.doi { fields.append(("doi", doi)) }
    if let url = source.url { fields.append(("url", url)) }
    let lines = fields.map { "  \($0) = {\($1)}" }.joined(separator: ",\n")
    return "@\(kind.name){\(source.id),\n\(lines)\n}\n"
  }

  private static func kind(of venue: String?) -> (name: String, venueField: String) {
    guard let venue, venue != "arXiv" else { return ("misc", "howpublished") }
    return conferences.contains { venue.contains($0) }
      ? ("inproceedings", "booktitle") : ("article", "journal")
  }

  private static let conferences = [
    "MICCAI", "CVPR", "ICCV", "ECCV", "NeurIPS", "ICLR", "ISBI", "3DV", "WACV", "AAAI", "EMNLP",
    "BrainLes", "PMLR",
  ]

  /// "Wang et al." becomes "Wang and others". Braces keep a name of several words one name.
  private static func authors(_ short: String) -> String {
    let others = short.hasSuffix(" et al.")
    let names = (others ? String(short.dropLast(7)) : short).components(" and ")
    return
      (names.map { $0.contains(" ") ? "{\(escaped($0))}" : escaped($0) }
      + (others ? ["others"] : [])).joined(separator: " and ")
  }

  private static func escaped(_ text: String) -> String {
    text.map { "&%$#_".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// Reads a bibliography's entries as sources.
  static func read(_ path: String, into reader: inout RecordReader) throws {
    read(try TextFile.read(path), file: TextFile.name(path), into: &reader)
  }

  static func read(_ text: String, file: String, into reader: inout RecordReader) {
    var parser = BibTeXParser(text)
    do {
      while let entry = try parser.next() {
        reader.add(
          SurveySource.self, fields(of: entry), at: Place(file: file, line: entry.line))
      }
    } catch let fault as BibTeXParser.Fault {
      reader.report(Place(file: file, line: fault.line).finding(.format, fault.text))
    } catch { reader.report(Place(file: file, line: 1).finding(.format, "\(error)")) }
  }

  private static func fields(of entry: BibTeXParser.Entry) -> [String: Cell] {
    var fields: [String: Cell] = ["id": .text(entry.key)]
    func take(_ column: String, _ names: String...) {
      for name in names {
        guard let value = entry.fields[name], !value.isEmpty else { continue }
        fields[column] = .text(value)
        return
      }
    }
    fields["authors_short"] = entry.authors.map { .text(short($0)) }
    take("title", "title")
    take("venue", "journal", "booktitle", "howpublished", "publisher")
    if fields["venue"] == nil, entry.fields["eprint"] != nil { fields["venue"] = .text("arXiv") }
    take("year", "year")
    if fields["year"] == nil, let date = entry.fields["date"] {
      fields["year"] = .text(String(date.prefix(4)))
    }
    if let doi = entry.fields["doi"] {
      fields["doi"] = .text(doi.replacing(/^https?:\/\/(dx\.)?doi\.org\//, with: ""))
    }
    take("url", "url")
    return fields
  }

  /// The surname of the first author, or of two, as the survey writes them.
  private static func short(_ names: [String]) -> String {
    let surnames = names.filter { $0 != "others" }.map { name in
      if name.hasPrefix("{") { return String(name.dropFirst().dropLast()) }
      let parts = name.components(",")
      if parts.count > 1 { return parts[0].trimmed }
      return name.components(" ").last ?? name
    }
    guard let first = surnames.first else { return "" }
    if names.last == "others" || surnames.count > 2 { return first + " et al." }
    return surnames.joined(separator: " and ")
  }
}

extension String {
  /// The parts between a separator.
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator).map(String.init)
  }

  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

// From fields with names to records: columns are matched, every field is checked, every fault is told.

/// Collects records and what is wrong with them.
struct RecordReader {
  private(set) var draft = Draft()
  private(set) var findings: [Finding] = []

  mutating func report(_ finding: Finding) { findings.append(finding) }

  /// Takes a record; a faulty one is reported and left out.
  ///
  /// - Parameters:
  ///   - type: what the fields make
  ///   - fields: by the names of columns; those that are missing are empty
  ///   - place: of the record
  ///   - line: of a field, where fields have lines of their own
  mutating func add<Record: SurveyRecord>(
    _ type: Record.Type, _ fields: [String: Cell], at place: Place,
    line: (String) -> Int? = { _ in nil }
  ) {
    let before = findings.count
    for name in fields.keys.sorted() where !Record.header.contains(name) {
      findings.append(
        Place(file: place.file, line: line(name) ?? place.line).finding(
          .columns,
          "there is no '\(name)' among \(Record.header.joined(separator: ", "))"))
    }
    var record = Record()
    for column in Record.columns {
      let spot = Place(file: place.file, line: line(column.name) ?? place.line)
      var cell = fields[column.name] ?? .empty
      if cell == .text("") || cell == .list([]) { cell = .empty }
      if cell == .empty, column.isRequired {
        findings.append(spot.finding(.required, "\(column.name) is missing"))
        continue
      }
      do { try column.set(&record, cell) } catch let fault as CellFault {
        findings.append(spot.finding(fault.rule, "\(column.name): \(fault.text)"))
      } catch {
        findings.append(spot.finding(.format, "\(column.name): \(error)"))
      }
    }
    if findings.count == before { draft.add(record, at: place) }
  }

  /// What was read.
  ///
  /// - Throws: ``SurveyError/refused(_:)``
  func finished() throws -> Draft {
    guard findings.isEmpty else { throw SurveyError.refused(findings) }
    return draft
  }
}

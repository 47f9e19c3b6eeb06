// A contributed paper as one YAML file: its source, and the models, data sets and values that it adds.

import Yams

enum PaperFile {
  static func read(_ path: String, into reader: inout RecordReader) throws {
    read(try TextFile.read(path), file: TextFile.name(path), into: &reader)
  }

  static func read(_ text: String, file: String, into reader: inout RecordReader) {
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch let error as YamlError {
      return reader.report(
        Place(file: file, line: error.line).finding(.format, error.reason))
    } catch { return reader.report(Place(file: file, line: 1).finding(.format, "\(error)")) }
    guard let root, let paper = root.mapping else {
      return reader.report(
        Place(file: file, line: 1).finding(
          .format, "expected the entries source, models, datasets, results …"))
    }
    let paperReader = Paper(file: file, source: sourceID(in: paper))
    for (key, value) in paper {
      paperReader.read(key.string ?? "", value, line: key.line, into: &reader)
    }
    if paper["source"] == nil {
      reader.report(
        Place(file: file, line: 1).finding(.required, "source is missing: what the paper is"))
    }
  }

  private static func sourceID(in paper: Node.Mapping) -> String? {
    paper["source"]?.mapping?["id"]?.string
  }

  private struct Paper {
    let file: String
    /// The paper's own key, which its results have unless they name another.
    let source: String?

    func read(_ entry: String, _ value: Node, line: Int, into reader: inout RecordReader) {
      switch entry {
      case "source": add(SurveySource.self, value, into: &reader)
      case "models": each(SurveyModel.self, value, line, into: &reader)
      case "datasets": each(SurveyDataset.self, value, line, into: &reader)
      case "affiliations": each(Affiliation.self, value, line, into: &reader)
      case "doubts": each(Doubt.self, value, line, into: &reader)
      case "evidence": each(Evidence.self, value, line, into: &reader)
      case "results":
        each(
          SurveyResult.self, value, line, into: &reader,
          defaults: ["metric": .text("dice"), "source_id": source.map(Cell.text) ?? .empty])
      default:
        reader.report(
          Place(file: file, line: line).finding(
            .columns,
            "'\(entry)' is none of source, models, datasets, affiliations, results, doubts, evidence"
          ))
      }
    }

    private func each<Record: SurveyRecord>(
      _ type: Record.Type, _ value: Node, _ line: Int, into reader: inout RecordReader,
      defaults: [String: Cell] = [:]
    ) {
      guard let items = value.sequence else {
        return reader.report(
          Place(file: file, line: line).finding(.format, "a list is expected, with - before each"))
      }
      for item in items { add(type, item, into: &reader, defaults: defaults) }
    }

    private func add<Record: SurveyRecord>(
      _ type: Record.Type, _ value: Node, into reader: inout RecordReader,
      defaults: [String: Cell] = [:]
    ) {
      let place = Place(file: file, line: value.line)
      guard let mapping = value.mapping else {
        return reader.report(place.finding(.format, "names with values are expected, as in id: x"))
      }
      var fields = defaults
      var lines: [String: Int] = [:]
      for (key, value) in mapping {
        let name = key.string ?? ""
        if lines[name] != nil {
          reader.report(
            Place(file: file, line: key.line).finding(.unique, "'\(name)' is there twice"))
        }
        lines[name] = key.line
        guard let cell = cell(value) else {
          reader.report(
            Place(file: file, line: value.line).finding(.format, "\(name): a value is expected"))
          continue
        }
        fields[name] = cell
      }
      reader.add(type, fields, at: place, line: { lines[$0] })
    }

    /// Scalars stay text as they are written, so that 1.50 and 2024-05 mean what they say.
    private func cell(_ node: Node) -> Cell? {
      if let items = node.sequence {
        let texts = items.compactMap(\.string)
        return texts.count == items.count ? .list(texts) : nil
      }
      guard let scalar = node.scalar else { return nil }
      let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
      return isNull ? .empty : .text(scalar.string)
    }
  }
}

extension Node {
  fileprivate var line: Int { mark?.line ?? 1 }
}

extension YamlError {
  fileprivate var line: Int {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      mark.line
    default: 1
    }
  }

  fileprivate var reason: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _),
      .composer(_, let problem, _, _):
      problem
    default: "it is no YAML: \(String(describing: self).prefix { !$0.isNewline })"
    }
  }
}

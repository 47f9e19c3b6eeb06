// Bad contributions: each is refused with its file, its line and the rule, and the database stays as it was.

import Foundation
import TestSupport
import Testing

@testable import Survey

/// A contribution and what is to be said of it.
struct BadInput: Sendable, CustomTestStringConvertible {
  let file: String
  let text: String
  let line: Int
  let rule: Rule
  let words: String

  init(_ file: String, _ text: String, line: Int, _ rule: Rule, _ words: String) {
    (self.file, self.text, self.line, self.rule, self.words) = (file, text, line, rule, words)
  }

  var testDescription: String { "\(file): \(rule.rawValue), \(words)" }

  private static let results = "model_id,dataset_id,metric,value,kind,source_id,note\n"
  private static let good = "sam,verse,dice,71.5,best,ravi2025sam,\n"
  private static let sources = "id,authors_short,title,venue,year,doi,url\n"

  static let all = [
    BadInput(
      "results.csv", results + good + "samm,btcv,dice,80,primary,,\n", line: 3, .knownModel,
      "did you mean 'sam"),
    BadInput(
      "results.csv", results + "sam,btvc,dice,80,primary,,\n", line: 2, .knownDataset, "btvc"),
    BadInput(
      "results.csv", results + "sam,verse,dice,80,primary,nobody2020,\n", line: 2, .knownSource,
      "nobody2020"),
    BadInput(
      "results.csv", results + "sam,verse,dice,101,primary,,\n", line: 2, .range,
      "not within 0 to 100"),
    BadInput("results.csv", results + "sam,verse,dice,-1,primary,,\n", line: 2, .range, "-1"),
    BadInput("results.csv", results + "sam,verse,dice,0.87,primary,,\n", line: 2, .fraction, "87"),
    BadInput(
      "results.csv", results + "sam,verse,dice,1,primary,,\n", line: 2, .fraction, "per cent"),
    BadInput("results.csv", results + "sam,verse,dice,nan,primary,,\n", line: 2, .number, "nan"),
    BadInput("results.csv", results + "sam,verse,dice,0x50,primary,,\n", line: 2, .number, "0x50"),
    BadInput(
      "results.csv", results + "sam,verse,dice,\"80,5\",primary,,\n", line: 2, .number, "80,5"),
    BadInput(
      "results.csv", results + "sam,verse,dice,80,typical,,\n", line: 2, .choice,
      "primary, best, measured"),
    BadInput("results.csv", results + "sam,verse,dice,,best,,\n", line: 2, .required, "value"),
    BadInput("results.csv", results + "sam,verse,dice,80,measured,,\n", line: 2, .measured, "run"),
    BadInput("results.csv", results + good + good, line: 3, .unique, "line 2"),
    BadInput(
      "results.csv", results + "sam,btcv,dice,12.3,best,,\n", line: 2, .conflict, "not '12.3'"),
    BadInput("results.csv", results + "sam,verse,dice,80,best\n", line: 2, .format, "5 fields"),
    BadInput(
      "results.csv", results + "sam,verse,dice,80,best,,\"open\n", line: 2, .format, "never closed"),
    BadInput("results.csv", "model_id,dataset_id,value,kind\n", line: 1, .columns, "metric"),
    BadInput(
      "results.csv", results.replacingOccurrences(of: "note", with: "remark"), line: 1, .columns,
      "remark"),
    BadInput("results.csv", "", line: 1, .format, "no header"),
    BadInput(
      "results.csv", results + "sam,verse,dice,80,best,,\" two\nlines\"\n", line: 2, .text, "note"),
    BadInput(
      "sources.csv", sources + "New2025,New et al.,A title,,20255,,\n", line: 2, .range, "20255"),
    BadInput(
      "sources.csv", sources + "New2025,New et al.,A title,,2025,doi:10.1/x,\n", line: 2, .doi,
      "10.1000/182"),
    BadInput(
      "sources.csv", sources + "New2025,New et al.,A title,,2025,,ftp://x\n", line: 2, .address,
      "https://"),
    BadInput(
      "sources.csv", sources + "New 2025,New et al.,A title,,2025,,\n", line: 2, .identifier,
      "citation key"),
    BadInput("sources.csv", sources + "a1,A,T,,,,\na1,A,T,,,,\n", line: 3, .unique, "a1"),
    BadInput("affiliations.csv", "name,country\n Blank ,France\n", line: 2, .text, "blanks"),
    BadInput(
      "sources.bib", "@misc{a1, author={A B}, title={T}}\n\n@misc{a1, author={A B}, title={T}}\n",
      line: 3, .unique, "a1"),
    BadInput(
      "sources.bib", "@misc{a1, author={A B}, title={T}\n", line: 1, .format, "never closed"),
    BadInput("sources.bib", "\n@misc{a1, title={T}}\n", line: 2, .required, "authors_short"),
    BadInput(
      "survey.json",
      "{\"format\": 1,\n\"results\": [\n  {\"model_id\": \"sam\", \"dataset_id\": \"verse\", \"metric\": \"dice\", \"value\": 0.5, \"kind\": \"best\"}\n]}\n",
      line: 3, .fraction, "0.5"),
    BadInput("survey.json", "{\"format\": 2}", line: 1, .format, "later version"),
    BadInput("survey.json", "{\"format\": 1, \"papers\": []}", line: 1, .columns, "papers"),
    BadInput("survey.json", "{\"format\": 1,", line: 1, .format, "JSON"),
    BadInput("paper.yaml", "models: []\n", line: 1, .required, "source"),
    BadInput(
      "paper.yaml",
      "source:\n  id: a1\n  authors_short: A et al.\n  title: T\nresults:\n  - model_id: sam\n    dataset_id: verse\n    value: 0.71\n    kind: primary\n",
      line: 6, .fraction, "71"),
    BadInput(
      "paper.yaml",
      "source:\n  id: a1\n  authors_short: A et al.\n  title: T\nresults:\n  - model_id: sam\n    dataset_id: verse\n    value: 171\n    kind: primary\n",
      line: 8, .range, "171"),
    BadInput(
      "paper.yaml", "source:\n  id: a1\n  titel: T\n  authors_short: A\n", line: 3, .columns,
      "titel"),
    BadInput(
      "paper.yaml", "source: {id: a1, authors_short: A, title: T}\nvalues: []\n", line: 2, .columns,
      "values"),
    BadInput("paper.yaml", "source:\n  id: [a\n", line: 3, .format, "expected"),
  ]
}

@Suite struct RefusalTests {
  @Test(arguments: BadInput.all)
  func isRefused(input: BadInput) throws {
    try Temporary.withFolder { folder in
      let path = try Published.database(in: folder)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let file = "\(folder)/\(input.file)"
      try input.text.write(toFile: file, atomically: true, encoding: .utf8)
      do {
        _ = try SurveyDatabase.importing([file], into: path)
        Issue.record("it was taken")
      } catch SurveyError.refused(let findings) {
        let finding = try #require(findings.first { $0.rule == input.rule }, "\(findings)")
        #expect(finding.file == input.file)
        #expect(finding.line == input.line)
        #expect(finding.text.contains(input.words), "\(finding.text)")
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == [input.file, "survey.sqlite"].sorted())
    }
  }

  @Test func aDatabaseThatFailsIsNotMade() throws {
    try Temporary.withFolder { folder in
      for input in [BadInput.all[0], BadInput.all[3]] {
        let file = "\(folder)/\(input.file)"
        try input.text.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: SurveyError.self) {
          try SurveyDatabase.importing([file], into: "\(folder)/new/survey.sqlite")
        }
      }
      let left = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
      #expect(Set(left ?? []).isSubset(of: [BadInput.all[0].file, "new"]))
    }
  }

  @Test func checkSaysTheSameWithoutADatabase() throws {
    try Temporary.withFolder { folder in
      let known = try Published.content.get()
      for input in BadInput.all where input.rule != .conflict {
        let file = "\(folder)/\(input.file)"
        try input.text.write(toFile: file, atomically: true, encoding: .utf8)
        let findings = try SurveyFiles.check(file, known: known)
        #expect(findings.contains { $0.rule == input.rule && $0.line == input.line })
        try FileManager.default.removeItem(atPath: file)
      }
    }
  }

  @Test(arguments: ["results.csv", "paper.yaml", "sources.bib", "survey.json"])
  func brokenUTF8NamesItsLine(file: String) throws {
    try Temporary.withFolder { folder in
      let path = "\(folder)/\(file)"
      try Data(Array("first\nsecond ".utf8) + [0xC3, 0x28] + Array("\n".utf8))
        .write(to: URL(fileURLWithPath: path))
      let findings = try SurveyFiles.check(path, known: SurveyContent())
      #expect(findings.map(\.rule) == [.utf8] && findings[0].line == 2)
    }
  }

  @Test func severalFaultsAreToldAtOnce() throws {
    try Temporary.withFolder { folder in
      let file = "\(folder)/results.csv"
      try
        "model_id,dataset_id,metric,value,kind,source_id,note\nsam,verse,dice,200,best,,\nsam,btcv,dice,-3,worst,,\n"
        .write(toFile: file, atomically: true, encoding: .utf8)
      let findings = try SurveyFiles.check(file, known: Published.content.get())
      #expect(findings.map(\.line) == [2, 3, 3])
      #expect(findings.map(\.rule) == [.range, .range, .choice])
    }
  }

  @Test func aPaperIsTakenWhole() throws {
    try Temporary.withFolder { folder in
      let file = "\(folder)/paper.yaml"
      try String(
        contentsOfFile: Repository.path("Documentation/survey-paper.yaml"), encoding: .utf8
      )
      .write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try SurveyFiles.check(file, known: Published.content.get()).isEmpty)
      let path = "\(folder)/survey.sqlite"
      let summary = try SurveyDatabase.importing([file], into: path)
      #expect(summary.tables["sources"]?.added == 1 && summary.tables["results"]?.added == 2)
      let database = try SurveyDatabase.open(path, for: .reading)
      var filter = SurveyFilter()
      filter[.model] = ["example-net"]
      let rows = try database.query(filter).rows
      #expect(rows.map(\.source) == ["Example2026", "Example2026"])
      #expect(try database.headlines().counts.first?.count == 107)
    }
  }
}

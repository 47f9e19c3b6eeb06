// What is exported and imported again is exported the same, byte for byte, in every form.

import Foundation
import TestSupport
import Testing

@testable import Survey

@Suite struct RoundTripTests {
  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test func tablesOfANewDatabaseAreThoseThatShip() throws {
    try Temporary.withFolder { folder in
      try SurveyFiles.write(
        SurveyDatabase.published().content(), as: .csv, to: "\(folder)/first")
      for table in seedTables {
        #expect(
          try bytes("\(folder)/first/\(table).csv") == bytes("\(seedFolder)/\(table).csv"),
          "\(table)")
      }
      let path = "\(folder)/again.sqlite"
      let summary = try SurveyDatabase.importing(
        ["\(folder)/first"], into: path, begin: SurveyContent())
      #expect(summary.added == 1858 && summary.changed == 0)
      let again = try SurveyDatabase.open(path, for: .reading).content()
      try SurveyFiles.write(again, as: .csv, to: "\(folder)/second")
      for table in seedTables + ["runs"] {
        #expect(
          try bytes("\(folder)/first/\(table).csv") == bytes("\(folder)/second/\(table).csv"))
      }
      // What is there already changes nothing.
      let repeated = try SurveyDatabase.importing(["\(folder)/second"], into: path)
      #expect(repeated.added == 0 && repeated.changed == 0)
      #expect(try SurveyDatabase.open(path, for: .reading).content() == again)
    }
  }

  @Test func jsonComesBack() throws {
    try Temporary.withFolder { folder in
      let first = "\(folder)/a.json"
      try SurveyFiles.write(SurveyContent.published(), as: .json, to: first)
      _ = try SurveyDatabase.importing(
        [first], into: "\(folder)/b.sqlite", begin: SurveyContent())
      let content = try SurveyDatabase.open("\(folder)/b.sqlite", for: .reading).content()
      try SurveyFiles.write(content, as: .json, to: "\(folder)/b.json")
      #expect(try bytes(first) == bytes("\(folder)/b.json"))
      #expect(try JSONSerialization.jsonObject(with: bytes(first)) is [String: Any])
    }
  }

  @Test func bibliographyComesBack() throws {
    let sources = try SurveyContent.published().sources
    let text = BibTeX.text(sources)
    var reader = RecordReader()
    BibTeX.read(text, file: "survey.bib", into: &reader)
    let back = try reader.finished().content.sources
    #expect(back == sources)
    #expect(BibTeX.text(back) == text)
  }

  @Test func bibliographiesOfOtherToolsAreRead() throws {
    let text = #"""
      A comment before the first entry.
      @string{jml = "Journal of Made-up Learning"}
      @preamble{"\newcommand{\x}{y}"}
      @Article{Ruiz-2024:a,
        Author  = "Jos{\'e} Ru{\'\i}z and M{\"u}ller, Anna and {Vesalius Consortium}",
        title   = {Segmenting {MRI} \& {CT} --- a {\textendash} study},
        journal = jml # " (Letters)", month = mar,
        year    = 2024, doi = {https://doi.org/10.1000/abc.1}
      }
      @misc(Solo, author = {van der Berg, Jan}, title = {Alone~at last}, eprint = {2401.00001},
        date = {2024-01-05})
      """#
    var reader = RecordReader()
    BibTeX.read(text, file: "x.bib", into: &reader)
    let sources = try reader.finished().content.sources
    #expect(sources.map(\.id) == ["Ruiz-2024:a", "Solo"])
    #expect(sources.map(\.authors) == ["Ruíz et al.", "van der Berg"])
    #expect(sources[0].title == "Segmenting MRI & CT – a – study")
    #expect(sources[0].venue == "Journal of Made-up Learning (Letters)")
    #expect(sources[0].doi == "10.1000/abc.1" && sources[0].year == 2024)
    #expect(sources[1].title == "Alone at last" && sources[1].venue == "arXiv")
    #expect(sources[1].year == 2024)
  }
}

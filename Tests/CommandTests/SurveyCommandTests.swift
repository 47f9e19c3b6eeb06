// `vesalius survey` as people call it: questions without a database, contributions with one, refusals on one line.

import Foundation
import TestSupport
import Testing

@Suite struct SurveyCommandTests {
  /// No database of the user's may answer.
  private func run(_ arguments: String..., in folder: Scratch) throws -> Outcome {
    try Product.run(
      ["survey"] + arguments, in: folder,
      environment: ["VESALIUS_SURVEY": folder.hidden("survey.sqlite")])
  }

  @Test func questionsNeedNoDatabase() throws {
    let folder = try Scratch()
    let query = try run("query", "--dataset", "btcv", "--kind", "best", "--rows", "3", in: folder)
    #expect(query.code == 0 && query.errors.isEmpty)
    #expect(query.output.contains(/92\.10 +Disruptive Autoencoders/))
    #expect(query.output.contains("more: --page 2"))
    let budget = try run(
      "query", "--max-vram", "24", "--branch", "sam", "--json", in: folder)
    #expect(budget.code == 0 && budget.output.contains("\"hasMore\""))
    let show = try run("show", "MedSAM", in: folder)
    #expect(show.code == 0)
    for word in ["fairness: not known", "runs here", "medsam/", "Apache-2.0", "20 × A100 80GB"] {
      #expect(show.output.contains(word), "\(word)")
    }
    let data = try run("show", "--dataset", "totalsegmentator", in: folder)
    #expect(data.code == 0 && data.output.contains("Whole Body"))
    let compare = try run("compare", "generalist", "task-specific", "--by", "region", in: folder)
    #expect(compare.code == 0 && compare.output.contains("Mind: Published values come from"))
    for command in ["gaps", "timeline", "headlines"] {
      let outcome = try run(command, in: folder)
      #expect(outcome.code == 0 && outcome.errors.isEmpty && !outcome.output.isEmpty)
    }
    #expect(folder.files.isEmpty)
  }

  @Test func aPaperIsCheckedTakenAndExported() throws {
    let folder = try Scratch()
    let paper = Repository.path("Documentation/survey-paper.yaml")
    #expect(try run("check", paper, in: folder).output.contains("keeps every rule"))
    let taken = try run("import", paper, "--database", "own.sqlite", in: folder)
    #expect(taken.code == 0 && taken.output.contains("results: 2 added"))
    let query = try run(
      "query", "--model", "example-net", "--csv", "--database", "own.sqlite", in: folder)
    #expect(query.output.contains("example-net,acdc,dice,90.1,primary"))
    for (format, path) in [("csv", "tables"), ("json", "all.json"), ("bibtex", "all.bib")] {
      let outcome = try run(
        "export", "--format", format, "-o", path, "--database", "own.sqlite", in: folder)
      #expect(outcome.code == 0)
    }
    let site = try run("export", "--site", "pages", "--database", "own.sqlite", in: folder)
    #expect(site.code == 0 && site.output == "pages/index.html\n")
    #expect(folder.contents("pages/survey.js") != nil)
    #expect(folder.contents("tables/results.csv") != nil && folder.contents("all.bib") != nil)
  }

  @Test func refusalsAreOneLineWithFileAndRule() throws {
    let folder = try Scratch()
    let file = try folder.write(
      "results.csv",
      "model_id,dataset_id,metric,value,kind,source_id,note\nsam,verse,dice,0.8,best,,\n".utf8)
    expectRefusal(
      try run("import", file, "--database", "own.sqlite", in: folder), code: 1,
      naming: ["results.csv, line 2, fraction", "nothing was changed"])
    expectRefusal(
      try run("query", "--organ", "kidney", in: folder), code: 1, naming: ["did you mean Kidney"])
    expectRefusal(
      try run("query", "--database", "none.sqlite", in: folder), code: 1, naming: ["none.sqlite"])
    expectRefusal(
      try run("query", "--year", "2024-2022", in: folder), code: 2, naming: ["2024-2022"])
    expectRefusal(
      try run("query", "--kind", "typical", in: folder), code: 2, naming: ["primary, best"])
    expectRefusal(
      try run("compare", "generalist", "sam", in: folder), code: 1, naming: ["in common"])
    expectRefusal(try run("record", ".", in: folder), code: 1, naming: ["results.json"])
    #expect(folder.files == ["results.csv"])
  }
}

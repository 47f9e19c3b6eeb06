// Results of a comparison go in as measured values with their run, and mix with nothing.

import Foundation
import TestSupport
import Testing

@testable import Survey

/// The files of a small comparison, written as `vesalius compare` writes them.
struct SmallStudy {
  let folder: String

  init(
    in parent: String, dataset: String = "ACDC", failures: String = "worst", change: String = ""
  ) throws {
    folder = parent + "/study"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let cases = ["a", "b"].map { "{\"id\": \"\($0)\", \"image\": \"\($0).nii.gz\"}" }
    let plan = """
      {"plan": {"datasetName": "\(dataset)", "cases": [\(cases.joined(separator: ", "))],
      "study": {"failures": "\(failures)", "seed": 1, "objects": "label", "subgroups": ["sex"]}},
      "records": []}
      """
    try plan.write(toFile: folder + "/results.json", atomically: true, encoding: .utf8)
    let header =
      "model,prompts,given,interactions,examples,case,label,name,metric,value,status,contaminated,"
      + "case_sex"
    let rows = [
      "medsam/v1,box,oracle,2,0,a,1,heart,dice,0.9,ok,,f",
      "medsam/v1,box,oracle,2,0,a,2,wall,dice,0.7,ok,,f",
      "medsam/v1,box,oracle,2,0,b,1,heart,dice,,\"failed: it died\",,m",
      "medsam/v1,box,oracle,2,0,b,2,wall,dice,,\"failed: it died\",,m",
      "medsam/v1,box,oracle,2,0,a,1,heart,hd95,4.5,ok,,f",
      "nnunet,none,none,0,0,a,1,heart,dice,0.8\(change),ok,\"trained on ACDC\",f",
      "nnunet,none,none,0,0,a,2,wall,dice,,undefined,\"trained on ACDC\",f",
      "nnunet,none,none,0,0,b,1,heart,dice,0.6,ok,\"trained on ACDC\",m",
      "nnunet,none,none,0,0,a,1,heart,ece,0.04,ok,,f",
      "nnunet,none,none,0,0,b,1,heart,ece,0.06,ok,,m",
      "baseline/otsu,none,none,0,0,a,1,heart,dice,0.2,ok,,f",
    ]
    try ([header] + rows).joined(separator: "\n").appending("\n")
      .write(toFile: folder + "/results.csv", atomically: true, encoding: .utf8)
  }
}

@Suite struct RecordTests {
  private func named(_ participant: String) -> String? {
    participant == "nnunet" ? "nnu-net" : nil
  }

  @Test func valuesAreMeansOverCasesInPerCent() throws {
    try Temporary.withFolder { folder in
      let study = try SmallStudy(in: folder)
      let path = try Published.database(in: folder)
      let recording = try SurveyDatabase.recording(study.folder, into: path, named: named)
      #expect(recording.dataset == "acdc" && recording.values == 2 && !recording.wasKnown)
      #expect(recording.skipped == ["baseline/otsu"])
      let database = try SurveyDatabase.open(path, for: .reading)
      var filter = SurveyFilter()
      filter.kinds = [.measured]
      let rows = try database.query(filter).rows
      // A failed case counts as nothing found; a label on neither side takes no part.
      #expect(rows.map(\.value) == [70, 40])
      #expect(rows.map(\.model) == ["nnu-net", "medsam"])
      #expect(rows.map(\.setting) == ["nnunet", "medsam/v1, box"])
      #expect(rows[0].doubts == ["trained on ACDC"] && rows[1].doubts.isEmpty)
      #expect(rows[1].note == "1 cases without an answer")
      #expect(rows.allSatisfy { $0.report == study.folder + "/report.html" && $0.source == nil })
      // The report is as good a name as its folder, and once is enough.
      let again = try SurveyDatabase.recording(
        study.folder + "/report.html", into: path, named: named)
      #expect(again.wasKnown && again.run == recording.run)
      #expect(try database.query(filter).rows == rows)
    }
  }

  @Test func publishedFiguresStayAsTheyWere() throws {
    try Temporary.withFolder { folder in
      let path = try Published.database(in: folder)
      _ = try SurveyDatabase.recording(
        SmallStudy(in: folder).folder, into: path, named: named)
      let database = try SurveyDatabase.open(path, for: .reading)
      let published = try Published.database.get()
      #expect(try database.headlines().frameworks == published.headlines().frameworks)
      #expect(try database.coverage(by: .model) == published.coverage(by: .model))
      let page = try database.page(model: "medsam", prices: .assumed())
      #expect(page.published == (try published.page(model: "medsam", prices: .assumed()).published))
      #expect(page.measured.count == 1)
      #expect(try database.page(dataset: "acdc").measured.count == 2)
      let trust = try database.page(model: "nnu-net", prices: .assumed()).dimensions
        .flatMap(\.items).flatMap(\.evidence).filter { $0.basis == .measured }
      #expect(
        trust.map(\.statement) == [
          "expected calibration error 0.05 on ACDC (2 cases)",
          "Dice by sex on ACDC: m lies 20 points below f (2 cases)",
        ])
      // Measured values travel with exports.
      try SurveyFiles.write(database.content(), as: .csv, to: "\(folder)/out")
      _ = try SurveyDatabase.importing(
        ["\(folder)/out"], into: "\(folder)/second.sqlite", begin: SurveyContent())
      let second = try SurveyDatabase.open("\(folder)/second.sqlite", for: .reading)
      #expect(try second.content() == database.content())
    }
  }

  @Test func failedCasesCanBeLeftOut() throws {
    try Temporary.withFolder { folder in
      let study = try SmallStudy(in: folder, failures: "undefined")
      let report = try StudyReport(contentsOf: study.folder)
      #expect(report.scores.map(\.participant) == ["medsam/v1", "nnunet", "baseline/otsu"])
      #expect(abs(report.scores[0].mean - 0.8) < 1e-12 && report.scores[0].cases == 1)
    }
  }

  @Test func whatCannotBeRecordedIsSaid() throws {
    try Temporary.withFolder { folder in
      let path = "\(folder)/survey.sqlite"
      #expect(throws: SurveyError.self) { try SurveyDatabase.recording(folder, into: path) }
      let study = try SmallStudy(in: folder, dataset: "My own scans")
      #expect(throws: SurveyError.self) {
        try SurveyDatabase.recording(study.folder, into: path)
      }
      #expect(throws: SurveyError.self) {
        try SurveyDatabase.recording(
          study.folder, into: path, dataset: "acdc", models: ["nobody": "medsam"])
      }
      #expect(throws: SurveyError.self) {
        try SurveyDatabase.recording(
          study.folder, into: path, dataset: "acdc", models: ["nnunet": "no-such-model"])
      }
      #expect(!FileManager.default.fileExists(atPath: path))
      let given = try SurveyDatabase.recording(
        study.folder, into: path, dataset: "acdc", models: ["baseline/otsu": "u-net"])
      #expect(given.values == 2 && given.skipped == ["nnunet"])
    }
  }
}

// What an evaluation writes, character by character where others read it.

import Datasets
import Foundation
import Imaging
import Metrics
import Study
import Testing

@Suite struct EvaluationOutputTests {
  private func evaluation() async throws -> Evaluation {
    let pairs = ["one", "two, \"2\""].map {
      Pairing.Pair(id: $0, prediction: "p/\($0)", reference: "r/\($0)")
    }
    let pairing = Pairing(
      pairs: pairs, unmatchedPredictions: ["p/spare.png"],
      description: DatasetDescription(labels: [1: "vessel", 2: "disc"]))
    return try await Evaluation.compare(pairing) { path in
      LabelMap(
        geometry: Geometry(size: SIMD3(4, 1, 1)),
        labels: path.hasPrefix("p") ? [0, 1, 1, 0] : [0, 0, 1, 1])
    }
  }

  @Test func csvIsTidy() async throws {
    #expect(
      try await evaluation().csv() == """
        case,label,name,dice,iou,tp,fp,fn,voxels,prediction,reference
        one,1,vessel,0.5,0.3333333333333333,1,1,1,4,p/one,r/one
        one,2,disc,,,0,0,0,4,p/one,r/one
        "two, ""2\""",1,vessel,0.5,0.3333333333333333,1,1,1,4,"p/two, ""2\""","r/two, ""2\"""
        "two, ""2\""",2,disc,,,0,0,0,4,"p/two, ""2\""","r/two, ""2\"""

        """)
  }

  @Test func jsonReadsBackAndKeepsUndefinedScores() async throws {
    let evaluation = try await evaluation()
    let data = try evaluation.json()
    #expect(try JSONDecoder().decode(Evaluation.self, from: data) == evaluation)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"dice\" : null"))
    #expect(text.contains("\"case\" : \"one\""))
    #expect(text.contains("\"unmatchedPredictions\" : [\n    \"p/spare.png\"\n  ]"))
  }

  @Test func summaryIsATable() async throws {
    let lines = try await evaluation().text().split(separator: "\n")
    #expect(lines.count == 4)
    #expect(Set(lines.prefix(3).map(\.count)).count == 1)
    #expect(lines[1].contains("vessel") && lines[1].contains("0.5000"))
    #expect(lines[2].hasSuffix("-"))
    #expect(lines[3] == "Without reference: p/spare.png")
  }

  @Test func filesReplaceEachOtherWhole() async throws {
    let scratch = try Scratch(["scores.csv": "old"])
    let evaluation = try await evaluation()
    try evaluation.write(to: scratch("scores.csv"))
    try evaluation.write(to: scratch("new/folder/scores.JSON"))
    #expect(try String(contentsOfFile: scratch("scores.csv"), encoding: .utf8) == evaluation.csv())
    #expect(FileManager.default.contents(atPath: scratch("new/folder/scores.JSON")) != nil)
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    #expect(left.sorted() == ["new", "scores.csv"])
  }

  @Test func unwritablePlacesAreNamed() async throws {
    let scratch = try Scratch(["file": ""])
    let evaluation = try await evaluation()
    #expect(throws: EvaluationError.unknownEnding(path: "scores.xlsx")) {
      try evaluation.write(to: "scores.xlsx")
    }
    let path = scratch("file/scores.csv")
    let error = #expect(throws: EvaluationError.self) { try evaluation.write(to: path) }
    #expect(error?.description.hasPrefix(path) == true)
  }
}

@Suite struct FurtherMetricTests {
  private func evaluation(_ settings: [String] = []) async throws -> Evaluation {
    var options = Evaluation.Options()
    options.metrics = try Metric.named(["hd95", "dice", "sensitivity", "volume-difference"])
    options.readings = try MetricOptions(settings: settings)
    let pairing = Pairing(
      pairs: [Pairing.Pair(id: "one", prediction: "p", reference: "r")],
      description: DatasetDescription(labels: [1: "vessel", 2: "disc"]))
    return try await Evaluation.compare(pairing, options: options) { path in
      LabelMap(
        geometry: Geometry(size: SIMD3(6, 1, 1), spacing: SIMD3(2, 1, 1)),
        labels: path == "p" ? [1, 1, 0, 0, 0, 0] : [1, 0, 0, 0, 1, 0])
    }
  }

  @Test func standBesideDiceAndIoU() async throws {
    let evaluation = try await evaluation()
    let lines = evaluation.csv().split(separator: "\n")
    #expect(lines[0].hasPrefix("case,label,name,dice,iou,sensitivity,volume-difference,hd95,tp,fp"))
    // Of the reference's two voxels one lies 6 mm off; its 95th percentile is interpolated.
    let scores = try #require(evaluation.cases[0].scores[0].metrics)
    #expect(scores["hd95"]??.rounded() == 6)
    #expect(scores["sensitivity"] == 0.5)
    #expect(scores["volume-difference"] == 0)
    #expect(lines[2].hasPrefix("one,2,disc,,,,"))
    #expect(evaluation.text().contains("hd95"))
    #expect(
      try JSONDecoder().decode(Evaluation.self, from: evaluation.json()) == evaluation)
  }

  @Test func readingsChangeThem() async throws {
    let pooled = try await evaluation(["percentileDefinition=pooled"])
    let larger = try await evaluation()
    #expect(
      pooled.cases[0].scores[0].metrics?["hd95"] != larger.cases[0].scores[0].metrics?["hd95"])
  }
}

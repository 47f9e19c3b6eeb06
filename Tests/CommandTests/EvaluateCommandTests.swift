// `vesalius evaluate` from its arguments to its file.

import Foundation
import Imaging
import Study
import Testing

@testable import vesalius

@Suite struct EvaluateCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("vesalius-" + UUID().uuidString)

  /// Writes a mask of one row and returns its path.
  private func mask(_ name: String, _ labels: [Int32]) throws -> String {
    let file = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let geometry = Geometry(size: SIMD3(labels.count, 1, 1))
    try LabelMap(geometry: geometry, labels: labels).write(to: file.path)
    return file.path
  }

  @Test func comparesTwoFiles() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let prediction = try mask("mask.nii.gz", [1, 1, 1, 0, 0])
    let reference = try mask("truth.png", [0, 255, 255, 255, 255])
    let out = folder.appendingPathComponent("scores.json").path
    try await EvaluateCommand.parse([prediction, reference, "--out", out, "--json"]).run()
    let data = try #require(FileManager.default.contents(atPath: out))
    let result = try JSONDecoder().decode(Evaluation.self, from: data)
    #expect(result.cases.map(\.id) == ["truth"])
    #expect(result.cases[0].scores.map(\.dice) == [4.0 / 7.0])
  }

  @Test func nothingIsWrittenWhenPredictionsAreMissing() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try mask("p/a.png", [0, 1])
    _ = try mask("r/a.png", [0, 1])
    _ = try mask("r/b.png", [0, 1])
    let out = folder.appendingPathComponent("scores.csv").path
    let arguments = [
      folder.appendingPathComponent("p").path, folder.appendingPathComponent("r").path, "--out",
      out,
    ]
    await #expect(throws: EvaluationError.missingPredictions(["b"])) {
      try await EvaluateCommand.parse(arguments).run()
    }
    #expect(!FileManager.default.fileExists(atPath: out))
    try await EvaluateCommand.parse(arguments + ["--allow-missing", "--labels", "1"]).run()
    let csv = try String(contentsOfFile: out, encoding: .utf8)
    #expect(csv.split(separator: "\n").count == 2)
  }

  @Test(arguments: [["p", "r"], ["p", "r", "--out", "x.csv", "--when-empty", "two"]])
  func wrongUsageIsRefused(arguments: [String]) {
    #expect(throws: (any Error).self) { try EvaluateCommand.parse(arguments) }
  }
}

// The embedding cache on the command line: told in the report, moved, limited and switched off.

import Foundation
import Imaging
import Segmentation
import Testing

@Suite struct EmbeddingCacheCommandTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try Pictures.colour().write(to: folder.place("eye.png"))
  }

  /// Runs LiteMedSAM with seeded weights; its mask and the origin of its embedding.
  private func segment(
    _ arguments: [String] = [], environment: [String: String] = [:], shell: String? = nil,
    saying word: String? = nil
  ) throws -> (labels: [Int32], origin: EmbeddingUse.Origin?) {
    let weights = try TinyWeights.write(TinyWeights.prompted, in: folder)
    let outcome = try Product.run(
      [
        "segment", "eye.png", "--model", TinyWeights.prompted, "--weights", weights, "--box",
        "2,2,20,12", "-o", "mask.nii.gz",
      ] + arguments, in: folder, environment: environment, shell: shell)
    #expect(outcome.code == 0, "\(outcome.errors)")
    if let word {
      #expect(outcome.errorLines.count == 2 && outcome.errors.contains(word), "\(outcome.errors)")
    } else {
      #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    let report = try decoder.decode(
      RunReport.self, from: #require(folder.contents("mask.nii.gz.json")))
    return (try LabelMap(contentsOf: folder.path("mask.nii.gz")).labels, report.embedding)
  }

  private func entries(_ cache: String = "cache") -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.hidden(cache) + "/embeddings"))
      ?? []
  }

  @Test func theSecondRunIsAnsweredFromTheCache() throws {
    let first = try segment()
    let second = try segment()
    #expect(first.origin == .computed && second.origin == .cached)
    #expect(first.labels == second.labels)
    #expect(entries().count == 1)
  }

  @Test func itCanBeSwitchedOff() throws {
    #expect(try segment(["--no-cache"]).origin == .computed)
    #expect(try segment(environment: ["VESALIUS_EMBEDDING_CACHE": "0"]).origin == .computed)
    #expect(entries().isEmpty)
  }

  @Test func itMovesWithTheCacheOfWeights() throws {
    _ = try segment(environment: ["VESALIUS_CACHE": folder.hidden("other")])
    #expect(entries().isEmpty)
    #expect(entries("other").count == 1)
  }

  @Test func aSizeThatIsNoneIsRefused() throws {
    let outcome = try Product.run(
      [
        "segment", "eye.png", "--model", TinyWeights.prompted, "--box", "2,2,20,12", "-o",
        "mask.nii.gz",
      ], in: folder, environment: ["VESALIUS_EMBEDDING_CACHE": "much"])
    expectRefusal(outcome, naming: ["VESALIUS_EMBEDDING_CACHE", "'much'"])
  }

  /// The mask fits where files end at 64 KiB, the embedding does not.
  @Test func aDiskThatTakesNoMoreCostsARemarkOnly() throws {
    let full = try segment(shell: #"ulimit -f 128; exec "$0" "$@""#, saying: "is not kept")
    #expect(full.origin == .computed)
    #expect(entries().isEmpty)
    #expect(try segment().labels == full.labels)
  }

  @Test func aCacheThatIsNoFolderCostsARemarkOnly() throws {
    let file = folder.hidden("file")
    try Data().write(to: URL(fileURLWithPath: file))
    let run = try segment(
      environment: ["VESALIUS_CACHE": file], saying: "the embedding is not kept")
    #expect(run.origin == .computed)
  }

  @Test func modelsOfTheWholeImageHaveNone() throws {
    let weights = try TinyWeights.write(TinyWeights.photographs, in: folder)
    let outcome = try Product.run(
      [
        "segment", "eye.png", "--model", TinyWeights.photographs, "--weights", weights, "-o",
        "m.png",
      ],
      in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try #require(folder.contents("m.png.json"))
    #expect(!String(decoding: report, as: UTF8.self).contains("\"embedding\""))
  }
}

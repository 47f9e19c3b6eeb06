// Evaluation of real files end to end, against scores computed from the same files by another program.

import Datasets
import Imaging
import Study
import TestSupport
import Testing

@Suite(.enabled(if: Shared.isPresent, "skipped: no ../shared")) struct RealMasksTests {
  private func compare(_ pairing: Pairing) async throws -> Evaluation {
    try await Evaluation.compare(pairing) { try LabelMap(contentsOf: $0) }
  }

  @Test func twoObserversOfRetinalVessels() async throws {
    let dataset = try DatasetFolder(contentsOf: Shared.path("data/retina-chasedb1"))
    let pairs = try dataset.cases.prefix(4).map { item in
      let second = try #require(item.attributes["second_observer"])
      return Pairing.Pair(
        id: item.id, prediction: dataset.path + "/" + second,
        reference: try #require(item.label))
    }
    let result = try await compare(Pairing(pairs: pairs, description: dataset.description))
    #expect(result.summary.map(\.name) == ["vessel"])
    let scores = try #require(result.summary.first)
    // Counted with NumPy on the same files.
    #expect(abs((scores.dice.mean ?? 0) - 0.7715870862814698) < 1e-12)
    #expect(abs((scores.dice.median ?? 0) - 0.7649552655855874) < 1e-12)
    #expect(abs((scores.iou.mean ?? 0) - 0.6290510320908856) < 1e-12)
  }

  @Test func numberedNucleiCountAsOneLabel() async throws {
    let pairing = try Pairing(
      predictions: Shared.path("data/nuclei-dsb2018/labels"),
      references: Shared.path("data/nuclei-dsb2018"))
    #expect(pairing.missingPredictions.isEmpty)
    #expect(pairing.pairs.count == 61)
    let result = try await compare(
      Pairing(pairs: Array(pairing.pairs.prefix(6)), description: pairing.description))
    #expect(result.cases.count == 6)
    #expect(result.summary.map(\.label) == [1])
    #expect(result.summary.map(\.dice.minimum) == [1])
  }

  @Test func volumesKeepTheirLabels() async throws {
    let folder = Shared.path("data/hippocampus-msd/labels")
    let result = try await compare(Pairing(predictions: folder, references: folder))
    #expect(result.cases.count == 87)
    #expect(result.summary.map(\.name) == ["anterior", "posterior"])
    #expect(result.summary.map(\.iou.minimum) == [1, 1])
  }
}

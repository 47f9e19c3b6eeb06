// Scores of whole sets of cases, on masks small enough to count by hand.

import Datasets
import Foundation
import Imaging
import Metrics
import Study
import Testing

@Suite struct EvaluationTests {
  /// Masks by path, all on a row of voxels.
  private let masks: [String: [Int32]] = [
    "p/a": [1, 1, 1, 0, 0], "r/a": [0, 1, 1, 1, 1],
    "p/b": [2, 0, 0, 0, 0], "r/b": [2, 2, 0, 0, 0],
    "p/c": [0, 0, 0, 0, 9], "r/c": [0, 0, 0, 0, 0],
    "p/photo": [0, 255, 255, 0, 0], "r/photo": [0, 1, 1, 1, 0],
    "p/objects": [0, 1, 1, 1, 0], "r/objects": [0, 7, 3, 0, 0],
  ]

  private func pair(_ id: String) -> Pairing.Pair {
    .init(id: id, prediction: "p/" + id, reference: "r/" + id)
  }

  private func compare(
    _ ids: [String], _ description: DatasetDescription = DatasetDescription(),
    missing: [String] = [], options: Evaluation.Options = .init()
  ) async throws -> Evaluation {
    let masks = masks
    return try await Evaluation.compare(
      Pairing(pairs: ids.map(pair), missingPredictions: missing, description: description),
      options: options
    ) { path in
      let labels = try #require(masks[path])
      return LabelMap(geometry: Geometry(size: SIMD3(labels.count, 1, 1)), labels: labels)
    }
  }

  @Test func scoresEveryLabelInEveryCase() async throws {
    let result = try await compare(["a", "b", "c"])
    #expect(result.cases.map(\.id) == ["a", "b", "c"])
    #expect(result.summary.map(\.label) == [1, 2, 9])
    #expect(result.cases[0].scores.map(\.dice) == [4.0 / 7.0, nil, nil])
    #expect(result.cases[1].scores.map(\.iou) == [nil, 0.5, nil])
    #expect(result.cases[2].scores.map(\.dice) == [nil, nil, 0])
    #expect(result.summary.map(\.dice.undefined) == [2, 2, 2])
    #expect(result.summary.map(\.dice.mean) == [4.0 / 7.0, 2.0 / 3.0, 0])
  }

  @Test func orderIsThatOfThePairs() async throws {
    let ids = (0..<60).map { ["a", "b", "c"][$0 % 3] }
    #expect(try await compare(ids).cases.map(\.id) == ids)
  }

  @Test func declaredLabelsAreScoredThoughAbsent() async throws {
    let description = DatasetDescription(labels: [0: "background", 1: "x", 5: "y"])
    let result = try await compare(["a"], description)
    #expect(result.summary.map(\.name) == ["x", "y"])
    #expect(result.summary.map(\.dice.defined) == [1, 0])
    #expect(result.summary[1].dice.mean == nil)
    let strict = try await compare(["a"], description, options: .init(whenEmpty: .zero))
    #expect(strict.summary[1].dice.mean == 0)
  }

  @Test func labelsAreChosenByValueOrName() async throws {
    let description = DatasetDescription(labels: [1: "x", 2: "y"])
    let chosen = try await compare(
      ["a", "b"], description, options: .init(labels: ["y", "0", "y"]))
    #expect(chosen.summary.map(\.label) == [2, 0])
    await #expect(throws: EvaluationError.unknownLabel("z", known: ["x", "y"])) {
      try await compare(["a"], description, options: .init(labels: ["z"]))
    }
  }

  @Test func binaryPhotographsAndInstancesAreMadeSemantic() async throws {
    let photo = try await compare(["photo"])
    #expect(photo.cases[0].scores.map(\.dice) == [0.8])
    let objects = try await compare(["objects"], DatasetDescription(instances: true))
    #expect(objects.cases[0].scores.map(\.dice) == [0.8])
  }

  @Test func ignoredVoxelsTakeNoPart() async throws {
    let description = DatasetDescription(labels: [1: "x"], ignoredLabel: 2)
    let result = try await compare(["b"], description)
    #expect(result.summary.map(\.label) == [1])
    #expect(result.cases[0].voxels == 3)
  }

  @Test func missingPredictionsAreAnErrorUnlessAllowed() async throws {
    let error = await #expect(throws: EvaluationError.self) {
      try await compare(["a"], missing: ["d", "e"])
    }
    #expect(error == .missingPredictions(["d", "e"]))
    #expect(error?.description.contains("d, e") == true)
    let result = try await compare(["a"], missing: ["d"], options: .init(allowMissing: true))
    #expect(result.missingPredictions == ["d"])
    #expect(result.text().contains("Without prediction: d"))
    await #expect(throws: EvaluationError.nothingToCompare(predictions: [], references: ["d"])) {
      try await compare([], missing: ["d"], options: .init(allowMissing: true))
    }
  }

  @Test func summaryValues() {
    let scores = Distribution(of: [0.5, nil, 1, 0, 0.7])
    #expect(scores.defined == 4)
    #expect(scores.undefined == 1)
    #expect(scores.mean == 0.55)
    #expect(scores.median == 0.6)
    #expect(scores.minimum == 0)
    #expect(scores.maximum == 1)
    #expect(Distribution(of: [0.2, 0.9, 0.3]).median == 0.3)
    #expect(Distribution(of: [nil]).mean == nil)
  }
}

@Suite struct EvaluationGeometryTests {
  private func compare(_ prediction: Geometry, _ reference: Geometry) async throws {
    let pair = Pairing.Pair(id: "x", prediction: "p", reference: "r")
    _ = try await Evaluation.compare(Pairing(pairs: [pair])) { path in
      let geometry = path == "p" ? prediction : reference
      return LabelMap(
        geometry: geometry, labels: Array(repeating: 1, count: geometry.count))
    }
  }

  @Test func sizesMustBeEqual() async {
    let sizes: [SIMD3<Int>] = [SIMD3(2, 3, 1), SIMD3(3, 2, 1)]
    await #expect(
      throws: EvaluationError.sizesDiffer(case: "x", prediction: sizes[0], reference: sizes[1])
    ) {
      try await compare(Geometry(size: sizes[0]), Geometry(size: sizes[1]))
    }
  }

  @Test func volumesMustLieAlikeInSpace() async throws {
    let size = SIMD3(2, 2, 2)
    let reference = Geometry(size: size)
    var moved = reference
    moved.origin.x = 0.0005
    try await compare(moved, reference)
    moved.origin.x = 0.01
    var scaled = reference
    scaled.spacing.z = 1.5
    var flipped = reference
    flipped.direction[0] = SIMD3(-1, 0, 0)
    for (geometry, word) in [(moved, "origin"), (scaled, "spacing"), (flipped, "direction")] {
      let error = await #expect(throws: EvaluationError.self) {
        try await compare(geometry, reference)
      }
      #expect(error?.description.contains(word) == true)
    }
  }

  @Test func photographsNeedOnlyTheSameSize() async throws {
    let size = SIMD3(2, 2, 1)
    try await compare(Geometry(size: size, spacing: SIMD3(0.3, 0.3, 1)), Geometry(size: size))
  }
}

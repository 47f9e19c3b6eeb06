// How an evaluation comes about: read both masks of a case, check that they lie on one grid, count, score.

public import Datasets
import Foundation
public import Imaging
import Metrics

extension Evaluation {
  /// Compares predictions with references, as many cases at once as there are processors.
  ///
  /// A label value that is undeclared but met in a mask is scored as well: a prediction must not gain by
  /// inventing labels. Voxels that the dataset declares as ignored take no part.
  ///
  /// - Parameters:
  ///   - pairing: which prediction goes with which reference
  ///   - options: labels, the policy for empty masks, and whether predictions may be missing
  ///   - load: reads a mask file
  /// - Returns: the scores of every case, in the order of the pairs
  /// - Throws: ``EvaluationError``, or what `load` throws
  public static func compare(
    _ pairing: Pairing, options: Options = Options(),
    load: @escaping @Sendable (String) throws -> LabelMap
  ) async throws -> Evaluation {
    guard options.allowMissing || pairing.pairs.isEmpty || pairing.missingPredictions.isEmpty
    else { throw EvaluationError.missingPredictions(pairing.missingPredictions) }
    guard !pairing.pairs.isEmpty else {
      throw EvaluationError.nothingToCompare(
        predictions: pairing.unmatchedPredictions, references: pairing.missingPredictions)
    }
    let description = pairing.description
    let chosen = try options.labels.map { try resolve($0, description) }
    let tables = try await concurrently(pairing.pairs) { pair in
      try overlaps(pair, description, load)
    }

    let met = tables.flatMap(\.labels) + description.labels.keys
    let labels = chosen ?? Set(met).subtracting([0]).sorted()
    let cases = zip(pairing.pairs, tables).map { pair, table in
      CaseScore(
        id: pair.id, prediction: pair.prediction, reference: pair.reference, voxels: table.voxels,
        scores: labels.map { label in
          LabelScore(
            label: label, name: description.name(of: label), overlap: table[label],
            whenEmpty: options.whenEmpty)
        })
    }
    return Evaluation(
      cases: cases, whenEmpty: options.whenEmpty, missingPredictions: pairing.missingPredictions,
      unmatchedPredictions: pairing.unmatchedPredictions)
  }

  private static func overlaps(
    _ pair: Pairing.Pair, _ description: DatasetDescription,
    _ load: @Sendable (String) throws -> LabelMap
  ) throws -> OverlapTable {
    let met = try load(pair.prediction)
    let expected = try load(pair.reference)
    try requireOneGrid(pair.id, met.geometry, expected.geometry)
    var prediction = met.semantic(description).labels
    var reference = expected.semantic(description).labels
    if let ignored = description.ignoredLabel {
      let kept = expected.labels.indices.filter { expected.labels[$0] != ignored }
      prediction = kept.map { prediction[$0] }
      reference = kept.map { reference[$0] }
    }
    return try OverlapTable(prediction: prediction, reference: reference)
  }

  /// Turns values and names of labels into values, in the order given and each once.
  private static func resolve(
    _ labels: [String], _ description: DatasetDescription
  ) throws -> [Int32] {
    var result: [Int32] = []
    for text in labels {
      let named = description.labels.first { $0.value == text }?.key
      guard let label = named ?? Int32(text) else {
        throw EvaluationError.unknownLabel(text, known: description.labels.values.sorted())
      }
      if !result.contains(label) { result.append(label) }
    }
    return result
  }

  /// Photographs state no place in space that could be compared, so one slice needs the same size only.
  private static func requireOneGrid(
    _ id: String, _ prediction: Geometry, _ reference: Geometry
  ) throws {
    guard prediction.size == reference.size else {
      throw EvaluationError.sizesDiffer(
        case: id, prediction: prediction.size, reference: reference.size)
    }
    guard reference.size.z > 1 else { return }
    let properties = [
      ("spacing in mm", [prediction.spacing], [reference.spacing]),
      ("origin in mm (LPS)", [prediction.origin], [reference.origin]),
      ("direction (LPS)", prediction.direction, reference.direction),
    ]
    for (property, met, expected) in properties where !agree(met, expected) {
      throw EvaluationError.geometriesDiffer(
        case: id, property: property, prediction: text(met), reference: text(expected))
    }
  }

  /// Formats round coordinates to 32 bits, so equality within 0.001 is as much as can be asked.
  private static func agree(_ a: [SIMD3<Double>], _ b: [SIMD3<Double>]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { a, b in (0..<3).allSatisfy { abs(a[$0] - b[$0]) <= 1e-3 } }
  }

  private static func text(_ vectors: [SIMD3<Double>]) -> String {
    vectors.map { vector in
      "(" + (0..<3).map { String(format: "%.6g", vector[$0]) }.joined(separator: ", ") + ")"
    }.joined(separator: " ")
  }
}

/// Applies a function to all elements, as many at once as there are processors; keeps their order.
private func concurrently<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ function: @escaping @Sendable (Element) throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    var waiting = Array(elements.enumerated()).makeIterator()
    var results: [Int: Result] = [:]
    for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) {
      guard let (index, element) = waiting.next() else { break }
      group.addTask { (index, try function(element)) }
    }
    while let (index, result) = try await group.next() {
      results[index] = result
      if let (index, element) = waiting.next() {
        group.addTask { (index, try function(element)) }
      }
    }
    return elements.indices.compactMap { results[$0] }
  }
}

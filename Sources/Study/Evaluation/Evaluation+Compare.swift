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

  private static func requireOneGrid(
    _ id: String, _ prediction: Geometry, _ reference: Geometry
  ) throws {
    guard prediction.size == reference.size else {
      throw EvaluationError.sizesDiffer(
        case: id, prediction: prediction.size, reference: reference.size)
    }
    if let difference = Grid.difference(of: prediction, from: reference) {
      throw EvaluationError.geometriesDiffer(
        case: id, property: difference.property, prediction: difference.met,
        reference: difference.expected)
    }
  }
}

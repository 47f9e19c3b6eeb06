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
    let further =
      options.metrics.isEmpty
      ? []
      : try await concurrently(pairing.pairs) { pair in
        try scores(pair, description, labels, options, load)
      }
    let cases = pairing.pairs.indices.map { index in
      let (pair, table) = (pairing.pairs[index], tables[index])
      return CaseScore(
        id: pair.id, prediction: pair.prediction, reference: pair.reference, voxels: table.voxels,
        scores: labels.map { label in
          LabelScore(
            label: label, name: description.name(of: label), overlap: table[label],
            whenEmpty: options.whenEmpty,
            metrics: further.isEmpty ? nil : further[index][label] ?? [:])
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

  /// Scores by further metrics. Ignored voxels are background on both sides, because borders need a grid.
  /// Numbered objects are those of the masks; a mask that numbers nothing gives its connected components.
  private static func scores(
    _ pair: Pairing.Pair, _ description: DatasetDescription, _ labels: [Int32],
    _ options: Options, _ load: @Sendable (String) throws -> LabelMap
  ) throws -> [Int32: [String: Double?]] {
    let (met, expected) = (try load(pair.prediction), try load(pair.reference))
    let ignored = expected.labels.map { $0 == description.ignoredLabel }
    func plain(_ map: LabelMap) -> [Int32] {
      zip(map.semantic(description).labels, ignored).map { $1 ? 0 : $0 }
    }
    var readings = options.readings
    readings.emptyPolicy = options.whenEmpty
    let (prediction, reference) = (plain(met), plain(expected))
    let isNumbered = Set(met.labels).subtracting([0]).count > 1
    let numbers =
      try description.instances && !isNumbered
      ? Instances.components(
        of: prediction, size: met.geometry.size, connectivity: readings.connectivity
      ).numbers : met.labels
    return try MetricEvaluator(metrics: options.metrics, options: readings).scores(
      prediction: prediction, reference: reference, size: expected.geometry.size,
      spacing: expected.geometry.spacing, labels: labels,
      instances: description.instances
        ? (prediction: numbers, reference: expected.labels) : nil)
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

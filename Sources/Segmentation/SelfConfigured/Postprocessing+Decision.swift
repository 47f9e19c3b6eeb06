// The decision: which components to remove, by the Dice of predictions on cases that were held out.

import Datasets
import Foundation
public import Imaging

extension Postprocessing {
  /// Decides on the predictions of a folder against the references of another; files go by their names.
  ///
  /// First all foreground is one mask: its largest component alone is kept if the mean Dice rises and no
  /// label's falls. Then, with more than one label or region, each by itself if its own mean Dice rises. A
  /// label that a case and its prediction lack has no Dice there.
  /// Source: nnunetv2 2.8, which also lets a label that no case has prevent the first step; here it
  /// does not.
  /// - Parameters:
  ///   - predictions: A folder of label maps.
  ///   - references: A folder of label maps, or a dataset.
  ///   - labels: Labels, or regions of several, in the order of `dataset.json`; background left out.
  ///   - ignored: A label of the references that is not scored.
  /// - Returns: The decision with the numbers behind it.
  /// - Throws: `DatasetError`, `ImagingError`, ``SelfConfiguredError/unequalGrids(case:)``.
  public static func determine(
    predictions: String, references: String, labels: [[Int32]], ignored: Int32? = nil
  ) throws -> Postprocessing {
    let pairs = try Pairing(predictions: predictions, references: references).pairs
    return try determine(labels: labels, ignored: ignored, count: pairs.count) { index in
      let pair = pairs[index]
      let prediction = try LabelMap(contentsOf: pair.prediction)
      let reference = try LabelMap(contentsOf: pair.reference)
      guard prediction.geometry.size == reference.geometry.size else {
        throw SelfConfiguredError.unequalGrids(case: pair.id)
      }
      return (prediction, reference)
    }
  }

  /// Decides on `count` cases that `read` gives as (prediction, reference), one at a time.
  ///
  /// - Parameters:
  ///   - labels: Labels, or regions of several; background left out.
  ///   - ignored: A label of the references that is not scored.
  ///   - count: Cases.
  ///   - read: The maps of a case, both on one grid; asked for once per step.
  /// - Returns: The decision with the numbers behind it.
  /// - Throws: Whatever `read` throws.
  public static func determine(
    labels: [[Int32]], ignored: Int32? = nil, count: Int,
    read: (Int) throws -> (LabelMap, LabelMap)
  ) throws -> Postprocessing {
    func score(_ steps: [Step]) throws -> [Double?] {
      var scores = MeanDice(labels: labels, ignored: ignored)
      for index in 0..<count {
        let (prediction, reference) = try read(index)
        try scores.add(Postprocessing(steps: steps).applied(to: prediction), reference)
      }
      return scores.means
    }
    let before = try score([])
    var (steps, best): ([Step], [Double?]) = ([], before)
    let foreground = Step(keepLargestOf: Set(labels.flatMap(\.self)).sorted())
    let together = try score([foreground])
    if together.mean > best.mean, !zip(together, best).contains(where: { ($0 ?? 0) < ($1 ?? 0) }) {
      (steps, best) = ([foreground], together)
    }
    if labels.count > 1 {
      for (index, label) in labels.enumerated() {
        let attempt = steps + [Step(keepLargestOf: label)]
        let scores = try score(attempt)
        if (scores[index] ?? 0) > (best[index] ?? 0) { (steps, best) = (attempt, scores) }
      }
    }
    return Postprocessing(
      steps: steps,
      evidence: Evidence(cases: count, before: before.named(labels), after: best.named(labels)))
  }
}

extension [Double?] {
  fileprivate var mean: Double {
    let present = compactMap(\.self)
    return present.isEmpty ? 0 : present.reduce(0, +) / Double(present.count)
  }

  fileprivate func named(_ labels: [[Int32]]) -> [String: Double] {
    var table: [String: Double] = [:]
    for (value, label) in zip(self, labels) {
      table[label.map(String.init).joined(separator: "+")] = value
    }
    return table
  }
}

/// The mean over cases of each label's or region's Dice; `nil` for one that was never there.
private struct MeanDice {
  let labels: [[Int32]]
  let ignored: Int32?
  private var sums: [Double]
  private var counts: [Int]

  init(labels: [[Int32]], ignored: Int32?) {
    self.labels = labels
    self.ignored = ignored
    sums = labels.map { _ in 0 }
    counts = labels.map { _ in 0 }
  }

  var means: [Double?] { zip(sums, counts).map { $1 == 0 ? nil : $0 / Double($1) } }

  mutating func add(_ prediction: LabelMap, _ reference: LabelMap) {
    let found = LabelDice.of(prediction, reference, labels: labels, ignored: ignored)
    for (index, dice) in found.enumerated() {
      guard let dice else { continue }
      sums[index] += dice
      counts[index] += 1
    }
  }
}

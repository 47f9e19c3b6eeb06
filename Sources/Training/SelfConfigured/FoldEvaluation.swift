// The trained network on the cases that were kept aside, at full size and on their own grids.

internal import Datasets
internal import Foundation
internal import Imaging
internal import Segmentation

/// Predicts the held-out cases of a fold into `validation/` and measures them.
struct FoldEvaluation {
  let setup: FoldSetup
  let fold: Splits.Fold
  let folder: String

  init(_ setup: FoldSetup, _ fold: Splits.Fold, folder: String) {
    self.setup = setup
    self.fold = fold
    self.folder = folder
  }

  private var summary: String { "\(folder)/validation/summary.json" }

  /// - Parameters:
  ///   - checkpoint: The final checkpoint.
  ///   - watch: Told of every case.
  /// - Returns: The Dice of all held-out cases; `nil` when there are none.
  /// - Throws: ``TrainingError``, or what predicting throws.
  func run(
    checkpoint: String, _ watch: (SelfConfiguredTraining.Event) -> Void
  ) throws -> HeldOutDice? {
    guard !fold.validation.isEmpty else { return nil }
    if let data = FileManager.default.contents(atPath: summary),
      let known = try? JSONDecoder().decode(HeldOutDice.self, from: data),
      known.cases.map(\.id) == fold.validation
    {
      return known
    }
    try setup.training.makeFolder("\(folder)/validation")
    let table = Dictionary(setup.training.dataset.cases.map { ($0.id, $0) }) { first, _ in first }
    let predictor = Predictor(try SelfConfiguredModel(contentsOf: checkpoint))
    var result = HeldOutDice(classNames: setup.evaluatedNames, cases: [])
    for (index, id) in fold.validation.enumerated() {
      guard let item = table[id], let label = item.label else { continue }
      watch(.evaluating(id: id, finished: index, count: fold.validation.count))
      let path = "\(folder)/validation/\(id)\(Self.ending(item))"
      let prediction = try prediction(of: item, predictor, path)
      let reference = try LabelMap(contentsOf: label).semantic(setup.training.dataset.description)
      guard prediction.geometry.size == reference.geometry.size else {
        throw SelfConfiguredError.unequalGrids(case: id)
      }
      result.cases.append(
        HeldOutDice.Case(
          id: id,
          dice: LabelDice.of(
            prediction, reference, labels: setup.dataset.evaluated,
            ignored: setup.dataset.ignoredLabel)))
    }
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(result).write(to: URL(fileURLWithPath: summary), options: .atomic)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: summary, reason: error.localizedDescription, last: checkpoint)
    }
    return result
  }

  /// Label maps of photographs are PNG, which loses nothing.
  static func ending(_ item: DatasetCase) -> String {
    let name = item.images.first?.lowercased() ?? ""
    return [".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"].contains { name.hasSuffix($0) }
      ? ".png" : ".nii.gz"
  }

  private func prediction(
    of item: DatasetCase, _ predictor: Predictor, _ path: String
  ) throws -> LabelMap {
    if FileManager.default.fileExists(atPath: path), let kept = try? LabelMap(contentsOf: path) {
      return kept
    }
    var predictor = predictor
    if setup.isCascade, let stage = setup.configuration.previousStage {
      predictor.previousStage = .folder(
        try setup.previousStageFolder(stage, of: item))
    }
    let labels = try predictor.predict(item).labels
    try labels.write(to: path)
    return labels
  }
}

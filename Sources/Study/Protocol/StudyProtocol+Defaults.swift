// The protocol that a dataset and a list of models ask for when nobody says more.

import Datasets
import Metrics

extension StudyProtocol {
  /// What is given to promptable models by default: from one click to five, and boxes good and bad.
  public static let usualPrompts = ["point", "points-3", "points-5", "box", "jittered-box"]

  /// A protocol with the field's usual choices for a dataset.
  ///
  /// Overlap, border and distance of every label; for numbered objects how many were found and how well;
  /// calibration where a network states probabilities. Images of one patient are drawn together.
  ///
  /// - Throws: `DatasetError` when the dataset cannot be understood
  public init(dataset path: String, models: [Entrant], seed: UInt64 = 1) throws {
    let folder = try DatasetFolder(contentsOf: path)
    let columns = Set(folder.cases.flatMap(\.attributes.keys))
    format = 1
    dataset = path
    cases = nil
    split =
      columns.contains("split")
      ? Split(column: "split", test: "test", train: "train")
      : Split(heldOut: models.contains { $0.training != nil } ? Self.usualShare(of: folder) : nil)
    labels = nil
    objects = folder.description.instances ? .instance : .label
    self.models = models
    prompts = Self.usualPrompts
    metrics = ["dice", "nsd", "hd95"]
    if folder.description.instances { metrics += ["pq", "instance-f1"] }
    metrics += ["ece", "auroc"]
    primary = "dice"
    options = MetricOptions()
    statistics = StatisticsPlan(cluster: columns.contains("patient") ? "patient" : nil)
    subgroups = []
    ranking = .separate
    failures = .worst
    published = nil
    precision = "auto"
    self.seed = seed
  }

  /// A quarter of the cases with a mask is scored where others are needed to learn from.
  private static func usualShare(of folder: DatasetFolder) -> Int {
    max(1, folder.cases.count { $0.label != nil } / 4)
  }
}

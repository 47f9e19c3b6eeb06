// What all folds of a training share: the plan's configuration, the labels and the prepared cases.

internal import Datasets
internal import Foundation
internal import Imaging
internal import Models
internal import Planning
internal import Segmentation

/// The configuration of a training with what the dataset says about labels.
struct FoldSetup: Sendable {
  let training: SelfConfiguredTraining
  let plans: Plans
  let configurationName: String
  let configuration: PlannedConfiguration
  let dataset: ModelDataset
  let labels: LabelChannels
  /// `dataset.json` word for word, since the order of its regions counts.
  let datasetText: String

  init(_ training: SelfConfiguredTraining, plans: Plans, configurationName: String) throws {
    self.training = training
    self.plans = plans
    self.configurationName = configurationName
    configuration = try plans.configuration(configurationName)
    let description = training.dataset.description
    dataset = try ModelDataset(
      description, channels: configuration.normalisation.count, path: training.dataset.path)
    labels = try LabelChannels(dataset, description)
    datasetText = try Self.text(of: training.dataset)
  }

  /// The folder of the model.
  var modelFolder: String { "\(training.folder)/\(configurationName)" }

  /// Names of the foreground's labels or regions.
  var evaluatedNames: [String] { dataset.classNames.suffix(dataset.evaluated.count) }

  var isCascade: Bool { configuration.previousStage != nil }

  /// The network with its first weights.
  func makeNetwork() throws -> any TrainableNetwork {
    let architecture = NNUNet.Configuration(
      configuration.architecture, channels: dataset.inputChannels(isCascade: isCascade),
      classes: dataset.rule.channels)
    return try TrainableNNUNet.make(
      architecture, from: HeInitialiser(seed: training.request.seed),
      deepSupervision: training.request.usesDeepSupervision)
  }

  /// Decides which components are kept, by the predictions of all folds for the cases that they did not train
  /// on, and writes the decision where the predictor looks for it.
  func decidePostprocessing(_ splits: Splits) throws -> Postprocessing {
    let description = training.dataset.description
    let references = Dictionary(training.dataset.cases.map { ($0.id, $0) }) { first, _ in first }
    let pairs = splits.folds.enumerated().flatMap { number, fold in
      fold.validation.compactMap { id -> (prediction: String, reference: String)? in
        guard let item = references[id], let label = item.label else { return nil }
        let folder = "\(modelFolder)/fold_\(number)/validation"
        return ("\(folder)/\(id)\(FoldEvaluation.ending(item))", label)
      }
    }
    let decision = try Postprocessing.determine(
      labels: dataset.evaluated, ignored: dataset.ignoredLabel, count: pairs.count
    ) { index in
      (
        try LabelMap(contentsOf: pairs[index].prediction),
        try LabelMap(contentsOf: pairs[index].reference).semantic(description)
      )
    }
    let path = Postprocessing.path(in: modelFolder)
    do { try decision.write(to: path) } catch {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: error.localizedDescription, last: nil)
    }
    return decision
  }

  func prepare(
    _ cases: [DatasetCase],
    _ watch: @escaping @Sendable (SelfConfiguredTraining.Event) -> Void
  ) throws -> CaseStore {
    var options = CaseStore.Options()
    options.groups = labels.groups
    options.allowedLabels = labels.allowed
    options.description = training.dataset.description
    options.threads = training.threads
    if let stage = configuration.previousStage {
      let predictions = try previousStage(stage, cases)
      options.classes = labels.foreground
      options.previousStage = { item in
        guard let path = predictions[item.id] else {
          throw SelfConfiguredError.missingStage(stage)
        }
        return try LabelArray(
          case: DatasetCase(id: item.id, images: item.images, label: path),
          description: DatasetDescription()) ?? { throw SelfConfiguredError.missingStage(stage) }()
      }
    }
    return try CaseStore.prepare(
      cases, plans: plans, configurationName: configurationName,
      folder: "\(training.folder)/prepared/\(configurationName)", options: options
    ) { watch(.preparing($0)) }
  }

  /// Writes `plans.json` and `dataset.json` where nnU-Net's predictor looks for them.
  func writeModelFolder() throws {
    try training.makeFolder(modelFolder)
    try plans.write(to: modelFolder + "/plans.json")
    do {
      try Data(datasetText.utf8).write(
        to: URL(fileURLWithPath: modelFolder + "/dataset.json"), options: .atomic)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: modelFolder, reason: error.localizedDescription, last: nil)
    }
  }

  /// The first stage's predictions of cases that its own folds did not train on, by case.
  private func previousStage(_ stage: String, _ cases: [DatasetCase]) throws -> [String: String] {
    let folder = "\(training.folder)/\(stage)"
    let folds = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var found: [String: String] = [:]
    for fold in folds.filter({ $0.hasPrefix("fold_") }).sorted() {
      let predictions = "\(folder)/\(fold)/validation"
      for item in cases where found[item.id] == nil {
        let path = "\(predictions)/\(item.id)\(FoldEvaluation.ending(item))"
        if FileManager.default.fileExists(atPath: path) { found[item.id] = path }
      }
    }
    let missing = cases.filter { found[$0.id] == nil }
    guard missing.isEmpty else {
      throw TrainingError.unfit(
        reason: "\(configurationName) learns from what \(stage) predicts for cases that it did not "
          + "train on, and \(missing.count) of \(cases.count) have no such prediction; train all "
          + "folds of \(stage) into \(training.folder) first")
    }
    return found
  }

  /// The folder that holds the first stage's prediction of a case.
  func previousStageFolder(_ stage: String, of item: DatasetCase) throws -> String {
    let path = try previousStage(stage, [item])[item.id] ?? ""
    return URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  private static func text(of dataset: DatasetFolder) throws -> String {
    let url = URL(fileURLWithPath: dataset.path)
    for file in [url, url.appendingPathComponent("dataset.json")]
    where file.lastPathComponent == "dataset.json" {
      if let data = FileManager.default.contents(atPath: file.path) {
        return String(decoding: data, as: UTF8.self)
      }
    }
    let labels = dataset.description.labels.sorted { $0.key < $1.key }
    let table = Dictionary(labels.map { ($0.value, Int($0.key)) }) { first, _ in first }
    let object: [String: Any] = ["name": dataset.name, "labels": table]
    let data = try JSONSerialization.data(
      withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
    return String(decoding: data, as: UTF8.self)
  }
}

// Trained self-configuring models that take part: whether they load, and speak of the dataset's labels.

import Datasets
import Foundation
import Imaging
import Models
import Segmentation

extension StudyChecks {
  static func trained(
    _ entrant: Entrant, at path: String, in study: StudyProtocol, of dataset: Dataset,
    curve: String? = nil
  ) -> Verdict {
    func refuse(_ met: String, _ remedy: String) -> Verdict {
      Verdict(problems: [Problem(entrant.name, met, remedy: remedy)])
    }
    let model: SelfConfiguredModel
    let checkpoints: [String]
    let hash: String
    do {
      model = try SelfConfiguredModel(contentsOf: path, precision: .exactly(.fp32))
      checkpoints = try SelfConfiguredModel.checkpoints(of: path)
      hash = try self.hash(checkpoints, at: path)
    } catch {
      return refuse(
        oneLine(error),
        "name a model folder of nnU-Net, the folder of a fold, or a checkpoint (nnunet@PATH)")
    }
    if let stage = model.configuration.previousStage {
      return refuse(
        "\(model.configurationName) refines the segmentation of '\(stage)' and cannot answer alone",
        "predict with `vesalius segment --previous-stage`, and enter the masks as NAME=FOLDER")
    }
    var problems = misspelt(entrant) + damaged(checkpoints)
    if let prompts = entrant.prompts, prompts != ["none"] {
      problems.append(
        Problem(
          entrant.name, "it segments the whole image and takes no prompts",
          remedy: "leave its 'prompts' out"))
    }
    if model.configuration.dimensions == 3, dataset.cases.contains(where: \.isFlat) {
      problems.append(
        Problem(
          entrant.name,
          "\(model.configurationName) reads volumes and the dataset holds single slices",
          remedy: "train the configuration 2d, or leave it out"))
    }
    if let first = dataset.cases.first, let image = try? Volume(first),
      case let channels = image.channels + first.furtherChannels.count,
      channels != model.dataset.channels.count
    {
      let error = SelfConfiguredError.wrongChannels(
        met: channels, expected: model.dataset.channels)
      problems.append(
        Problem(
          entrant.name, "\(first.id): \(error)", remedy: "compare it on images like its own"))
    }
    var labels: [Int32: Int32] = [:]
    do { labels = try meanings(entrant, model.dataset, of: dataset) } catch {
      problems.append(
        error as? Problem ?? Problem(entrant.name, oneLine(error), remedy: "correct its 'labels'"))
    }
    guard problems.isEmpty else { return Verdict(problems: problems) }
    var verdict = Verdict(
      participant: StudyPlan.Participant(
        entrant, .trained, [.none], weights: path, weightsHash: hash, labels: labels,
        trained: StudyPlan.Trained(
          checkpoints: checkpoints, configuration: model.configurationName, folds: model.folds,
          datasets: model.datasetNames, curve: curve)))
    let missed = dataset.labels.filter { !labels.values.contains($0.value) }.map(\.name)
    if !missed.isEmpty {
      verdict.remarks.append(
        Problem(
          entrant.name, "it does not know \(DatasetReading.list(missed)) and cannot find it",
          remedy: "it is scored as if it had found nothing there; choose with 'labels'"))
    }
    return verdict
  }

  /// Files of provenance that cannot be read.
  static func damaged(_ weights: [String]) -> [Problem] {
    weights.compactMap { file in
      do {
        _ = try Provenance(beside: file)
        return nil
      } catch {
        return Problem(
          Provenance.path(beside: file), "it cannot be read: \(error)",
          remedy: "repair it; it tells which images the weights have seen")
      }
    }
  }

  /// Of everything that a prediction depends on: the checkpoints, the decision on post-processing, and the plan
  /// where checkpoints do not hold it.
  private static func hash(_ checkpoints: [String], at path: String) throws -> String {
    var hashes = try checkpoints.map { try ModelStore.sha256(ofFile: $0) }
    let decision = Postprocessing.path(in: path)
    if ImageFile.exists(decision) { hashes.append(try ModelStore.sha256(ofFile: decision)) }
    let folders =
      [path] + checkpoints.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    let beside = Set(
      folders.flatMap { [$0, URL(fileURLWithPath: $0).deletingLastPathComponent().path] })
    for folder in beside.sorted() {
      for name in ["plans.json", "dataset.json"] where ImageFile.exists("\(folder)/\(name)") {
        hashes.append(try ModelStore.sha256(ofFile: "\(folder)/\(name)"))
      }
    }
    return hashes.count == 1 ? hashes[0] : ModelStore.sha256(of: hashes)
  }

  /// For each label that the model paints the label of the dataset that it stands for: by name, by value where
  /// the model's has no name, and by the entrant's own table over both.
  private static func meanings(
    _ entrant: Entrant, _ model: ModelDataset, of dataset: Dataset
  ) throws -> [Int32: Int32] {
    var result: [Int32: Int32] = [:]
    let painted: [(value: Int32, name: String)]
    switch model.rule {
    case .largest(let labels):
      painted = zip(labels, model.classNames).dropFirst().map { ($0, $1) }
      for label in painted {
        let isUnnamed = same(label.name, "label \(label.value)")
        result[label.value] =
          dataset.labels.first { same($0.name, label.name) }?.value
          ?? (isUnnamed ? dataset.labels.first { $0.value == label.value }?.value : nil)
      }
    case .regions(let order):
      painted = order.map { ($0, "\($0)") }
      // A region's value says which of the overlapping regions was painted last, not what it is called.
      let theirs = dataset.description.regions
      if theirs.map(\.values) == model.evaluated, theirs.map(\.name) == model.classNames {
        for value in order where dataset.labels.contains(where: { $0.value == value }) {
          result[value] = value
        }
      }
    }
    for (theirs, ours) in (entrant.labels ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard
        let value = painted.first(where: { same($0.name, theirs) || String($0.value) == theirs })?
          .value
      else {
        throw Problem(
          entrant.name, "it has no label '\(theirs)'",
          remedy: "it has " + painted.map(\.name).joined(separator: ", "))
      }
      result[value] = try target(ours, entrant, dataset)
    }
    guard result.isEmpty else { return result }
    if case .largest = model.rule, painted.count == 1, dataset.labels.count == 1,
      let only = dataset.labels.first, dataset.description.labels[only.value] == nil
    {
      return [painted[0].value: only.value]
    }
    if case .regions = model.rule {
      throw Problem(
        entrant.name,
        "it paints regions that overlap (\(DatasetReading.list(model.classNames))), which are not those "
          + "of the dataset",
        remedy:
          "give the dataset's dataset.json the same regions and regions_class_order, or say which "
          + "value is which label: labels: {\(painted.first?.name ?? "1"): "
          + "\(dataset.labels.first?.name ?? "ours")}")
    }
    throw Problem(
      entrant.name,
      "none of its labels (\(DatasetReading.list(painted.map(\.name)))) is one of the dataset's "
        + "(\(DatasetReading.list(dataset.labels.map(\.name))))",
      remedy: "say which is which: labels: {\(painted.first?.name ?? "theirs"): "
        + "\(dataset.labels.first?.name ?? "ours")}")
  }
}

extension SelfConfiguredModel {
  /// Names of the dataset that it was trained on: what its dataset.json says, and nnU-Net's.
  fileprivate var datasetNames: [String] {
    let names = [dataset.name, plans.datasetName].compactMap(\.self).filter { !$0.isEmpty }
    return names.count == 2 && names[0] == names[1] ? [names[0]] : names
  }
}

// `vesalius compare`: models, prompts and baselines on the same cases, and a report that says who is better.

import ArgumentParser
import Foundation
import Metrics
import Segmentation
import Study

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Compare models on a dataset: same cases, same metrics, statistics, costs, one report.",
    discussion: """
      DATASET is an nnU-Net folder, images/ with masks/, or a pairs.csv. Models are MODEL[/TAG] of \
      `vesalius models list`, MODEL@FILE for weights of yours, MODEL@untrained, the PATH of a trained \
      self-configuring model (NAME=PATH names it), baseline/NAME, or NAME=FOLDER for masks that \
      another program made; NAME:GIVEN=FOLDER states what that program was given: none, oracle, \
      jittered or human. Everything that is chosen is written into DIR/protocol.yaml; edit it and run \
      `vesalius compare --protocol FILE --out DIR`. A run that was interrupted goes on where it was.
      """)

  @Argument(help: "A dataset (folder or pairs.csv).")
  var dataset: String?

  @Option(help: ArgumentHelp("Who takes part, with commas between.", valueName: "a,b,…"))
  var models: String?

  @Option(
    help: ArgumentHelp(
      "Train nnunet on so many of the cases that are not scored, one model for each number; 'all' for all.",
      valueName: "n,m,…"))
  var trainCases: String?

  @Option(help: "Minutes that each of them is trained.")
  var trainMinutes = 10.0

  @Option(help: "A protocol instead of DATASET and --models.")
  var `protocol`: String?

  @Option(help: ArgumentHelp("Folder for protocol, masks, tables and report.", valueName: "dir"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "What models are given: point, points-N, box, jittered-box, scribble, none, support-K.",
      valueName: "a,b,…"))
  var prompts: String?

  @Option(help: ArgumentHelp("Metrics; see Documentation/metrics.", valueName: "a,b,…"))
  var metrics: String?

  @Option(help: "The metric of headlines and curves; the first one if left out.")
  var primary: String?

  @Option(help: ArgumentHelp("Labels to score, by name or value.", valueName: "a,b,…"))
  var labels: String?

  @Option(help: ArgumentHelp("Cases to take, by name.", valueName: "a,b,…"))
  var cases: String?

  @Option(
    help: "What one prompt points at: label, component or instance.", transform: Self.objects)
  var objects: StudyProtocol.Objects?

  @Option(help: "Column of the dataset's table that assigns cases to train and test.")
  var split: String?

  @Option(
    help:
      "Cases to score, drawn by patient; the others may be learnt from (default with --train-cases: a quarter)."
  )
  var heldOut: Int?

  @Option(help: ArgumentHelp("Columns for results by subgroup.", valueName: "a,b,…"))
  var subgroups: String?

  @Option(help: "Table of published values (model, dataset, metric, value, source).")
  var published: String?

  @Option(
    help: ArgumentHelp(
      "Another reading of a metric, such as nsdToleranceMM=1; may be given several times.",
      valueName: "name=value"))
  var reading: [String] = []

  @Option(help: "Bootstrap resamples.")
  var resamples: Int?

  @Option(help: "auto, fp32, bf16 or int16, for networks that have a fast path.")
  var precision: String?

  @Option(help: "All that is random follows from it.")
  var seed: UInt64?

  @Flag(help: "Rank automatic and prompted results together.")
  var oneRanking = false

  @Flag(help: "Check everything and write the protocol, but run nothing.")
  var planOnly = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (dataset == nil) != (`protocol` == nil) else {
      throw ValidationError("give a DATASET with --models, or a --protocol")
    }
    if dataset != nil, models == nil, trainCases == nil {
      throw ValidationError(
        "--models names who takes part, such as --models lwnet,baseline/otsu,sam-vit-t@untrained")
    }
    if `protocol` != nil, models != nil || trainCases != nil {
      throw ValidationError(
        "the protocol names the models; edit it instead of giving --models or --train-cases")
    }
    if split != nil, heldOut != nil {
      throw ValidationError("--split and --held-out exclude each other")
    }
    if let precision, precision != "auto" { _ = try PrecisionOption.choice(precision) }
    for path in [dataset, `protocol`, published, out].compactMap(\.self) where path.isEmpty {
      throw ValidationError("a path is empty; check the variable behind it")
    }
  }

  func run() async throws {
    let folder = StudyFolder(out)
    try requireOwnFolder()
    let study = try chosen()
    var plan = try await planned(study, in: folder)
    for remark in plan.remarks { Output.line("vesalius: \(remark)") }
    if planOnly {
      try folder.open(plan)
      let waiting = plan.trainings.count
      return try Output.result(
        "\(plan.participants.count) participants and \(plan.cases.count) cases are ready"
          + (waiting > 0 ? ", \(waiting) more participants are to be trained" : "")
          + "; the protocol is \(folder.protocolFile)")
    }
    let hasTrained = try folder.train(plan) { training in
      let view = TrainingView(training.name)
      return { view.show($0) }
    }
    if hasTrained { plan = try await planned(study, in: folder) }
    let program = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    let run = StudyRun(plan, in: folder, version: Vesalius.version) { number in
      (program, ["compare-worker", folder.path, "--participant", "\(number)"])
    }
    let records = try run.run { progress in
      let bar = ProgressBar(progress.participant)
      bar.show(Double(progress.finished) / Double(max(progress.of, 1)))
      if progress.finished == progress.of { bar.clear() }
    }
    let results = StudyResults(plan, records: records)
    let summary = try results.write(
      to: folder, version: Vesalius.version, command: CommandLine.arguments)
    for failure in summary.failures { Output.line("vesalius: \(failure)") }
    if json { try Output.result(summary) } else { try Output.result(summary.text) }
  }

  /// Everything looked up; problems are told one by one.
  private func planned(_ study: StudyProtocol, in folder: StudyFolder) async throws -> StudyPlan {
    do {
      return try await StudyPlan(
        study, from: "", store: ModelStore(), trainings: folder.trainings)
    } catch StudyError.problems(let problems) {
      for problem in problems {
        Output.line(
          "vesalius: "
            + problem.description.split(whereSeparator: \.isNewline).joined(separator: " "))
      }
      Output.line(
        "vesalius: nothing was run; \(problems.count) problem\(problems.count == 1 ? "" : "s") to solve first"
      )
      throw ExitCode(1)
    }
  }

  /// The protocol, with what the command line says over it and with absolute paths, so that the copy among
  /// the results repeats the study wherever it lies.
  private func chosen() throws -> StudyProtocol {
    var study: StudyProtocol
    if let path = `protocol` {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      study = try StudyProtocol(contentsOf: path).absolute(from: folder)
    } else {
      let trained = try Self.numbersOfCases(trainCases).map {
        Entrant.trainedHere(cases: $0, minutes: trainMinutes)
      }
      study = try StudyProtocol(
        dataset: dataset ?? "",
        models: Entrant.list(parsing: Self.list(models)) + (trained ?? []))
    }
    if let prompts { study.prompts = Self.list(prompts) }
    if let metrics {
      study.metrics = Self.list(metrics)
      study = study.normalised()
      if dataset != nil || !study.metrics.contains(study.primary) {
        study.primary = study.metrics.first ?? ""
      }
    }
    if let primary { study.primary = primary }
    if let labels { study.labels = Self.list(labels) }
    if let cases { study.cases = Self.list(cases) }
    if let objects { study.objects = objects }
    if let split { study.split = .init(column: split, test: "test", train: "train") }
    if let heldOut { study.split = .init(heldOut: heldOut) }
    if let subgroups { study.subgroups = Self.list(subgroups) }
    if let published { study.published = published }
    if !reading.isEmpty { study.options = try MetricOptions(settings: reading) }
    if let resamples { study.statistics.resamples = resamples }
    if let precision { study.precision = precision }
    if let seed { study.seed = seed }
    if oneRanking { study.ranking = .together }
    return study.normalised().absolute(from: FileManager.default.currentDirectoryPath)
  }

  /// Results go into a folder of their own, never over somebody's files.
  private func requireOwnFolder() throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
    let isStudy = names.contains("plan.json") || names.contains("protocol.yaml")
    if !names.isEmpty, !isStudy {
      throw ValidationError("\(out) holds other files; choose an empty or a new folder for --out")
    }
  }

  private static func objects(_ text: String) throws -> StudyProtocol.Objects {
    guard let objects = StudyProtocol.Objects(rawValue: text) else {
      throw ValidationError("expected label, component or instance, not '\(text)'")
    }
    return objects
  }

  /// Numbers of cases to train on; nil among them for all.
  private static func numbersOfCases(_ text: String?) throws -> [Int?]? {
    guard let text else { return nil }
    let numbers = try list(text).map { word in
      if word == "all" { return Int?.none }
      guard let number = Int(word), number > 0 else {
        throw ValidationError(
          "--train-cases needs numbers with commas between, or 'all', not '\(word)'")
      }
      return number
    }
    guard !numbers.isEmpty else { throw ValidationError("--train-cases is empty") }
    return numbers
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}

/// One participant's process; `compare` starts it.
struct CompareWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-worker", abstract: "Run one participant of a study.",
    shouldDisplay: false)

  @Argument(help: "The folder of the study.")
  var folder: String

  @Option(help: "Number of the participant, from 0.")
  var participant: Int

  func run() throws {
    let parent = getppid()
    // A study that was killed must not leave its participants at work.
    try StudyWorker(
      StudyFolder(folder), participant: participant, version: Vesalius.version,
      isWanted: { getppid() == parent }
    ).run()
  }
}

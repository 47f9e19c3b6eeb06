// `vesalius plan`: what a dataset is like and how a self-configuring network would read it, as JSON to edit.

import ArgumentParser
import Datasets
import Foundation
import Planning

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Read a dataset and plan networks for it by nnU-Net's rules.",
    discussion: """
      DATASET is an nnU-Net raw folder, images/ with masks/ or labels/, or a pairs.csv. \
      dataset_fingerprint.json and plans.json, as nnU-Net v2 has them, go into a folder; read, compare \
      and edit them before training.
      """)

  @Argument(help: "A dataset (folder or pairs.csv).")
  var dataset: String

  @Option(
    name: .shortAndLong, help: "Folder for the two files; NAME-plan here if left out.")
  var output: String?

  @Option(
    help: "default (plain U-Net), resenc-m, resenc-l or resenc-xl (residual encoders).",
    transform: Self.kind)
  var planner = Planner.Kind.plain

  @Option(
    help: ArgumentHelp(
      "Memory for training in GB as nnU-Net counts it; the planner's own if left out.",
      valueName: "gb"))
  var memory: Double?

  @Option(
    help: ArgumentHelp(
      "Voxel size to train at in mm, along the axes of the files.", valueName: "z,y,x"),
    transform: Self.spacing)
  var spacing: [Double]?

  @Option(
    help: ArgumentHelp("Channels of the finest stage (32); fewer train faster.", valueName: "n"))
  var baseFeatures: Int?

  @Option(help: ArgumentHelp("Patches per training step.", valueName: "n"))
  var batchSize: Int?

  @Option(help: ArgumentHelp("Voxels that a patch may have at most.", valueName: "n"))
  var maxPatchVoxels: Int?

  @Option(help: "Cases read at once; all cores when left out.")
  var threads: Int?

  @Flag(help: "Replace a plan that is there already.")
  var overwrite = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    for path in [dataset, output].compactMap(\.self) where path.isEmpty {
      throw ValidationError("a path is empty; check the variable behind it")
    }
    if let memory, !(memory > 0 && memory.isFinite) {
      throw ValidationError("--memory needs a number of GB above 0")
    }
    let counts = [
      ("--base-features", baseFeatures), ("--batch-size", batchSize),
      ("--max-patch-voxels", maxPatchVoxels), ("--threads", threads),
    ]
    for (name, count) in counts {
      if let count, count < 1 { throw ValidationError("\(name) needs a number above 0") }
    }
  }

  func run() throws {
    let folder = try DatasetFolder(contentsOf: dataset)
    let place = output ?? "\(name(of: folder))-plan"
    let files = PlanFiles(folder: place)
    try files.prepare(overwrites: overwrite)
    let labelled = folder.cases.filter { $0.label != nil }.count
    let bar = TimedBar("reading \(labelled) cases")
    defer { bar.clear() }
    bar.show(0)
    let extraction = try Fingerprint.extract(
      from: folder, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: { bar.show(Double($0) / Double(max(labelled, 1))) })
    bar.clear()
    for warning in extraction.warnings { Output.line("vesalius: \(warning)") }
    let fingerprint = extraction.fingerprint
    let plans = try chosen.plan(
      fingerprint, folder.description, datasetName: name(of: folder))
    try files.write(fingerprint, plans)
    let summary = PlanSummary(
      plans, fingerprint, folder.description, files: files,
      warnings: extraction.warnings.map(\.description))
    if json { try Output.result(summary) } else { try Output.result(summary.text) }
  }

  private var chosen: Planner {
    Planner(
      kind: planner, memoryGB: memory,
      budget: Planner.Budget(
        limits: baseFeatures, batchSize: batchSize, maxPatchVoxels: maxPatchVoxels),
      targetSpacing: spacing)
  }

  /// What the dataset's folder is called, which is nnU-Net's name where the folder has one.
  private func name(of folder: DatasetFolder) -> String {
    let url = URL(fileURLWithPath: dataset).standardizedFileURL
    return ImageFile.isFolder(dataset)
      ? url.lastPathComponent : url.deletingLastPathComponent().lastPathComponent
  }

  private static func kind(_ text: String) throws -> Planner.Kind {
    guard let kind = Planner.Kind(text) else {
      throw ValidationError(
        "expected \(Planner.Kind.names.joined(separator: ", ")), not '\(text)'")
    }
    return kind
  }

  private static func spacing(_ text: String) throws -> [Double] {
    let numbers = text.split(separator: ",").map {
      Double($0.trimmingCharacters(in: .whitespaces))
    }
    let values = numbers.compactMap(\.self)
    guard values.count == 3, numbers.count == 3, values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw ValidationError("expected three numbers above 0 such as 1,0.8,0.8, not '\(text)'")
    }
    return values
  }
}

/// The two files of a plan.
struct PlanFiles {
  let folder: String

  var fingerprint: String { folder + "/dataset_fingerprint.json" }
  var plans: String { folder + "/plans.json" }

  /// Makes the folder; refuses one whose files somebody may have edited.
  func prepare(overwrites: Bool) throws {
    for path in [fingerprint, plans] where !overwrites && ImageFile.exists(path) {
      throw PlanningError.file(
        path: path, reason: "it exists already and may have been edited; --overwrite replaces it")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw PlanningError.file(path: folder, reason: "the folder cannot be created")
    }
  }

  func write(_ fingerprint: Fingerprint, _ plans: Plans) throws {
    try fingerprint.write(to: self.fingerprint)
    try plans.write(to: self.plans)
  }
}

/// What `vesalius plan` prints.
struct PlanSummary: Encodable {
  struct Row: Encodable {
    let name: String
    let spacing: [Double]
    let patchSize: [Int]
    let batchSize: Int
    let network: String
    let features: [Int]
    /// Bytes of a training step's feature maps with their gradients in float32.
    let trainingBytes: Int
    let previousStage: String?
  }

  let dataset: String
  let cases: Int
  let channels: Int
  let normalisation: [String]
  let fingerprint: String
  let plans: String
  let warnings: [String]
  let configurations: [Row]

  init(
    _ plans: Plans, _ fingerprint: Fingerprint, _ description: DatasetDescription,
    files: PlanFiles, warnings: [String]
  ) {
    dataset = plans.datasetName
    cases = fingerprint.spacings.count
    channels = fingerprint.foregroundIntensities.count
    self.fingerprint = files.fingerprint
    self.plans = files.plans
    self.warnings = warnings
    let met = Set(fingerprint.cases.flatMap(\.classSizes.keys)).union([0])
    let classes = description.regions.isEmpty ? met.count : description.regions.count
    let order = ["2d", "3d_lowres", "3d_fullres", "3d_cascade_fullres"]
    let names = plans.configurations.keys.sorted {
      (order.firstIndex(of: $0) ?? order.count, $0) < (order.firstIndex(of: $1) ?? order.count, $1)
    }
    configurations = names.compactMap { name in
      guard let configuration = try? plans.configuration(name) else { return nil }
      let architecture = configuration.architecture
      let values = MemoryEstimate.featureValues(
        architecture, patchSize: configuration.patchSize, classes: classes)
      return Row(
        name: name, spacing: configuration.spacing, patchSize: configuration.patchSize,
        batchSize: configuration.batchSize,
        network: architecture.kind == .plain ? "plain" : "residual",
        features: architecture.features, trainingBytes: 8 * values * configuration.batchSize,
        previousStage: configuration.previousStage)
    }
    normalisation =
      names.first.flatMap { try? plans.configuration($0) }?.normalisation.map(\.rawValue) ?? []
  }

  var text: String {
    let rows = configurations.map { row in
      [
        row.name, Self.joined(row.spacing.map(Self.short)), Self.joined(row.patchSize),
        "\(row.batchSize)", "\(row.network), \(row.features.count)", Self.features(row.features),
        Self.bytes(row.trainingBytes),
      ]
    }
    let heading = [
      "CONFIGURATION", "SPACING (mm)", "PATCH", "BATCH", "STAGES", "FEATURES", "MEMORY",
    ]
    return """
      \(dataset): \(cases) \(cases == 1 ? "case" : "cases"), \(channels) \
      \(channels == 1 ? "channel" : "channels") (\(normalisation.joined(separator: ", ")))
      \(table(heading, rows))
      Axes are those of plans.json, the coarsest first; MEMORY is that of one training step's feature maps.
      \(plans)
      \(fingerprint)
      """
  }

  private static func bytes(_ count: Int) -> String {
    count < 1_000_000_000
      ? "\(max(1, count / 1_000_000)) MB" : String(format: "%.1f GB", Double(count) / 1e9)
  }

  private static func joined(_ values: [some CustomStringConvertible]) -> String {
    values.map(\.description).joined(separator: "×")
  }

  private static func short(_ value: Double) -> String {
    let text = String(format: "%.3f", value)
    guard text.contains(".") else { return text }
    var trimmed = text[...]
    while trimmed.last == "0" { trimmed.removeLast() }
    if trimmed.last == "." { trimmed.removeLast() }
    return String(trimmed)
  }

  /// "32-320", or "32" where all stages are alike.
  private static func features(_ features: [Int]) -> String {
    guard let first = features.first, let last = features.last, first != last else {
      return features.first.map(String.init) ?? ""
    }
    return "\(first)-\(last)"
  }
}

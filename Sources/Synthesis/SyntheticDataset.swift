// Writing made cases as a raw nnU-Net data set, whole or not at all.

public import Datasets
public import Foundation
internal import Imaging

/// A data set of made cases in nnU-Net's raw layout.
public struct SyntheticDataset: Sendable {
  public let source: any CaseSource
  /// How many cases there are.
  public let cases: Int
  public let seed: UInt64
  /// Starts the names of the cases: `ct` gives `ct_0001`.
  public let prefix: String

  /// Most cases of a data set, so that their names sort.
  public static let mostCases = 9999

  /// A data set to be written.
  ///
  /// - Parameters:
  ///   - source: makes the cases
  ///   - cases: how many, 1…9999
  ///   - seed: decides all of them; a larger data set of a seed begins with the smaller one
  ///   - prefix: starts the names of the cases
  /// - Throws: ``SynthesisError/badSize(met:expected:)``
  public init(_ source: any CaseSource, cases: Int, seed: UInt64, prefix: String) throws {
    guard (1...Self.mostCases).contains(cases) else {
      throw SynthesisError.badSize(
        met: "A data set of \(cases) cases", expected: "1 to \(Self.mostCases) cases")
    }
    self.source = source
    self.cases = cases
    self.seed = seed
    self.prefix = prefix
  }

  /// The name of a case.
  public func name(_ index: Int) -> String {
    let number = String(index + 1)
    return prefix + "_" + String(repeating: "0", count: max(0, 4 - number.count)) + number
  }

  /// The cases as ``Splits`` names them.
  public var names: [DatasetCase] {
    (0..<cases).map { DatasetCase(id: name($0), images: [], label: nil) }
  }

  /// Writes `dataset.json`, `imagesTr`, `labelsTr` and `cases.csv` with what was drawn for each case.
  ///
  /// Pictures become PNG, volumes `.nii.gz`. Where objects of one label touch, `instancesTr` numbers them. The folder
  /// appears only once it is complete.
  ///
  /// - Parameters:
  ///   - folder: a new or an empty folder
  ///   - splits: written as nnU-Net's `splits_final.json`
  ///   - threads: cases made at once; they change nothing
  ///   - progress: called with the number of cases written so far
  /// - Returns: voxels of each label by name, and how many images were made per second of all threads together
  /// - Throws: ``SynthesisError``, `DatasetError`, or `ImagingError` for a file that cannot be written
  @discardableResult
  public func write(
    to folder: String, splits: Splits? = nil,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: @Sendable (Int) -> Void = { _ in }
  ) throws -> Summary {
    let files = FileManager.default
    if ImageFile.exists(folder) {
      guard ImageFile.isFolder(folder),
        (try? files.contentsOfDirectory(atPath: folder))?.isEmpty == true
      else { throw SynthesisError.folderInUse(path: folder) }
    }
    let target = URL(fileURLWithPath: folder).standardizedFileURL
    let draft = target.deletingLastPathComponent()
      .appendingPathComponent(".vesalius-\(UUID().uuidString)")
    defer { try? files.removeItem(at: draft) }
    try attempt(folder) {
      for part in ["imagesTr", "labelsTr"] {
        try files.createDirectory(
          at: draft.appendingPathComponent(part), withIntermediateDirectories: true)
      }
    }
    let begun = ContinuousClock.now
    let made = try CaseWorkers.map(
      cases, threads: threads, progress: { finished, _, _ in progress(finished) },
      { index in try write(index, to: draft.path) })
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
    let ending = made[0].ending
    guard made.allSatisfy({ $0.ending == ending }) else {
      throw SynthesisError.unusable(
        path: folder, met: "both pictures and volumes to hold",
        expected: "cases of one kind; give the size and depth of the cases")
    }
    try attempt(folder) {
      try Data(description(ending: ending).utf8)
        .write(to: draft.appendingPathComponent("dataset.json"))
      try Data(table(made.map(\.facts)).utf8).write(to: draft.appendingPathComponent("cases.csv"))
    }
    try splits?.write(to: draft.appendingPathComponent("splits_final.json").path)
    try attempt(folder) {
      if ImageFile.exists(folder) { try files.removeItem(atPath: folder) }
      try files.moveItem(at: draft, to: target)
    }
    var voxels: [String: Int] = [:]
    for item in made {
      for (label, count) in item.counts where label > 0 {
        voxels[source.labelNames[Int(label) - 1], default: 0] += count
      }
    }
    return Summary(
      folder: folder, cases: cases, voxels: voxels, seconds: seconds,
      imagesPerSecond: Double(cases) / max(seconds, 1e-9))
  }

  /// What was written.
  public struct Summary: Sendable, Encodable {
    public let folder: String
    public let cases: Int
    /// Voxels of each label in all cases.
    public let voxels: [String: Int]
    /// Making and writing all cases took this long.
    public let seconds: Double
    public let imagesPerSecond: Double
  }

  private struct Written: Sendable {
    let ending: String
    let facts: [String: Double]
    let counts: [Int32: Int]
  }

  private func write(_ index: Int, to folder: String) throws -> Written {
    let item = try source.makeCase(index, seed: seed)
    let ending = item.labels.geometry.size.z == 1 ? ".png" : ".nii.gz"
    let name = name(index)
    try item.image.write(to: "\(folder)/imagesTr/\(name)_0000\(ending)")
    try item.labels.write(to: "\(folder)/labelsTr/\(name)\(ending)")
    if let instances = item.instances {
      try FileManager.default.createDirectory(
        atPath: folder + "/instancesTr", withIntermediateDirectories: true)
      try instances.write(to: "\(folder)/instancesTr/\(name)\(ending)")
    }
    return Written(ending: ending, facts: item.facts, counts: item.labels.counts)
  }

  private func attempt(_ folder: String, _ work: () throws -> Void) throws {
    do { try work() } catch {
      throw DatasetError.cannotWrite(path: folder, reason: error.localizedDescription)
    }
  }

  /// Written by hand because nnU-Net takes its outputs from the order of labels.
  private func description(ending: String) -> String {
    let channels = source.channelNames.enumerated().map { "\"\($0)\": \(quoted($1))" }
    let labels =
      ["\"background\": 0"]
      + source.labelNames.enumerated().map { "\(quoted($1)): \($0 + 1)" }
    let members = [
      "\"name\": \(quoted(source.title))",
      "\"description\": \(quoted("Synthetic, made by vesalius synthesize with seed \(seed)."))",
      "\"channel_names\": {\n    " + channels.joined(separator: ",\n    ") + "\n  }",
      "\"labels\": {\n    " + labels.joined(separator: ",\n    ") + "\n  }",
      "\"numTraining\": \(cases)",
      "\"file_ending\": \(quoted(ending))",
    ]
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
  }

  private func table(_ facts: [[String: Double]]) -> String {
    let columns = Set(facts.flatMap(\.keys)).sorted()
    var lines = [(["case"] + columns).joined(separator: ",")]
    for (index, row) in facts.enumerated() {
      let cells = columns.map { row[$0].map { String(format: "%.6g", $0) } ?? "" }
      lines.append(([name(index)] + cells).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}

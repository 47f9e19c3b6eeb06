// Where the files of a study lie, and how they are written: aside first, so that a kill leaves nothing half.

import Datasets
import Foundation
public import Training

/// The folder of one study.
public struct StudyFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var protocolFile: String { path + "/protocol.yaml" }
  public var planFile: String { path + "/plan.json" }
  public var results: String { path + "/results.csv" }
  public var costs: String { path + "/costs.csv" }
  public var json: String { path + "/results.json" }
  public var report: String { path + "/report.html" }
  public var markdown: String { path + "/report.md" }
  /// Models that were trained for the study.
  public var trainings: String { path + "/training" }

  /// Takes the lock of a folder, so that one process at a time works in it.
  ///
  /// - Parameters:
  ///   - path: the folder, made if need be
  ///   - waiting: whether to wait for another holder
  /// - Returns: the lock, to be released
  /// - Throws: ``StudyError/cannotWrite(path:reason:)``
  static func lock(_ path: String, waiting: Bool) throws -> FolderLock {
    do { return try FolderLock(path, waiting: waiting) } catch FolderLock.Failure.held {
      throw StudyError.cannotWrite(
        path: path,
        reason: "another comparison is at work in this folder; wait for it, or choose another --out"
      )
    } catch FolderLock.Failure.unusable(let reason) {
      throw StudyError.cannotWrite(path: path, reason: reason)
    }
  }

  func records(of participant: String) -> String {
    "\(path)/records/\(Self.fileName(participant))"
  }

  func record(of participant: String, case id: String) -> String {
    "\(records(of: participant))/\(Self.fileName(id)).json"
  }

  /// The case that a participant's process is at; it remains when the process dies.
  func current(of participant: String) -> String {
    "\(records(of: participant))/current"
  }

  /// The mask of an answer, relative to the folder.
  static func mask(
    of participant: String, level: String, case id: String, isPicture: Bool
  ) -> String {
    "masks/\(fileName(participant))/\(level)/\(fileName(id)).\(isPicture ? "png" : "nii.gz")"
  }

  /// A name as a file name: letters, digits, dot, dash and underscore stay, all else becomes %XX.
  static func fileName(_ name: String) -> String {
    let text = name.addingPercentEncoding(withAllowedCharacters: plainCharacters) ?? name
    return text.hasPrefix(".") ? "%2E" + text.dropFirst() : text
  }

  private static let plainCharacters = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")

  /// Keys in alphabetical order, so that equal contents are equal bytes.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return decoder
  }

  /// Writes a file of the study; folders on the way are made.
  ///
  /// - Throws: ``StudyError/cannotWrite(path:reason:)``
  static func write(_ data: Data, to path: String) throws {
    do {
      let file = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    } catch {
      throw StudyError.cannotWrite(path: path, reason: error.localizedDescription)
    }
  }

  /// Begins or goes on with a study here: writes its protocol and its plan.
  ///
  /// - Throws: ``StudyError/otherProtocol(folder:entry:)`` when the folder holds a study of other data.
  public func open(_ plan: StudyPlan) throws {
    if let earlier = try? self.plan(), earlier.study.dataset != plan.study.dataset {
      throw StudyError.otherProtocol(folder: path, entry: "dataset")
    }
    try Self.write(Self.encoder.encode(plan), to: planFile)
    try Self.write(Data(plan.study.yaml().utf8), to: protocolFile)
  }

  /// Trains the models that a plan waits for.
  ///
  /// - Parameters:
  ///   - plan: that of a study in this folder
  ///   - view: answers who watches a training
  /// - Returns: whether there were any; the study must then be planned anew
  /// - Throws: ``StudyError``
  public func train(
    _ plan: StudyPlan,
    view: (PlannedTraining) -> @Sendable (SelfConfiguredTraining.Event) -> Void
  ) throws -> Bool {
    guard !plan.trainings.isEmpty else { return false }
    try open(plan)
    for training in plan.trainings { try training.run(watch: view(training)) }
    return true
  }

  /// The plan that was written here.
  public func plan() throws -> StudyPlan {
    guard let data = FileManager.default.contents(atPath: planFile) else {
      throw StudyError.badProtocol(path: planFile, reason: "it does not exist")
    }
    return try Self.decoder.decode(StudyPlan.self, from: data)
  }

  /// The record of a case; nil when there is none, or none of this key.
  func record(of participant: String, case id: String, key: String) -> CaseRecord? {
    let path = record(of: participant, case: id)
    guard let data = FileManager.default.contents(atPath: path),
      let record = try? Self.decoder.decode(CaseRecord.self, from: data), record.key == key
    else { return nil }
    return record
  }

  /// Takes away the records of a participant that hold no longer: those of other keys, and failures, which
  /// are tried again.
  func tidy(_ participant: String, keys: [String: String]) {
    let folder = records(of: participant)
    try? FileManager.default.removeItem(atPath: current(of: participant))
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasSuffix(".json") {
      let path = "\(folder)/\(name)"
      let record = FileManager.default.contents(atPath: path).flatMap {
        try? Self.decoder.decode(CaseRecord.self, from: $0)
      }
      if let record, record.key == keys[record.caseID], !record.isFailure,
        !record.levels.contains(where: { $0.failure != nil })
      {
        continue
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  func write(_ record: CaseRecord) throws {
    try Self.write(
      Self.encoder.encode(record), to: self.record(of: record.participant, case: record.caseID))
  }
}

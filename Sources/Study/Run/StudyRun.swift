// A study from its plan to its results: every participant in a process of its own, one after the other, and
// nothing done twice after a kill.

public import Foundation

/// Runs the participants of a plan and collects what they wrote down.
public struct StudyRun: Sendable {
  /// How far a run is.
  public struct Progress: Sendable, Equatable {
    public let participant: String
    public let finished: Int
    public let of: Int
  }

  let plan: StudyPlan
  let folder: StudyFolder
  let version: String
  /// Starts the process of participant number n: the program and its arguments.
  let command: @Sendable (Int) -> (program: URL, arguments: [String])

  public init(
    _ plan: StudyPlan, in folder: StudyFolder, version: String,
    command: @escaping @Sendable (Int) -> (program: URL, arguments: [String])
  ) {
    self.plan = plan
    self.folder = folder
    self.version = version
    self.command = command
  }

  /// Runs what has not run yet, and what failed before.
  ///
  /// A participant whose process dies loses the case at which it died and goes on with the next.
  /// - Returns: all records, by participant and case in the order of the plan
  /// - Throws: ``StudyError`` when nothing can be written, or another run is at work in the folder
  public func run(progress: (Progress) -> Void = { _ in }) throws -> [CaseRecord] {
    if let training = plan.trainings.first {
      throw StudyError.entrantFailed(name: training.name, reason: "it is not trained yet")
    }
    try folder.open(plan)
    let lock = try StudyFolder.lock(folder.path, waiting: false)
    defer { lock.release() }
    return try plan.participants.indices.flatMap { number in
      try run(number, progress)
    }
  }

  private func run(_ number: Int, _ progress: (Progress) -> Void) throws -> [CaseRecord] {
    let participant = plan.participants[number]
    let name = participant.name
    var keys: [String: String] = [:]
    for item in plan.cases { keys[item.id] = try plan.key(of: participant, item, version: version) }
    folder.tidy(name, keys: keys)
    func missing() -> [StudyPlan.Case] {
      plan.cases.filter { folder.record(of: name, case: $0.id, key: keys[$0.id] ?? "") == nil }
    }
    var waiting = missing()
    while !waiting.isEmpty {
      let reason = try wait(for: number, name, progress)
      let current = folder.current(of: name)
      let place = FileManager.default.contents(atPath: current)
        .map { String(decoding: $0, as: UTF8.self) }
      try? FileManager.default.removeItem(atPath: current)
      let left = missing()
      if left.isEmpty { break }
      // The process died at a case: that one is lost. It died elsewhere: it cannot go on.
      let lost = left.filter { $0.id == place }
      for item in lost.isEmpty ? left : lost {
        try folder.write(failure(of: name, item, key: keys[item.id] ?? "", reason))
      }
      waiting = missing()
    }
    return plan.cases.map { item in
      let key = keys[item.id] ?? ""
      return folder.record(of: name, case: item.id, key: key)
        ?? failure(of: name, item, key: key, "its record was taken away while the study ran")
    }
  }

  private func failure(
    of name: String, _ item: StudyPlan.Case, key: String, _ reason: String
  ) -> CaseRecord {
    CaseRecord(
      key: key, participant: name, caseID: item.id, levels: [], failure: reason, peakMemory: 0,
      joules: nil, operations: nil, parameters: nil, precision: nil)
  }

  /// Runs the process once; answers how it ended.
  private func wait(
    for number: Int, _ name: String, _ progress: (Progress) -> Void
  ) throws -> String {
    let process = Process()
    let (program, arguments) = command(number)
    process.executableURL = program
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    let text = Gathered()
    errors.fileHandleForReading.readabilityHandler = { text.add($0.availableData) }
    do { try process.run() } catch {
      throw StudyError.entrantFailed(name: name, reason: error.localizedDescription)
    }
    func finished() -> Int {
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.records(of: name))
      return (names ?? []).count { $0.hasSuffix(".json") }
    }
    var ticks = 0
    while process.isRunning {
      // Rarely, because what is measured runs beside it.
      if ticks % 20 == 0 {
        progress(Progress(participant: name, finished: finished(), of: plan.cases.count))
      }
      ticks += 1
      Thread.sleep(forTimeInterval: 0.05)
    }
    process.waitUntilExit()
    errors.fileHandleForReading.readabilityHandler = nil
    text.add((try? errors.fileHandleForReading.readToEnd()) ?? Data())
    progress(Progress(participant: name, finished: finished(), of: plan.cases.count))
    if process.terminationReason == .uncaughtSignal {
      return "its process was ended by signal \(process.terminationStatus)"
        + (process.terminationStatus == 9 ? "; there may not be enough memory" : "")
    }
    let said = text.lines.last ?? "its process ended with status \(process.terminationStatus)"
    return said.hasPrefix("vesalius: ") ? String(said.dropFirst(10)) : said
  }
}

/// What a process says on its standard error.
private final class Gathered: @unchecked Sendable {
  // Safe because every use of `data` holds the lock.
  private var data = Data()
  private let lock = NSLock()

  func add(_ more: Data) { lock.withLock { data += more } }

  var lines: [String] {
    lock.withLock {
      String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
  }
}

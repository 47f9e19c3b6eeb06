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

  /// Runs what has not run yet.
  ///
  /// A participant whose process dies loses the case at which it died and goes on with the next.
  /// - Returns: all records, by participant and case in the order of the plan
  /// - Throws: ``StudyError`` when nothing can be written
  public func run(progress: (Progress) -> Void = { _ in }) throws -> [CaseRecord] {
    try folder.open(plan)
    return try plan.participants.indices.flatMap { number in
      try run(number, progress)
    }
  }

  private func run(_ number: Int, _ progress: (Progress) -> Void) throws -> [CaseRecord] {
    let name = plan.participants[number].name
    let keys = try plan.cases.map {
      try plan.key(of: plan.participants[number], $0, version: version)
    }
    func records() -> [CaseRecord?] {
      zip(plan.cases, keys).map { folder.record(of: name, case: $0.id, key: $1) }
    }
    var tried = Set(records().compactMap { $0.map(\.isFailure) == false ? $0?.caseID : nil })
    var reason = ""
    while tried.count < plan.cases.count {
      let outcome = try wait(for: number, name, keys, progress)
      let found = records()
      for record in found.compactMap(\.self) { tried.insert(record.caseID) }
      if tried.count == plan.cases.count { break }
      reason = outcome
      let current = folder.current(of: name)
      let at = FileManager.default.contents(atPath: current).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard let at, let index = plan.cases.firstIndex(where: { $0.id == at }), !tried.contains(at)
      else { break }
      // The process died at this case: it is lost, the others are not.
      tried.insert(at)
      try folder.write(failure(of: name, plan.cases[index], key: keys[index], outcome))
    }
    return zip(zip(plan.cases, keys), records()).map { item, record in
      record ?? failure(of: name, item.0, key: item.1, reason)
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
    for number: Int, _ name: String, _ keys: [String], _ progress: (Progress) -> Void
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
      plan.cases.count {
        FileManager.default.fileExists(atPath: folder.record(of: name, case: $0.id))
      }
    }
    while process.isRunning {
      progress(Progress(participant: name, finished: finished(), of: plan.cases.count))
      Thread.sleep(forTimeInterval: 0.1)
    }
    process.waitUntilExit()
    errors.fileHandleForReading.readabilityHandler = nil
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

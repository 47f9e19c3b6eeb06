// The survey in a file of SQLite, or in memory for those who only ask.

import Foundation
import GRDB

/// The database of the survey.
public final class SurveyDatabase: Sendable {
  /// What a file is opened for.
  public enum Access: Sendable {
    case reading
    case writing
  }

  let queue: DatabaseQueue
  /// The file; nil in memory.
  public let path: String?

  private init(_ queue: DatabaseQueue, path: String?) {
    self.queue = queue
    self.path = path
  }

  /// The published survey in memory.
  ///
  /// - Throws: ``SurveyError``
  public static func published() throws -> SurveyDatabase {
    let database = try SurveyDatabase.empty()
    try database.write { try $0.insert(SurveyContent.published()) }
    return database
  }

  /// A database in memory without any record.
  static func empty() throws -> SurveyDatabase {
    let queue = try DatabaseQueue(configuration: configuration(.writing))
    try Schema.migrator.migrate(queue)
    return SurveyDatabase(queue, path: nil)
  }

  /// Opens a database that exists.
  ///
  /// - Parameters:
  ///   - path: its file
  ///   - access: whether it will be changed
  /// - Returns: the database, brought up to date if it will be changed
  /// - Throws: ``SurveyError``
  public static func open(_ path: String, for access: Access) throws -> SurveyDatabase {
    guard FileManager.default.fileExists(atPath: path) else {
      throw SurveyError.notFound(path: path)
    }
    return try translating(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration(access))
      try queue.read { db in
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard application == Schema.application else {
          throw SurveyError.notASurvey(path: path, reason: "another program has made it")
        }
        guard try !Schema.migrator.hasBeenSuperseded(db) else {
          throw SurveyError.newer(path: path)
        }
        let isCurrent = try Schema.migrator.hasCompletedMigrations(db)
        if access == .reading, !isCurrent {
          throw SurveyError.notASurvey(
            path: path, reason: "an earlier version has made it; import once to bring it up to date"
          )
        }
      }
      if access == .writing { try Schema.migrator.migrate(queue) }
      return SurveyDatabase(queue, path: path)
    }
  }

  /// Makes a database and fills it in one go; if that fails there is none.
  ///
  /// - Parameters:
  ///   - path: a file that does not exist
  ///   - content: what it begins with
  ///   - change: what is done before it counts as made
  /// - Returns: what `change` returns
  /// - Throws: ``SurveyError``
  static func create<Value>(
    _ path: String, with content: SurveyContent, change: (SurveyDatabase) throws -> Value
  ) throws -> Value {
    let file = URL(fileURLWithPath: path)
    let folder = file.deletingLastPathComponent()
    let aside = folder.appendingPathComponent(".\(file.lastPathComponent).\(UUID().uuidString)")
    defer {
      for ending in ["", "-journal", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: aside.path + ending)
      }
    }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw SurveyError.cannotWrite(path: path, reason: error.localizedDescription)
    }
    let value = try translating(path) {
      let queue = try DatabaseQueue(path: aside.path, configuration: configuration(.writing))
      try Schema.migrator.migrate(queue)
      let database = SurveyDatabase(queue, path: path)
      try database.write { try $0.insert(content) }
      let value = try change(database)
      try queue.close()
      return value
    }
    // A link fails where another process has made the file in the meantime.
    guard link(aside.path, path) == 0 else {
      throw errno == EEXIST
        ? SurveyError.busy(path: path)
        : SurveyError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    return value
  }

  private static func configuration(_ access: Access) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = access == .reading
    configuration.busyMode = .timeout(1)
    return configuration
  }

  /// Reads.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.translating(path ?? "the survey") { try queue.read(body) }
  }

  /// Changes everything that `body` changes, or nothing.
  func write<Value>(_ body: (SurveyWriter) throws -> Value) throws -> Value {
    try Self.translating(path ?? "the survey") {
      let value = try queue.write { db in try body(SurveyWriter(db: db)) }
      return value
    }
  }

  /// Errors of SQLite in the words of the survey.
  private static func translating<Value>(
    _ path: String, _ body: () throws -> Value
  ) throws -> Value {
    do { return try body() } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw SurveyError.busy(path: path)
      case .SQLITE_NOTADB, .SQLITE_CORRUPT:
        throw SurveyError.notASurvey(path: path, reason: error.message ?? "it is damaged")
      case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_FULL, .SQLITE_IOERR:
        throw SurveyError.cannotWrite(path: path, reason: error.message ?? "\(error)")
      default: throw SurveyError.cannotWrite(path: path, reason: error.description)
      }
    }
  }
}

// The file of the database: other versions, other programs, damage, and two who write at once.

import Foundation
import GRDB
import TestSupport
import Testing

@testable import Survey

@Suite struct DatabaseTests {
  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test func aLaterVersionIsRefusedAndKept() throws {
    try Temporary.withFolder { folder in
      let path = try Published.database(in: folder)
      try DatabaseQueue(path: path).write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 something later')")
      }
      let before = try bytes(path)
      #expect(throws: SurveyError.newer(path: path)) {
        try SurveyDatabase.open(path, for: .reading)
      }
      #expect(throws: SurveyError.newer(path: path)) {
        try SurveyDatabase.importing(["\(seedFolder)/sources.csv"], into: path)
      }
      #expect(try bytes(path) == before)
    }
  }

  @Test func otherFilesAreRefusedAndKept() throws {
    try Temporary.withFolder { folder in
      let foreign = "\(folder)/foreign.sqlite"
      try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE t (a)") }
      let text = "\(folder)/text.sqlite"
      try String(repeating: "no database\n", count: 200)
        .write(toFile: text, atomically: true, encoding: .utf8)
      let empty = "\(folder)/empty.sqlite"
      try Data().write(to: URL(fileURLWithPath: empty))
      for path in [foreign, text, empty] {
        let before = try bytes(path)
        for access in [SurveyDatabase.Access.reading, .writing] {
          #expect(throws: SurveyError.self) { try SurveyDatabase.open(path, for: access) }
        }
        #expect(try bytes(path) == before)
      }
      #expect(throws: SurveyError.notFound(path: "\(folder)/none")) {
        try SurveyDatabase.open("\(folder)/none", for: .reading)
      }
    }
  }

  @Test func theSecondOfTwoWritersIsRefused() throws {
    try Temporary.withFolder { folder in
      let path = try Published.database(in: folder)
      let paper = Repository.path("Documentation/survey-paper.yaml")
      let first = try DatabaseQueue(path: path)
      try first.inDatabase { db in
        try db.beginTransaction(.immediate)
        try db.execute(sql: "UPDATE affiliations SET country = 'Elsewhere' WHERE name = 'MIT'")
        #expect(throws: SurveyError.busy(path: path)) {
          try SurveyDatabase.importing([paper], into: path)
        }
        try db.rollback()
      }
      let before = try SurveyDatabase.open(path, for: .reading).content()
      #expect(before == (try Published.content.get()))
      // Once the first is done the second gets through.
      #expect(try SurveyDatabase.importing([paper], into: path).added > 0)
    }
  }

  @Test func sixWritersLoseNothing() async throws {
    let folder = Temporary.path("writers")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { Temporary.remove(folder) }
    let path = try Published.database(in: folder)
    let files = try (0..<6).map { index in
      let file = "\(folder)/affiliations-\(index)"
      try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
      try "name,country\nInstitute \(index),France\n"
        .write(toFile: file + "/affiliations.csv", atomically: true, encoding: .utf8)
      return file
    }
    let taken = await withTaskGroup(of: Bool.self) { group in
      for file in files {
        group.addTask { (try? SurveyDatabase.importing([file], into: path)) != nil }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    let names = try SurveyDatabase.open(path, for: .reading).content().affiliations
      .filter { $0.name.hasPrefix("Institute ") }
    #expect(names.count == taken && taken > 0)
  }

  @Test func theDatabaseItselfRefusesWhatBreaksItsRules() throws {
    let database = try SurveyDatabase.published()
    for sql in [
      "UPDATE results SET value = 100.5 WHERE key = 1",
      "UPDATE results SET kind = 'typical' WHERE key = 1",
      "UPDATE results SET kind = 'measured' WHERE key = 1",
      "UPDATE results SET model = 99999 WHERE key = 1",
      "INSERT INTO results (model, dataset, metric, value, kind) SELECT model, dataset, metric, value, kind FROM results WHERE key = 1",
      "DELETE FROM models WHERE id = 'sam'",
      "UPDATE models SET branch = 'sam' WHERE id = 'nnu-net'",
      "UPDATE models SET params_millions = 'many' WHERE id = 'sam'",
      "INSERT INTO sources (id, authors_short, title) SELECT id, authors_short, title FROM sources",
      "INSERT INTO doubts (code, text) VALUES ('x', 'about nothing')",
    ] {
      #expect(throws: DatabaseError.self, "\(sql)") {
        try database.queue.write { try $0.execute(sql: sql) }
      }
    }
  }
}

// Preparing a dataset again and again: kept when nothing changed, rebuilt when anything did.

import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@testable import Planning

@Suite struct PreparationResumeTests {
  @Test func onlyWhatChangedIsRebuilt() throws {
    try Dataset.with(cases: 4) { dataset in
      #expect(try dataset.prepare() == Array(repeating: .built, count: 4))
      let first = try dataset.contents()
      #expect(try dataset.prepare() == Array(repeating: .kept, count: 4))

      let stale = CaseStore.Progress.Outcome.rebuilt(reason: "the plan or its files have changed")
      try dataset.write(case: 1, seed: 50)
      #expect(try dataset.prepare() == [.kept, stale, .kept, .kept])
      #expect(try dataset.contents()[1] != first[1])
      try dataset.write(case: 1, seed: 1)
      // The same contents give the same file, whatever the file's date.
      #expect(try dataset.prepare()[1] == stale)
      #expect(try dataset.contents() == first)

      var batch = dataset
      batch.configuration.batchSize = 99
      #expect(try batch.prepare() == Array(repeating: .kept, count: 4))
      var spacing = dataset
      spacing.configuration.spacing = [1.1, 1, 1]
      #expect(try spacing.prepare() == Array(repeating: stale, count: 4))
    }
  }

  @Test func damagedFilesAreRebuiltTheSame() throws {
    try Dataset.with(cases: 6) { dataset in
      _ = try dataset.prepare()
      let first = try dataset.contents()
      let damage: [(inout Data) -> Void] = [
        { $0.removeLast(10) }, { $0[$0.count - 3] ^= 1 }, { $0[60] ^= 4 }, { $0[8] = 9 },
        { $0 = Data() }, { $0 = Data("no case at all, but text that is long enough".utf8) },
      ]
      for (index, change) in damage.enumerated() {
        var data = Data(first[index])
        change(&data)
        try data.write(to: URL(fileURLWithPath: dataset.path(of: index)))
        let store = CaseStore(folder: dataset.folder)
        #expect(throws: PreparationError.self, "case \(index)") {
          let mapped = try store.open("case\(index)")
          var image = [Float](repeating: 0, count: mapped.shape.reduce(1, *))
          try image.withUnsafeMutableBufferPointer {
            try mapped.read(lower: [0, 0, 0], size: mapped.shape, image: $0)
          }
        }
      }
      // What a killed process leaves.
      try Data(repeating: 7, count: 100_000).write(
        to: URL(fileURLWithPath: dataset.partialPath(of: 0)))
      for outcome in try dataset.prepare() {
        guard case .rebuilt = outcome else {
          Issue.record("\(outcome) where a damaged file was")
          continue
        }
      }
      #expect(try dataset.contents() == first)
      #expect(!FileManager.default.fileExists(atPath: dataset.partialPath(of: 0)))
    }
  }

  @Test func anyNumberOfThreadsWritesTheSameFiles() throws {
    try Dataset.with(cases: 3) { dataset in
      var dataset = dataset
      var contents: [[[UInt8]]] = []
      for threads in [1, 2, 7] {
        dataset.options.threads = threads
        try? FileManager.default.removeItem(atPath: dataset.folder)
        _ = try dataset.prepare()
        contents.append(try dataset.contents())
      }
      #expect(contents[0] == contents[1] && contents[0] == contents[2])
    }
  }

  @Test func aFullDiskLeavesNothingBehind() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    try Dataset.with(cases: 2) { dataset in
      try FileManager.default.createDirectory(
        atPath: dataset.folder, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: dataset.partialPath(of: 1), withDestinationPath: "/dev/full")
      do {
        _ = try dataset.prepare()
        Issue.record("a full disk was not noticed")
      } catch PreparationError.diskFull(let path, let bytes) {
        #expect(path == dataset.path(of: 1))
        #expect(bytes > 0)
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: dataset.folder)
      #expect(left == ["case0.case"])
      #expect(try dataset.prepare() == [.kept, .built])
    }
  }

  @Test func aFileThatAnotherProcessWritesIsLeftAlone() throws {
    try Dataset.with(cases: 1) { dataset in
      try FileManager.default.createDirectory(
        atPath: dataset.folder, withIntermediateDirectories: true)
      let other = open(dataset.partialPath(of: 0), O_CREAT | O_RDWR, 0o644)
      defer { close(other) }
      #expect(flock(other, LOCK_EX) == 0)
      #expect(throws: PreparationError.self) { try dataset.prepare() }
    }
  }

  @Test func badCasesAreNamed() throws {
    try Dataset.with(cases: 2) { dataset in
      var dataset = dataset
      dataset.options.allowedLabels = [0, 1]
      #expect(throws: PreparationError.self) { try dataset.prepare() }
      do { _ = try dataset.prepare() } catch let error as PreparationError {
        #expect(error.description.contains("case0") && error.description.contains("2"))
      }
      dataset.options.allowedLabels = nil
      try "nothing".write(toFile: dataset.cases[0].images[0], atomically: true, encoding: .utf8)
      #expect(throws: PreparationError.self) { try dataset.prepare() }
      try FileManager.default.removeItem(atPath: dataset.cases[0].images[0])
      #expect(throws: PreparationError.self) { try dataset.prepare() }
      #expect(throws: PlanningError.unknownConfiguration("3d", known: ["test"])) {
        try CaseStore.prepare(
          dataset.cases, plans: .example(dataset.configuration), configurationName: "3d",
          folder: dataset.folder)
      }
      #expect(throws: PreparationError.missing(path: CaseStore(folder: "no").path(of: "x"))) {
        try CaseStore(folder: "no").open("x")
      }
    }
  }

  @Test func aPreviousStageIsPartOfTheKey() throws {
    try Dataset.with(cases: 1) { dataset in
      var dataset = dataset
      dataset.options.classes = [1, 2]
      for (label, expected) in [(Int16(1), CaseStore.Progress.Outcome.built), (1, .kept)] {
        dataset.options.previousStage = { _ in
          LabelArray(
            labels: Array(repeating: label, count: 8 * 9 * 10), shape: [8, 9, 10],
            spacing: [1, 1, 1])
        }
        #expect(try dataset.prepare() == [expected])
      }
      let mapped = try CaseStore(folder: dataset.folder).open("case0")
      #expect(mapped.channels == 3)
      dataset.options.previousStage = { _ in
        LabelArray(
          labels: Array(repeating: 2, count: 8 * 9 * 10), shape: [8, 9, 10], spacing: [1, 1, 1])
      }
      #expect(try dataset.prepare() != [.kept])
    }
  }
}

/// A few random cases as NIfTI files, and where they are prepared.
private struct Dataset {
  let root: String
  var configuration = PlannedConfiguration.example(spacing: [0.7, 0.9, 0.8])
  var options = CaseStore.Options()
  var cases: [DatasetCase] = []

  static func with(cases count: Int, _ body: (Dataset) throws -> Void) throws {
    try Temporary.withFolder { root in
      var dataset = Dataset(root: root)
      dataset.options.threads = 2
      dataset.cases = (0..<count).map {
        DatasetCase(
          id: "case\($0)", images: ["\(root)/image\($0).nii.gz"], label: "\(root)/label\($0).nii.gz"
        )
      }
      for index in 0..<count { try dataset.write(case: index, seed: UInt64(index)) }
      try body(dataset)
    }
  }

  var folder: String { root + "/prepared" }

  func path(of index: Int) -> String { "\(folder)/case\(index).case" }

  func partialPath(of index: Int) -> String { "\(folder)/.case\(index).case.partial" }

  func write(case index: Int, seed: UInt64) throws {
    let geometry = Geometry(size: SIMD3(10, 9, 8))
    let noise = PreparationGolden.noise(geometry.count, seed: seed)
    try Volume(geometry: geometry, voxels: .float32(noise.map { Float($0) + 1 }))
      .write(to: cases[index].images[0])
    try LabelMap(geometry: geometry, labels: noise.map { Int32($0 * 3) })
      .write(to: cases[index].label ?? "")
  }

  func contents() throws -> [[UInt8]] {
    try cases.indices.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(of: $0)))) }
  }

  func prepare() throws -> [CaseStore.Progress.Outcome] {
    let log = Log()
    try CaseStore.prepare(
      cases, plans: .example(configuration), configurationName: "test", folder: folder,
      options: options
    ) { log.add($0) }
    let seen = log.entries
    #expect(seen.map(\.finished) == Array(1...cases.count))
    return seen.sorted { $0.id < $1.id }.map(\.outcome)
  }
}

private final class Log: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var found: [CaseStore.Progress] = []

  func add(_ progress: CaseStore.Progress) { lock.withLock { found.append(progress) } }
  var entries: [CaseStore.Progress] { lock.withLock { found } }
}

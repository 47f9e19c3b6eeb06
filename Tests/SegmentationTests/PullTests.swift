// Downloads from a local server: whole, in two halves, twice at once, and of files that changed.

import Crypto
import Foundation
import TestSupport
import Testing

@testable import Models
@testable import Segmentation

/// A cache folder of its own and the file that a server offers.
final class PullScene: Sendable {
  static let bytes = PullScene.noise(seed: 1)

  let folder = URL(fileURLWithPath: Temporary.path("cache"))

  deinit { try? FileManager.default.removeItem(at: folder) }

  var target: URL { folder.appendingPathComponent("model/tag/file.bin") }
  var part: URL { target.appendingPathExtension("part") }

  /// Everything in the folder, by path.
  var files: [String] {
    FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
      .filter { $0.contains(".bin") }.sorted() ?? []
  }

  static func noise(seed: UInt64, count: Int = 300_000) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  /// The card of `bytes`; what it does not state is `nil`.
  static func checkpoint(
    _ bytes: [UInt8] = PullScene.bytes, statesHash: Bool = true, length: Int? = nil
  ) -> Checkpoint {
    Checkpoint(
      file: "file.bin", bytes: length,
      sha256: statesHash ? SHA256.hash(data: bytes).hexadecimal : nil, licence: "none",
      trainedOn: [], labels: [])
  }

  @discardableResult
  func pull(
    _ server: LocalServer, _ checkpoint: Checkpoint = PullScene.checkpoint(),
    path: String = "file.bin",
    patience: TimeInterval = 120, report: @escaping @Sendable (PullProgress) -> Void = { _ in }
  ) async throws -> Pulled {
    let address = try #require(URL(string: server.address(path)))
    return try await Pull(checkpoint, from: address, to: target, patience: patience, report: report)
      .run()
  }

  /// Pulls from a server whose answer breaks off, and leaves what came.
  func leavePart(_ server: LocalServer, _ checkpoint: Checkpoint = PullScene.checkpoint())
    async throws
  {
    await #expect(throws: PullError.self) { try await pull(server, checkpoint) }
    #expect(files.first == "model/tag/file.bin.part")
  }
}

/// Keeps what a pull reports.
// Safe because every access holds the lock.
final class Reports: @unchecked Sendable {
  private let lock = NSLock()
  private var kept: [PullProgress] = []

  var all: [PullProgress] { lock.withLock { kept } }
  func add(_ progress: PullProgress) { lock.withLock { kept.append(progress) } }
}

@Suite struct PullTests {
  private let scene = PullScene()
  private let whole = LocalServer.Answer(PullScene.bytes)
  private let count = PullScene.bytes.count

  @Test func aFileArrivesOnceAndIsKept() async throws {
    try await LocalServer.serving(whole) { server in
      let reports = Reports()
      let pulled = try await scene.pull(server, report: reports.add)
      #expect(try [UInt8](Data(contentsOf: scene.target)) == PullScene.bytes)
      #expect(pulled.bytes == count && pulled.resumedFrom == 0)
      #expect(pulled.sha256 == PullScene.checkpoint().sha256)
      #expect(scene.files == ["model/tag/file.bin"])
      #expect(reports.all.first == .received(0, of: count))
      #expect(reports.all.last == .received(count, of: count))
      let again = try await scene.pull(server)
      #expect(again.resumedFrom == count && again.sha256 == pulled.sha256)
      #expect(server.requests.map(\.sent) == [count])
    }
  }

  /// The second request asks for the rest only, and only if the file is still the same.
  @Test(arguments: [true, false])
  func aBrokenDownloadIsGoneOnWith(stalls: Bool) async throws {
    let broken = whole.with {
      $0.sends = 100_000
      $0.stalls = stalls
    }
    try await LocalServer.serving(broken, whole) { server in
      let error = await #expect(throws: PullError.self) {
        try await scene.pull(server, patience: stalls ? 3 : 120)
      }
      guard case .brokenOff(_, 100_000, count, let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.contains("nothing came for 3 s") == stalls, "\(reason)")
      #expect(scene.files == ["model/tag/file.bin.part", "model/tag/file.bin.part.json"])
      let pulled = try await scene.pull(server)
      #expect(try [UInt8](Data(contentsOf: scene.target)) == PullScene.bytes)
      #expect(pulled.resumedFrom == 100_000 && pulled.bytes == count)
      #expect(scene.files == ["model/tag/file.bin"])
      #expect(server.requests.map(\.sent) == [100_000, 200_000])
      #expect(server.requests[1].headers["range"] == "bytes=100000-")
      #expect(server.requests[1].headers["if-range"] == "\"1\"")
    }
  }

  @Test func aServerWithoutRangesBeginsAnew() async throws {
    let broken = whole.with { $0.sends = 100_000 }
    let plain = whole.with { $0.honoursRanges = false }
    try await LocalServer.serving(broken, plain) { server in
      try await scene.leavePart(server)
      let pulled = try await scene.pull(server)
      #expect(pulled.resumedFrom == 0 && pulled.bytes == count)
      #expect(server.requests.map(\.sent) == [100_000, count])
    }
  }

  /// A new version on the server: told by its tag, by its length, by being shorter than what is here,
  /// or by the hash alone.
  @Test(arguments: ["tag", "length", "shorter", "hash"])
  func halvesOfTwoFilesAreNeverJoined(sign: String) async throws {
    let lengths = ["length": 310_000, "shorter": 50_000]
    let new = PullScene.noise(seed: 2, count: lengths[sign] ?? count)
    let broken = whole.with { $0.sends = 100_000 }
    let answer = LocalServer.Answer(new).with {
      $0.tag = sign == "tag" ? "\"2\"" : "\"1\""
      $0.honoursIfRange = sign == "tag"
    }
    try await LocalServer.serving(broken, answer) { server in
      try await scene.leavePart(server)
      let pulled = try await scene.pull(server, PullScene.checkpoint(new))
      #expect(try [UInt8](Data(contentsOf: scene.target)) == new)
      #expect(pulled.resumedFrom == 0 && scene.files == ["model/tag/file.bin"])
    }
  }

  /// Neither server nor card can tell that the file is still the same.
  @Test func withoutTagAndHashNothingIsGoneOnWith() async throws {
    let untagged = whole.with { $0.tag = nil }
    let card = PullScene.checkpoint(statesHash: false)
    try await LocalServer.serving(untagged.with { $0.sends = 9 }, untagged) { server in
      try await scene.leavePart(server, card)
      let pulled = try await scene.pull(server, card)
      #expect(pulled.resumedFrom == 0 && pulled.bytes == count)
      #expect(server.requests[1].headers["range"] == nil)
    }
  }

  /// As after a process that ended between the last byte and the new name.
  @Test func aCompletePartIsNotFetchedAgain() async throws {
    try await LocalServer.serving(whole.with { $0.sends = 100_000 }) { server in
      try await scene.leavePart(server)
      try Data(PullScene.bytes).write(to: scene.part)
      let pulled = try await scene.pull(server)
      #expect(pulled.resumedFrom == count && server.requests.count == 1)
      #expect(scene.files == ["model/tag/file.bin"])
    }
  }

  @Test func aDamagedFileInTheCacheIsPulledAgain() async throws {
    try await LocalServer.serving(whole) { server in
      try await scene.pull(server)
      var damaged = PullScene.bytes
      damaged[7] ^= 1
      try Data(damaged).write(to: scene.target)
      try await scene.pull(server)
      #expect(try [UInt8](Data(contentsOf: scene.target)) == PullScene.bytes)
      #expect(server.requests.count == 2)
    }
  }

  @Test func twoPullsAtOnceFetchOnce() async throws {
    try await LocalServer.serving(whole.with { $0.isHeld = true }) { server in
      let reports = Reports()
      async let first = scene.pull(server, report: reports.add)
      async let second = scene.pull(server, report: reports.add)
      while !reports.all.contains(.waiting), server.connections < 2 {
        try await Task.sleep(for: .milliseconds(10))
      }
      server.release()
      let found = try await [first, second]
      #expect(found.map(\.sha256) == [found[0].sha256, found[0].sha256])
      #expect(Set(found.map(\.resumedFrom)) == [0, count])
      #expect(server.requests.count == 1)
      #expect(reports.all.filter { $0 == .waiting }.count == 1)
      #expect(scene.files == ["model/tag/file.bin"])
    }
  }

  @Test func aFileOfUnknownLengthArrives() async throws {
    try await LocalServer.serving(whole.with { $0.claimedLength = -1 }) { server in
      let reports = Reports()
      let pulled = try await scene.pull(server, report: reports.add)
      #expect(pulled.bytes == count && reports.all.last == .received(count, of: nil))
    }
  }

  @Test func redirectsAreFollowed() async throws {
    let elsewhere = whole.with {
      $0.status = 302
      $0.location = "/elsewhere.bin"
    }
    try await LocalServer.serving(elsewhere, whole.with { $0.sends = 100_000 }, elsewhere, whole) {
      server in
      try await scene.leavePart(server)
      let pulled = try await scene.pull(server)
      #expect(pulled.resumedFrom == 100_000)
      #expect(
        server.requests.map(\.path) == [
          "/file.bin", "/elsewhere.bin", "/file.bin", "/elsewhere.bin",
        ])
    }
  }
}

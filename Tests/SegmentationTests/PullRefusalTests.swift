// Downloads that cannot succeed cost one line, and leave nothing that could be taken for weights.

import Foundation
import Models
import TestSupport
import Testing

@testable import Segmentation

@Suite struct PullRefusalTests {
  private let scene = PullScene()
  private let whole = LocalServer.Answer(PullScene.bytes)
  private let count = PullScene.bytes.count

  private func refusal(
    _ server: LocalServer, _ checkpoint: Checkpoint = PullScene.checkpoint(),
    patience: TimeInterval = 120
  ) async throws -> PullError {
    let error = await #expect(throws: PullError.self) {
      try await scene.pull(server, checkpoint, patience: patience)
    }
    let found = try #require(error)
    #expect(!String(describing: found).contains("\n"))
    #expect(!FileManager.default.fileExists(atPath: scene.target.path))
    return found
  }

  @Test func weightsWithoutAnAddressAreNamedWithTheirPage() async throws {
    let store = ModelStore(folder: scene.folder)
    let entry = try Registry.model("medsam")
    let error = await #expect(throws: PullError.self) { try await store.pull(entry) }
    let text = String(describing: try #require(error))
    #expect(text.contains("medsam_vit_b.pth") && text.contains("https://"))
    #expect(text.contains(store.path(of: entry).path) && !text.contains("\n"))
    #expect(!FileManager.default.fileExists(atPath: scene.folder.path))
  }

  @Test func wrongContentIsNotKept() async throws {
    try await LocalServer.serving(.init(PullScene.noise(seed: 2))) { server in
      let error = try await refusal(server)
      #expect(error == .otherContent(url: server.address()))
      #expect(scene.files.isEmpty && server.requests.count == 1)
    }
  }

  /// A beginning that may be to blame is fetched once more; then the server is.
  @Test func wrongContentAfterABreakIsTriedOnceMore() async throws {
    let other = LocalServer.Answer(PullScene.noise(seed: 2))
    try await LocalServer.serving(other.with { $0.sends = 100_000 }, other) { server in
      try await scene.leavePart(server)
      #expect(try await refusal(server) == .otherContent(url: server.address()))
      #expect(server.requests.map(\.sent) == [100_000, 200_000, count])
      #expect(scene.files.isEmpty)
    }
  }

  @Test func anotherLengthIsToldBeforeTheFileIsFetched() async throws {
    try await LocalServer.serving(whole.with { $0.claimedLength = 300_001 }) { server in
      let error = try await refusal(server, PullScene.checkpoint(length: count))
      #expect(error == .otherLength(url: server.address(), met: 300_001, expected: count))
      #expect(scene.files.isEmpty)
    }
  }

  /// The length is not stated and the file is longer or shorter than its card says.
  @Test func anotherLengthIsToldWithoutAHeaderToo() async throws {
    try await LocalServer.serving(whole.with { $0.claimedLength = -1 }) { server in
      let longer = try await refusal(server, PullScene.checkpoint(length: 100_000))
      guard case .otherLength(_, _, 100_000) = longer else {
        Issue.record("\(longer)")
        return
      }
      #expect(scene.files.isEmpty)
      let shorter = try await refusal(server, PullScene.checkpoint(length: count + 1))
      guard case .brokenOff(_, count, count + 1, _) = shorter else {
        Issue.record("\(shorter)")
        return
      }
    }
  }

  @Test(arguments: [404, 403, 500, 416, 206])
  func refusedRequestsLeaveNothing(status: Int) async throws {
    try await LocalServer.serving(whole.with { $0.status = status }) { server in
      let error = try await refusal(server)
      guard case .unreachable(server.address(), let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("\(status)"), "\(reason)")
      #expect(scene.files.isEmpty)
    }
  }

  /// What is here may still be completed once the server works again.
  @Test func aServerInTroubleCostsNothingThatIsHere() async throws {
    let broken = whole.with { $0.sends = 100_000 }
    try await LocalServer.serving(broken, whole.with { $0.status = 503 }, whole) { server in
      try await scene.leavePart(server)
      _ = try await refusal(server)
      #expect(try await scene.pull(server).resumedFrom == 100_000)
    }
  }

  @Test func nobodyListens() async throws {
    let address = try await LocalServer.serving(whole) { $0.address() }
    try await Task.sleep(for: .milliseconds(200))
    let url = try #require(URL(string: address))
    let error = await #expect(throws: PullError.self) {
      try await Pull(PullScene.checkpoint(), from: url, to: scene.target).run()
    }
    guard case .unreachable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(scene.files.isEmpty)
  }

  @Test func aServerThatNeverAnswersIsLeft() async throws {
    try await LocalServer.serving(whole.with { $0.isSilent = true }) { server in
      let error = try await refusal(server, patience: 1)
      #expect(error == .unreachable(url: server.address(), reason: "nothing came for 1 s"))
      #expect(scene.files.isEmpty)
    }
  }

  @Test func aFullDiskIsToldBeforeAnythingIsFetched() async throws {
    try await LocalServer.serving(whole) { server in
      let error = try await refusal(server, PullScene.checkpoint(length: 1 << 60))
      guard case .noSpace(scene.target.path, 1 << 60, let free) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(free > 0 && server.requests.isEmpty && scene.files.isEmpty)
    }
  }

  /// The card knows no length, the server does.
  @Test func aDiskThatIsTooSmallForTheServersFile() async throws {
    try await LocalServer.serving(whole.with { $0.claimedLength = 1 << 60 }) { server in
      guard case .noSpace = try await refusal(server) else {
        Issue.record("the download began")
        return
      }
      #expect(scene.files.isEmpty)
    }
  }

  @Test func aCacheThatCannotBeWrittenIsToldBeforeAnythingIsFetched() async throws {
    try Data().write(to: scene.folder)  // a file where a folder should be
    try await LocalServer.serving(whole) { server in
      guard case .notKept(scene.target.path, _) = try await refusal(server) else {
        Issue.record("the download began")
        return
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func aFolderWithTheNameOfTheFile() async throws {
    try FileManager.default.createDirectory(at: scene.target, withIntermediateDirectories: true)
    try await LocalServer.serving(whole) { server in
      await #expect(
        throws: PullError.notKept(path: scene.target.path, reason: "a folder has this name")
      ) { try await scene.pull(server) }
      #expect(server.requests.isEmpty)
    }
  }
}

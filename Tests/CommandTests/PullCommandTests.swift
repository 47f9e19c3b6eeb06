// `vesalius models pull`: where weights go, and what is refused before anything is fetched.

import Foundation
import Models
import Segmentation
import TestSupport
import Testing

@testable import vesalius

@Suite struct PullCommandTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  @Test func theCacheMoves() throws {
    let moved = folder.hidden("moved")
    let outcome = try Product.run(
      ["models", "pull", "medsam"], in: folder, environment: ["VESALIUS_CACHE": moved])
    #expect(outcome.code == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(moved + "/medsam/"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: moved))
  }

  @Test func aCacheThatIsNoFolderIsRefused() throws {
    let file = folder.hidden("file")
    try Data().write(to: URL(fileURLWithPath: file))
    let outcome = try Product.run(
      ["models", "pull", "lwnet"], in: folder, environment: ["VESALIUS_CACHE": file])
    #expect(outcome.code == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("set VESALIUS_CACHE to a folder that can"))
    // The licence and the error.
    #expect(outcome.errorLines.count == 3, "\(outcome.errors)")
  }

  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func weightsThatAreHereAreNotFetched() throws {
    let entry = try Registry.model("lwnet/drive")
    let place = ModelStore(folder: URL(fileURLWithPath: folder.hidden("cache"))).path(of: entry)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Shared.path("weights/lwnet-vessel/experiments/wnet_drive/model_checkpoint.pth"),
      toPath: place.path)
    let outcome = try Product.run(["models", "pull", "lwnet"], in: folder)
    #expect(outcome.code == 0 && outcome.output == place.path + "\n")
    let json = try Product.run(["models", "pull", "lwnet", "--json"], in: folder)
    let pulled = try JSONDecoder().decode(Pulled.self, from: Data(json.output.utf8))
    #expect(pulled.path == place.path && pulled.sha256 == entry.checkpoint?.sha256)
    #expect(pulled.bytes == entry.checkpoint?.bytes && pulled.resumedFrom == pulled.bytes)
  }

  @Test(
    arguments: [
      (0, 100, 0, 0.0, "░░░░░░░░░░░░░░░░ 0.0 of 0.0 MB  0.0 MB/s"),
      (
        250_000_000, 1_000_000_000, 50_000_000, 5.0,
        "████░░░░░░░░░░░░ 250.0 of 1000.0 MB  10.0 MB/s  1:15 left"
      ),
      (
        1_000_000, 40_000_000_000, 1_000_000, 1.0,
        "░░░░░░░░░░░░░░░░ 1.0 of 40000.0 MB  1.0 MB/s  11:06:39 left"
      ),
      (100, 100, 100, 1.0, "████████████████ 0.0 of 0.0 MB  0.0 MB/s  0:00 left"),
      (2_500_000, nil, 2_500_000, 1.0, "2.5 MB  2.5 MB/s"),
    ] as [(Int, Int?, Int, Double, String)])
  func theBarTellsHowLongItTakes(
    bytes: Int, total: Int?, fetched: Int, seconds: Double, text: String
  ) {
    let bar = TransferBar.text(bytes: bytes, total: total, fetched: fetched, seconds: seconds)
    #expect(bar == text)
  }
}

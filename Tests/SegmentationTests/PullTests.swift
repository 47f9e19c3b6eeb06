// Weights that only a person can fetch are asked for in one line.

import Foundation
import Models
import Segmentation
import Testing

@Suite struct PullTests {
  @Test func weightsWithoutAnAddressAreNamedWithTheirPage() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let store = ModelStore(folder: folder)
    let entry = try Registry.model("medsam")
    let error = await #expect(throws: PullError.self) { try await store.pull(entry) }
    let text = String(describing: try #require(error))
    #expect(text.contains("medsam_vit_b.pth") && text.contains("https://"))
    #expect(text.contains(store.path(of: entry).path) && !text.contains("\n"))
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}

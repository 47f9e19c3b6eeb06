// The weights that ship: their files are those of the cards, and each network takes all of its own.

import Foundation
import Models
import Testing
import Weights

@testable import Segmentation

@Suite struct ShippedWeightsTests {
  static let shipped = Registry.models.filter { $0.checkpoint?.isShipped == true }

  @Test func twoNetworksShip() {
    #expect(Self.shipped.map(\.id) == ["universeg/small", "interactive-unet/v1"])
    #expect(Self.shipped.reduce(0) { $0 + ($1.checkpoint?.bytes ?? 0) } < 12_000_000)
  }

  @Test(arguments: shipped.map(\.id)) func theFileIsTheOneOfTheCard(_ id: String) throws {
    let entry = try Registry.model(id)
    let checkpoint = try #require(entry.checkpoint)
    let file = try #require(checkpoint.shippedFile)
    #expect(ModelStore().path(of: entry) == file)
    #expect(try ModelStore.sha256(ofFile: file.path) == checkpoint.sha256)
    let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
    #expect(size == checkpoint.bytes)
    let weights = try WeightFile(contentsOf: file.path).stateDict()
    let count = weights.names.reduce(0) { sum, name in
      sum + (weights.shape(of: name, asked: []) ?? []).reduce(1, *)
    }
    #expect(count == entry.parameters)
  }
}

// Weights split over several files are one table, and no index reaches outside its folder.

import Foundation
import Testing
import Weights

@Suite struct ShardTests {
  @Test(arguments: ["model.safetensors.index.json", ""])
  func shardsAreMerged(name: String) throws {
    let file = try Fixture.open(name)
    #expect(file.format == .shards)
    #expect(file.names == ["a", "b.c"])
    #expect(try file.tensors["b.c"]?.values(Float.self) == [2, 3, 4, 5])
    #expect(file.metadata == ["total_size": "24"])
    #expect(try file.stateDict(at: "b").names == ["c"])
  }

  @Test(arguments: ["../x.safetensors", "/x.safetensors", "a/../../x", "", "a//b", "..\\x"])
  func shardsOutsideTheFolderAreRefused(shard: String) throws {
    let text = try open(index: ["weight_map": ["w": shard]])
    #expect(text?.contains("leaves its folder") == true)
  }

  @Test func lostTensorsAndShardsAreNamed() throws {
    #expect(
      try open(index: ["weight_map": ["w": "x.safetensors"]])?.contains("x.safetensors") == true)
    let folder = try Fixture.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(
      atPath: Fixture.path("shard-1.safetensors"), toPath: folder.path + "/s.safetensors")
    let text = try open(index: ["weight_map": ["z": "s.safetensors"]], in: folder)
    #expect(text?.contains("z is not in s.safetensors") == true)
  }

  @Test func otherJSONIsNoIndex() throws {
    #expect(try open(index: ["a": ["b": "c"]])?.contains("without a weight_map") == true)
  }

  private func open(index: [String: [String: String]], in given: URL? = nil) throws -> String? {
    let folder = try given ?? Fixture.folder()
    defer { if given == nil { try? FileManager.default.removeItem(at: folder) } }
    let url = folder.appendingPathComponent("m.safetensors.index.json")
    try JSONEncoder().encode(index).write(to: url)
    return message { _ = try WeightFile(contentsOf: url.path) }
  }
}

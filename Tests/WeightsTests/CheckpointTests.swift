// Checkpoints as trainers write them: nested dictionaries, numpy numbers, Python's small classes.

import Tensors
import Testing
import Weights

@Suite struct CheckpointTests {
  @Test(arguments: [2, 4, 5])
  func everyProtocolGivesTheSameTree(version: Int) throws {
    let file = try Fixture.open("checkpoint-\(version).pth")
    let root = try #require(file.root)
    #expect(root["epoch"]?.integer == 3)
    #expect(root.dictionary?.entries.first?.key.text == "epoch")
    let dice = try #require(root["logging"]?["dice"]?.items)
    #expect(dice.compactMap(\.number) == [0.5, 0.25, 7, 1, 1.5])
    let curve = try #require(root["logging"]?["curve"]?.tensor)
    #expect(try curve.values(Double.self) == [0, 1, 2, 3, 4, 5])
    let fortran = try #require(root["logging"]?["fortran"]?.tensor)
    #expect(fortran.shape == [2, 3])
    #expect(try fortran.values(Int32.self) == [0, 1, 2, 3, 4, 5])
    #expect(try root["logging"]?["big"]?.tensor?.values(Float.self) == [1, 2])
    #expect(root["logging"]?["objects"]?.items?.first?.integer == 1)
    #expect(root["size"]?.items?.compactMap(\.integer) == [1, 2])
    #expect(root["device"]?.text == "cuda:0")
    #expect(root["dtype"]?.text == "torch.bfloat16")
    #expect(root["arguments"]?["lr"]?.number == 0.5)
    #expect(root["path"]?.text == "/data/run")
    #expect(root["factory"]?["a"]?.items?.count == 1)
    #expect(root["set"]?.items?.first?.integer == 1)
    #expect(root["negative"]?.integer == -(1 << 40))
    #expect(root["text"]?.text == "größe")
    guard case .bytes(let bytes)? = root["bytes"] else {
      Issue.record("expected bytes")
      return
    }
    #expect(bytes == [0, 255])
    guard case .largeInteger(let large)? = root["large"] else {
      Issue.record("expected a large integer")
      return
    }
    #expect(large.count == 11)
  }

  @Test func tensorsAreFlattenedUnderDottedNames() throws {
    let file = try Fixture.open("checkpoint-2.pth")
    #expect(file.names.first == "network_weights.0.weight")
    #expect(file.names.contains("optimizer_state.state.0.exp_avg"))
    #expect(try file.tensors["parameter"]?.values(Float.self) == [4, 5])
    #expect(try file.tensors["network_weights.0.bias"]?.values(Float.self) == [100, 101])
  }

  @Test func stateDictIsFoundAtTheUsualKeyOrTheGivenOne() throws {
    let file = try Fixture.open("checkpoint-2.pth")
    let found = try file.stateDict()
    #expect(found.key == "network_weights")
    #expect(
      found.names == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked",
      ])
    #expect(found["0.weight"]?.shape == [2, 1, 3, 3])
    #expect(try file.stateDict(at: "optimizer_state.state").names == ["0.exp_avg"])
    let text = message { _ = try file.stateDict(at: "nonsense") }
    #expect(text?.contains("choose one of: network_weights, optimizer_state, logging") == true)
  }

  @Test func torchScriptIsReadWithoutRunningIt() throws {
    let file = try Fixture.open("script.pt")
    #expect(file.format == .torchScript)
    #expect(try file.stateDict()["0.bias"]?.values(Float.self) == [100, 101])
    #expect(Set(try file.stateDict().names).isSuperset(of: ["1.running_var", "0.weight"]))
  }

  @Test func plainPicklesOfNumpyArrays() throws {
    let file = try Fixture.open("arrays.pkl")
    #expect(file.format == .pickle)
    #expect(try file.stateDict().key == "model")
    #expect(try file.stateDict()["w"]?.values(Float.self) == [0, 1, 2])
  }

  @Test func textualProtocol() throws {
    let items = try Fixture.open("protocol0.pkl").root?["a"]?.items
    #expect(items?.compactMap(\.number) == [1, 1, 2.5, 1e12])
    #expect(items?[3].text == "é\n")
  }
}

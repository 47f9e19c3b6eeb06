// `vesalius models` and `vesalius doctor`: what they print is whole, and they start at once.

import Foundation
import Models
import TestSupport
import Testing

@Suite struct ModelsCommandTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private func object(_ outcome: Outcome) throws -> [String: Any] {
    #expect(outcome.errors.isEmpty)
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func listNamesEveryModel() throws {
    let outcome = try Product.run(["models", "list", "--json"], in: folder)
    let rows = try #require(try object(outcome)["models"] as? [[String: Any]])
    #expect(outcome.code == 0)
    #expect(rows.compactMap { $0["id"] as? String } == Registry.models.map(\.id))
    // What ships is here without a pull.
    let here = rows.filter { $0["isPulled"] as? Bool == true }.compactMap { $0["id"] as? String }
    #expect(here == ["universeg/small", "interactive-unet/v1"])
    let table = try Product.run(["models", "list"], in: folder)
    #expect(table.output.split(separator: "\n").count == Registry.models.count + 1)
  }

  @Test(arguments: Registry.models.map(\.id))
  func showTellsLicenceAndHash(id: String) throws {
    let model = try Registry.model(id)
    let shown = try Product.run(["models", "show", id], in: folder)
    #expect(shown.code == 0)
    for text in [id, model.checkpoint?.sha256, model.checkpoint?.licence].compactMap(\.self) {
      #expect(shown.output.contains(text))
    }
    let json = try object(Product.run(["models", "show", id, "--json"], in: folder))
    #expect(json["id"] as? String == id)
  }

  @Test func doctorAnswersInJSON() throws {
    let outcome = try Product.run(["doctor", "--json"], in: folder)
    #expect([0, 1].contains(outcome.code))
    let findings = try #require(try object(outcome)["findings"] as? [[String: Any]])
    let subjects = findings.compactMap { $0["subject"] as? String }
    #expect(Set(["Swift", "libtorch", "ITK", "Weights"]).isSubset(of: subjects))
    let hasProblem = findings.contains { $0["verdict"] as? String == "problem" }
    #expect(outcome.code == (hasProblem ? 1 : 0))
  }

  @Test func verifyFindsTheModel() throws {
    let weights = try TinyWeights.write(TinyWeights.volumes, in: folder)
    let fits = try Product.run(["models", "verify", weights, "--json"], in: folder)
    #expect(fits.code == 0)
    #expect(try object(fits)["models"] as? [String] == [TinyWeights.volumes])
  }

  /// Exit codes must not depend on the form of the answer.
  @Test(arguments: [[], ["--json"]])
  func verifyFailsWhenNothingFits(form: [String]) throws {
    // One tensor called w of four bytes, as safetensors lays it out.
    let header = #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    try folder.write("other.safetensors", length + Array(header.utf8) + [0, 0, 0, 0])
    let outcome = try Product.run(["models", "verify", "other.safetensors"] + form, in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errors.isEmpty)
    #expect(!outcome.output.isEmpty)
  }

  @Test(arguments: ["", "no manifest", "[]", "{}", #"{"id": 1}"#, #"{"id": "nobody"}"#])
  func parityNeedsAManifest(text: String) throws {
    try folder.write("file.json", text.utf8)
    let outcome = try Product.run(["models", "parity", "file.json"], in: folder)
    expectRefusal(outcome, naming: ["file.json is not a parity manifest"])
  }

  @Test func parityOfAMissingFile() throws {
    let outcome = try Product.run(["models", "parity", "none.json"], in: folder)
    expectRefusal(outcome, naming: ["none.json"])
  }

  /// The manifest of LittleWNet with one field of its first output or input replaced.
  private func changed(_ list: String, _ field: String, _ value: Any) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Repository.path("Parity/lwnet.json")))
    var manifest = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    var entries = try #require(manifest[list] as? [[String: Any]])
    entries[0][field] = value
    manifest[list] = entries
    try folder.write("changed.json", JSONSerialization.data(withJSONObject: manifest))
  }

  @Test(arguments: [
    ("outputs", "stride", [1_000_000]), ("outputs", "stride", [0]), ("outputs", "values", []),
    ("outputs", "shape", [1 << 40, 1 << 40]), ("inputs", "shape", [-1, 3, 4, 4]),
    ("tensors", "shape", [Int.max, 2]),
  ])
  func parityOfImpossibleNumbers(list: String, field: String, numbers: [Int]) throws {
    if field == "stride" {
      try changed(list, field, numbers[0])
    } else {
      try changed(list, field, numbers)
    }
    let outcome = try Product.run(["models", "parity", "changed.json"], in: folder)
    expectRefusal(outcome, naming: ["changed.json is not a parity manifest"])
  }

  /// An output of another shape has an infinite error, which JSON must be able to say.
  @Test func parityOfAnotherShape() throws {
    let golden = try Manifest(contentsOf: Repository.path("Parity/lwnet.json")).outputs[0]
    try changed("outputs", "shape", golden.shape + [1])
    let outcome = try Product.run(["models", "parity", "changed.json", "--json"], in: folder)
    #expect(outcome.code == 1)
    #expect(try object(outcome)["manifests"] != nil)
    #expect(outcome.output.contains("infinity"))
  }

  #if os(Linux)
    /// The loader itself tells which libraries it opens.
    @Test(arguments: [
      ["models", "list"], ["models", "show", "lwnet"], ["--help"], ["evaluate", "a.png", "b.png"],
      ["segment", "a.png", "--model", "nobody", "-o", "b.png"],
    ])
    func commandsWithoutTensorsDoNotLoadLibtorch(arguments: [String]) throws {
      let outcome = try Product.run(
        arguments, in: folder, environment: ["LD_DEBUG": "files"])
      #expect(outcome.errors.contains("libITKCommon"))
      #expect(!outcome.errors.contains("libtorch"))
      #expect(!outcome.errors.contains("libTorchBridge"))
    }
  #endif
}

// Every manifest in Parity/ is computed anew and compared with the official implementation's values.

import Foundation
import Models
import TestSupport
import Testing
import Weights

@Suite(.serialized) struct ParityTests {
  static let manifests = Repository.files(in: "Parity", withSuffix: ".json")
  /// Networks that need gigabytes and minutes.
  static let large = manifests.filter { path in
    ["sam-vit-l", "sam-vit-h"].contains { path.hasSuffix("/\($0).json") }
  }
  static let checksAll = ProcessInfo.processInfo.environment["VESALIUS_PARITY_ALL"] != nil

  @Test(arguments: manifests.filter { !large.contains($0) })
  func ourOutputsAreTheOfficialOnes(_ path: String) throws { try check(path) }

  @Test(
    .enabled(if: checksAll, "large networks are compared when VESALIUS_PARITY_ALL is set"),
    arguments: large)
  func ourOutputsOfLargeNetworksAreTheOfficialOnes(_ path: String) throws { try check(path) }

  private func check(_ path: String) throws {
    let manifest = try Manifest(contentsOf: path)
    let results = try Parity.check(manifest)
    #expect(results.count == manifest.outputs.count)
    for result in results {
      #expect(result.passes, "\(manifest.id) \(result.output): \(result.relativeError)")
    }
  }

  @Test func everyManifestOfTheRegistryIsHere() throws {
    let here = Set(Self.manifests.map { URL(fileURLWithPath: $0).lastPathComponent })
    for model in Registry.models {
      if let manifest = model.manifest { #expect(here.contains("\(manifest).json")) }
    }
  }

  @Test func otherValuesFail() throws {
    let text = try String(contentsOfFile: Repository.path("Parity/meshnet.json"), encoding: .utf8)
    let changed = text.replacingOccurrences(of: "0.0696787238", with: "0.0996787238")
    try #require(changed != text)
    let path = NSTemporaryDirectory() + "vesalius-parity-\(UUID().uuidString).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try changed.write(toFile: path, atomically: true, encoding: .utf8)
    let results = try Parity.check(Manifest(contentsOf: path))
    #expect(results.allSatisfy { !$0.passes })
  }

  @Test func somethingElseIsRefusedInOneLine() throws {
    let error = #expect(throws: ModelError.self) {
      try Manifest(contentsOf: Repository.path("Package.swift"))
    }
    #expect(!String(describing: error).contains("\n"))
  }
}

/// What every model in the registry must keep.
@Suite struct RegistryContractTests {
  @Test(arguments: Registry.models.map(\.id))
  func theCardTellsTheTruthAboutTheNetwork(_ id: String) throws {
    let entry = try Registry.model(id)
    let weights = Weights(ZeroSource())
    let model = try entry.load(weights)
    let learned = weights.parameters.filter {
      !$0.name.contains("running_") && !$0.name.hasSuffix("gaussian_matrix")
    }
    #expect(learned.reduce(0) { $0 + $1.shape.reduce(1, *) } == entry.parameters)
    #expect(entry.id == id)
    if let checkpoint = entry.checkpoint {
      #expect(checkpoint.url == nil || checkpoint.sha256 != nil)
      #expect(checkpoint.sha256 == nil || checkpoint.sha256?.count == 64)
      // Every file is somewhere: in the product, or on the web.
      let place = checkpoint.url ?? checkpoint.page
      #expect(checkpoint.isShipped ? place == nil : place?.hasPrefix("https://") == true)
      let isInteractive = model is any InteractiveModel
      #expect(
        isInteractive || (checkpoint.preparation == nil) != (checkpoint.prompting == nil))
      #expect(entry.takesPrompts == (isInteractive || checkpoint.prompting != nil))
      #expect((model is any PromptableModel) == (checkpoint.prompting != nil))
      #expect((model is any InContextModel) == entry.takesExamples)
      #expect(!checkpoint.licence.isEmpty && !checkpoint.trainedOn.isEmpty)
    }
  }

  @Test(
    arguments: Registry.models.filter { $0.checkpoint?.preparation != nil && !$0.takesExamples }
      .map(\.id))
  func classesOfTheNetworkAreTheLabelsOfTheCheckpoint(_ id: String) throws {
    let entry = try Registry.model(id)
    let checkpoint = try #require(entry.checkpoint)
    let preparation = try #require(checkpoint.preparation)
    let model = try #require(
      try entry.load(Weights(SeededInitialiser(seed: 1))) as? any DenseModel)
    let channels = preparation.channels == .rgb ? 3 : 1
    let size = entry.card.dimensions == 3 ? [8, 8, 8] : [16, 16]
    let logits = try inferenceLogits(model, [1, channels] + size)
    #expect(Array(logits.dropFirst(2)) == size)
    switch preparation.decision {
    case .argmax: #expect(logits[1] == checkpoint.labels.count)
    case .threshold: #expect(logits[1] == 1 && checkpoint.labels.count == 2)
    }
  }

  @Test func unknownNamesAreRefusedWithWhatIsKnown() {
    #expect(throws: ModelError.unknownTag("meshnet/x", known: meshNetTags)) {
      try Registry.model("meshnet/x")
    }
    #expect(throws: ModelError.self) { try Registry.model("nothing") }
    #expect(Set(Registry.models.map(\.id)).count == Registry.models.count)
  }

  private var meshNetTags: [String] {
    Registry.models.filter { $0.card.id == "meshnet" }.map(\.tag)
  }
}

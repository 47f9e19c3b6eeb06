// Weights and models that a run refuses: missing, foreign, broken, or with a will of their own.

import Foundation
import Imaging
import Testing

@Suite struct WeightRefusalTests {
  private let folder: Scratch

  init() throws {
    folder = try Scratch()
    try Pictures.ball().write(to: folder.place("ball.nii.gz"))
  }

  private func segment(
    model: String = TinyWeights.volumes, weights: String?
  ) throws -> Outcome {
    let before = folder.files
    let outcome = try Product.run(
      ["segment", "ball.nii.gz", "--model", model, "--output", "mask.nii.gz", "--threads", "1"]
        + (weights.map { ["--weights", $0] } ?? []), in: folder)
    #expect(folder.files == before)
    return outcome
  }

  @Test(arguments: [("posix", "system"), ("os", "system"), ("subprocess", "call")])
  func codeInAPickleIsNamedAndNeverRuns(module: String, function: String) throws {
    let trace = folder.path("it-ran")
    // PROTO 2, then GLOBAL, MARK, STRING, TUPLE, REDUCE and STOP.
    let call = "c\(module)\n\(function)\n(S'touch \(trace)'\ntR."
    try folder.write("evil.pth", [0x80, 2] + call.utf8)
    let outcome = try segment(weights: "evil.pth")
    expectRefusal(outcome, naming: ["evil.pth", "\(module).\(function)"])
    let verdict = try Product.run(["models", "verify", "evil.pth"], in: folder)
    expectRefusal(verdict, naming: ["\(module).\(function)"])
    #expect(!FileManager.default.fileExists(atPath: trace))
  }

  @Test func weightsOfAnotherModelListNames() throws {
    let other = try TinyWeights.write(TinyWeights.photographs, in: folder)
    let outcome = try segment(weights: other)
    expectRefusal(
      outcome,
      naming: [
        other, "does not fit meshnet/tissue3", "another model", "missing (model.0.weight",
        "not used", "unet1.",
      ])
  }

  @Test(arguments: [("", "empty"), ("these are no weights\n", "expected safetensors")])
  func fileThatHoldsNoWeights(text: String, word: String) throws {
    try folder.write("weights.pth", text.utf8)
    expectRefusal(try segment(weights: "weights.pth"), naming: ["weights.pth", word])
  }

  /// A weight that is no number would make a mask without foreground, which looks like a finding.
  @Test(arguments: [TinyWeights.volumes, TinyWeights.cells])
  func weightsThatAreNotNumbers(model: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: TinyWeights.write(model, in: folder)))
    bytes.replaceSubrange(
      bytes.count - 4..<bytes.count,
      with: withUnsafeBytes(of: Float.nan.bitPattern.littleEndian) { Data($0) })
    try folder.write("nan.safetensors", bytes)
    if model == TinyWeights.cells { try Pictures.grey().write(to: folder.place("ball.nii.gz")) }
    expectRefusal(try segment(model: model, weights: "nan.safetensors"), naming: ["not numbers"])
  }

  @Test func truncatedWeights() throws {
    let whole = try Data(
      contentsOf: URL(fileURLWithPath: TinyWeights.write(TinyWeights.volumes, in: folder)))
    try folder.write("half.safetensors", whole.prefix(whole.count / 2))
    expectRefusal(try segment(weights: "half.safetensors"), naming: ["half.safetensors"])
  }

  @Test func missingFile() throws {
    expectRefusal(try segment(weights: "none.pth"), naming: ["none.pth", "cannot be read"])
  }

  @Test func weightsThatWereNotPulledHaveACodeOfTheirOwn() throws {
    let outcome = try segment(weights: nil)
    expectRefusal(
      outcome, code: 3, naming: [TinyWeights.volumes, "vesalius models pull", "--weights"])
  }

  @Test func cachedFileThatIsNotThePublishedOne() throws {
    let cache = folder.url.appendingPathComponent("cache/meshnet/tissue3")
    try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
    let made = try TinyWeights.write(TinyWeights.volumes, in: folder)
    try FileManager.default.copyItem(
      atPath: made, toPath: cache.appendingPathComponent("model.pth").path)
    let outcome = try Product.run(
      ["segment", "ball.nii.gz", "--model", TinyWeights.volumes, "-o", "mask.nii.gz"], in: folder,
      environment: ["VESALIUS_CACHE": folder.path("cache")])
    expectRefusal(outcome, naming: ["SHA-256 differs", "pull it again"])
  }

  @Test func unknownModelsAndTags() throws {
    expectRefusal(
      try segment(model: "unet9000", weights: nil), naming: ["unet9000", "lwnet/drive"])
    expectRefusal(try segment(model: "meshnet/x", weights: nil), naming: ["meshnet/x", "tissue3"])
    for command in ["show", "pull"] {
      let outcome = try Product.run(["models", command, "nobody"], in: folder)
      expectRefusal(outcome, naming: ["nobody", "lwnet/drive"])
    }
  }

  /// Every request goes to a port where nothing listens.
  @Test func pullingWithoutNetworkOrPlace() throws {
    let nowhere = ["https_proxy": "http://127.0.0.1:9", "VESALIUS_CACHE": folder.path("cache")]
    let offline = try Product.run(["models", "pull", "lwnet"], in: folder, environment: nowhere)
    #expect(offline.code == 1)
    #expect(offline.output.isEmpty)
    #expect(offline.errors.contains("cannot be fetched"))
    #expect(folder.files.allSatisfy { !$0.hasSuffix(".part") && !$0.hasSuffix(".pth") })
    let unwritable = nowhere.merging(["VESALIUS_CACHE": folder.path("ball.nii.gz/x")]) { $1 }
    let blocked = try Product.run(["models", "pull", "lwnet"], in: folder, environment: unwritable)
    #expect(blocked.code == 1)
    #expect(blocked.errors.contains("set VESALIUS_CACHE"))
    #expect(blocked.errorLines.count == 3)  // The licence, the reason, and the end.
  }

  @Test(arguments: ["", "garbage\u{0}\u{1}\n", "{}", "\u{80}\u{2}."])
  func verifyingGarbage(text: String) throws {
    try folder.write("garbage", text.utf8)
    expectRefusal(
      try Product.run(["models", "verify", "garbage"], in: folder), naming: ["garbage"])
  }
}

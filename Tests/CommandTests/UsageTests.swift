// Arguments: wrong ones cost one line and code 2, and the texts of --help change on purpose only.

import Foundation
import TestSupport
import Testing

@Suite struct UsageTests {
  private static let commands: [[String]] = [
    [], ["segment"], ["compare"], ["models"], ["models", "list"], ["models", "show"],
    ["models", "pull"],
    ["models", "verify"], ["models", "parity"], ["evaluate"], ["plan"], ["train"],
    ["train-generalist"],
    ["export"], ["synthesize"], ["doctor"], ["survey"], ["survey", "query"], ["survey", "show"],
    ["survey", "compare"], ["survey", "gaps"], ["survey", "timeline"], ["survey", "headlines"],
    ["survey", "check"], ["survey", "import"], ["survey", "export"], ["survey", "record"],
  ]

  private static let isRecording =
    ProcessInfo.processInfo.environment["VESALIUS_RECORD"] == "1"

  /// Compares with the text in Snapshots; `VESALIUS_RECORD=1` writes it anew.
  @Test(arguments: commands)
  func help(command: [String]) throws {
    let outcome = try Product.run(command + ["--help"], in: Scratch())
    #expect(outcome.code == 0)
    #expect(outcome.errors.isEmpty)
    let name = (["vesalius"] + command).joined(separator: "-")
    let path = Repository.path("Tests/CommandTests/Snapshots/\(name).txt")
    if Self.isRecording {
      try outcome.output.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try outcome.output == String(contentsOfFile: path, encoding: .utf8))
  }

  @Test(.disabled(if: isRecording, "the snapshots are being written"))
  func everySnapshotBelongsToACommand() {
    let files = Repository.files(in: "Tests/CommandTests/Snapshots", withSuffix: ".txt")
    #expect(files.count == Self.commands.count)
  }

  @Test(arguments: [
    (["segment", "a.png", "--model", "lwnet", "-o", "b.png", "--colour"], "--colour"),
    (["segment", "--model", "lwnet", "-o", "b.png"], "<images>"),
    (["segment", "a.png", "-o", "b.png"], "--model"),
    (["segment", "a.png", "--model", "lwnet", "-o", "b.png", "--threads", "0"], "--threads"),
    (["segment", "a.png", "--model", "lwnet", "-o", "b.png", "--device", "tpu"], "tpu"),
    (
      ["segment", "a.png", "b.png", "--model", "lwnet", "-o", "c", "--probabilities", "p.nii"],
      "one image"
    ),
    (["segment", "a.png", "--model", "lwnet", "-o", ""], "empty"),
    (["segment", "", "--model", "lwnet", "-o", "b.png"], "empty"),
    (["operate"], "operate"), (["models", "delete"], "delete"), (["models", "show"], "<id>"),
    (["evaluate", "p", "r", "--out", "s.csv", "--when-empty", "two"], "two"),
    (["models", "parity", "a", "b", "--weights", "w"], "one manifest"),
    (["compare", "d", "--out", "o"], "--models"), (["compare", "--out", "o"], "DATASET"),
    (["compare", "d", "--models", "m", "--out", "o", "--objects", "blob"], "blob"),
    (["compare", "d", "--models", "m", "--out", "o", "--precision", "fp7"], "fp7"),
    (["compare", "--protocol", "p", "--models", "m", "--out", "o"], "the protocol names"),
  ])
  func wrongUsage(arguments: [String], word: String) throws {
    let folder = try Scratch()
    let outcome = try Product.run(arguments, in: folder)
    expectRefusal(outcome, code: 2, naming: [word, "see `vesalius", "--help`"])
    #expect(folder.files.isEmpty)
  }

  @Test func version() throws {
    let outcome = try Product.run(["--version"], in: Scratch())
    #expect(outcome.code == 0)
    #expect(outcome.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil)
    #expect(outcome.errors.isEmpty)
  }
}

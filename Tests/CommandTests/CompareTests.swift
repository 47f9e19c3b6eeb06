// `vesalius compare` as its users run it: one command, killed, gone on with, spoilt.

import Foundation
import Imaging
import Testing

@Suite struct CompareTests {
  /// Three photographs of discs with masks, in `data`.
  private func dataset(_ folder: Scratch, greyCase: Bool = false) throws {
    let size = 20
    for number in 0..<3 {
      let disc = (0..<size * size).map { index -> Int32 in
        let (x, y) = (index % size - 8 - number, index / size - 9)
        return x * x + y * y <= 25 ? 1 : 0
      }
      let geometry = Geometry(size: SIMD3(size, size, 1))
      let isGrey = greyCase && number == 1
      let bytes = disc.enumerated().flatMap { index, value in
        [UInt8](
          repeating: value == 1 ? 210 : UInt8(20 + (index + number) % 9), count: isGrey ? 1 : 3)
      }
      try Volume(geometry: geometry, channels: isGrey ? 1 : 3, voxels: .uint8(bytes))
        .write(to: folder.place("data/images/c\(number).png"))
      try LabelMap(geometry: geometry, labels: disc).write(
        to: folder.place("data/labels/c\(number).png"))
    }
  }

  private let baselines = "baseline/otsu,baseline/box,baseline/ellipse,baseline/random-walker"

  private func compare(_ models: String, _ more: [String] = []) -> [String] {
    ["compare", "data", "--models", models, "--out", "out", "--resamples", "200"] + more
  }

  @Test func oneCommandMakesAReport() throws {
    let folder = try Scratch()
    try dataset(folder)
    let outcome = try Product.run(
      compare(baselines + ",baseline/majority", ["--prompts", "point,box,support-1,support-2"]),
      in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(
      outcome.output.contains("Automatic: the best mean Dice is that of baseline/otsu, 1.000"))
    let csv = String(decoding: try #require(folder.contents("out/results.csv")), as: UTF8.self)
    let rows = csv.split(separator: "\n")
    #expect(
      rows[0].hasPrefix(
        "model,prompts,given,interactions,examples,case,label,name,metric,value,status"))
    #expect(rows.contains { $0.hasPrefix("baseline/otsu,none,none,0,0,c0,1,label 1,dice,1.0,ok") })
    #expect(rows.contains { $0.hasPrefix("baseline/box,box,oracle,2,0,c2,1,label 1,dice,0.") })
    let html = String(decoding: try #require(folder.contents("out/report.html")), as: UTF8.self)
    for words in ["baseline/random-walker, point", "Tight box", "2 examples", "oracle"] {
      #expect(html.contains(words))
    }
    for name in ["protocol.yaml", "costs.csv", "results.json", "report.md"] {
      #expect(folder.contents("out/" + name)?.isEmpty == false)
    }
    let mask = try LabelMap(contentsOf: folder.path("out/masks/baseline%2Fbox/box/c1.png"))
    #expect(mask.counts[1] == 121)
  }

  @Test func aKilledRunEndsWithTheSameTable() throws {
    let whole = try Scratch()
    try dataset(whole)
    let arguments = compare(baselines, ["--prompts", "point,points-3,box,jittered-box,scribble"])
    #expect(try Product.run(arguments, in: whole).code == 0)

    let folder = try Scratch()
    try dataset(folder)
    let killed = try Product.run(
      arguments, in: folder,
      shell: """
        "$0" "$@" & p=$!
        until [ -e 'out/records/baseline%2Fellipse/c0.json' ]; do sleep 0.01; done
        kill -9 $p; wait $p; exit 7
        """)
    #expect(killed.code == 7)
    #expect(folder.contents("out/results.csv") == nil)
    let first = try #require(folder.contents("out/records/baseline%2Fotsu/c0.json"))
    #expect(try Product.run(arguments, in: folder).code == 0)
    #expect(folder.contents("out/results.csv") == whole.contents("out/results.csv"))
    #expect(folder.contents("out/records/baseline%2Fotsu/c0.json") == first)
    #expect(!folder.files.contains { $0.contains("/current") })
  }

  @Test func aProtocolRepeatsTheStudy() throws {
    let folder = try Scratch()
    try dataset(folder)
    #expect(try Product.run(compare(baselines, ["--seed", "5"]), in: folder).code == 0)
    let again = try Product.run(
      ["compare", "--protocol", "out/protocol.yaml", "--out", "again"], in: folder)
    #expect(again.code == 0, "\(again.errors)")
    #expect(folder.contents("again/results.csv") == folder.contents("out/results.csv"))
    #expect(folder.contents("again/protocol.yaml") == folder.contents("out/protocol.yaml"))
    let text = String(decoding: try #require(folder.contents("out/protocol.yaml")), as: UTF8.self)
    let relative = text.replacing("dataset: \(folder.path("data"))", with: "dataset: ../data")
    #expect(relative != text)
    try folder.write("mine/protocol.yaml", relative.utf8)
    let moved = try Product.run(
      ["compare", "--protocol", "mine/protocol.yaml", "--out", "mine"], in: folder)
    #expect(moved.code == 0, "\(moved.errors)")
    #expect(folder.contents("mine/results.csv") == folder.contents("out/results.csv"))
  }

  @Test func masksOfOthersTakePartAsTheirMakersStateThem() throws {
    let folder = try Scratch()
    try dataset(folder)
    let outcome = try Product.run(
      compare(
        "a=data/labels,b:oracle=data/labels,baseline/otsu", ["--metrics", "Dice,HD95,dice"]),
      in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let csv = String(decoding: try #require(folder.contents("out/results.csv")), as: UTF8.self)
    for line in [
      "a,none,not stated,0,0,c0,1,label 1,dice,1.0,ok",
      "b,none,oracle,0,0,c0,1,label 1,dice,1.0,ok",
    ] { #expect(csv.contains(line), "\(csv)") }
    let html = String(decoding: try #require(folder.contents("out/report.html")), as: UTF8.self)
    #expect(html.contains("Masks, prompts not stated"))
    let yaml = String(decoding: try #require(folder.contents("out/protocol.yaml")), as: UTF8.self)
    #expect(yaml.contains(folder.path("data/labels")))
    #expect(yaml.contains("- dice\n- hd95\n\n"), "\(yaml)")
  }

  @Test func oneFailingCaseStopsNobody() throws {
    let folder = try Scratch()
    try dataset(folder, greyCase: true)
    let outcome = try Product.run(
      compare("lwnet@untrained,baseline/otsu", ["--metrics", "dice"]), in: folder)
    #expect(outcome.code == 0)
    expectLine(outcome.errors, ["lwnet (untrained) failed on c1", "RGB"])
    let csv = String(decoding: try #require(folder.contents("out/results.csv")), as: UTF8.self)
    #expect(csv.contains("lwnet (untrained),none,none,,,c1,1,label 1,dice,,failed: "))
    #expect(csv.contains("lwnet (untrained),none,none,0,0,c2,1,label 1,dice,0."))
    #expect(csv.contains("baseline/otsu,none,none,0,0,c1,1,label 1,dice,1.0,ok"))
    #expect(outcome.output.contains("untrained"))
  }

  @Test func everyProblemIsToldBeforeAnythingRuns() throws {
    let folder = try Scratch()
    try dataset(folder)
    let outcome = try Product.run(
      compare("lwnet,baseline/none", ["--metrics", "dice,dicee"]), in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.output.isEmpty)
    for words in [
      ["lwnet", "models pull"], ["baseline/none"], ["dicee"], ["nothing was run", "3"],
    ] {
      expectLine(outcome.errors, words)
    }
    #expect(!folder.files.contains { $0.hasPrefix("out") })
  }

  @Test func foreignFoldersAreNotWrittenInto() throws {
    let folder = try Scratch()
    try dataset(folder)
    try folder.write("out/thesis.txt", "mine".utf8)
    expectRefusal(
      try Product.run(compare(baselines), in: folder), code: 2, naming: ["out", "other files"])
    #expect(folder.files.filter { $0.hasPrefix("out/") } == ["out/thesis.txt"])
  }

  @Test func aPlanAloneRunsNothing() throws {
    let folder = try Scratch()
    try dataset(folder)
    let outcome = try Product.run(compare(baselines, ["--plan-only"]), in: folder)
    #expect(outcome.code == 0)
    #expect(folder.contents("out/protocol.yaml") != nil)
    #expect(folder.contents("out/results.csv") == nil)
    #expect(!folder.files.contains { $0.hasPrefix("out/records") })
  }

  private func expectLine(
    _ text: String, _ words: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      text.split(separator: "\n").contains { line in words.allSatisfy { line.contains($0) } },
      "\(text)", sourceLocation: sourceLocation)
  }
}

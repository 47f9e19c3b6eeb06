// What models may have seen: found by name, by content and by looks, and not where there is nothing.

import Foundation
import Imaging
import Segmentation
import Testing

@testable import Study

@Suite struct HonestyTests {
  /// A smooth random picture; other seeds give other pictures.
  private static func picture(_ seed: Int, width: Int = 96, height: Int = 96) -> [Float] {
    (0..<width * height).map { index in
      let (x, y) = (Double(index % width) / Double(width), Double(index / width) / Double(height))
      var sum = 0.0
      for wave in 1...4 {
        let phase = Double((seed * 7 + wave * 13) % 17)
        let turn = Double((seed * 5 + wave * 3) % 11 - 5)
        sum += sin(Double(wave) * 5 * x + turn * y + phase)
        sum += cos(turn * x - Double(wave) * 4 * y + phase)
      }
      return Float(sum)
    }
  }

  private static func fingerprint(
    _ values: [Float], width: Int = 96
  ) throws -> ImageFingerprint {
    let geometry = Geometry(size: SIMD3(width, values.count / width, 1))
    return try #require(ImageFingerprint(Volume(geometry: geometry, voxels: .float32(values))))
  }

  @Test(arguments: 0..<12) func anAlteredCopyIsFound(seed: Int) throws {
    let picture = Self.picture(seed)
    let original = try Self.fingerprint(picture)
    let larger = try Self.fingerprint(Self.picture(seed, width: 160, height: 144), width: 160)
    let brighter = try Self.fingerprint(picture.map { 3 * $0 + 40 })
    let mirrored = try Self.fingerprint(
      picture.indices.map { picture[$0 / 96 * 96 + 95 - $0 % 96] })
    let turned = try Self.fingerprint(picture.indices.map { picture[$0 % 96 * 96 + $0 / 96] })
    let noisy = try Self.fingerprint(
      picture.enumerated().map { $1 + Float(($0 * 7919) % 101) / 500 })
    for copy in [original, larger, brighter, mirrored, turned, noisy] {
      #expect(original.similarity(to: copy) >= ImageFingerprint.sameImage)
    }
  }

  @Test func otherPicturesAreOthers() throws {
    let prints = try (0..<12).map { try Self.fingerprint(Self.picture($0)) }
    for first in prints.indices {
      for second in prints.indices where first != second {
        #expect(prints[first].similarity(to: prints[second]) < ImageFingerprint.sameImage)
      }
    }
  }

  @Test func aConstantImageLooksLikeNothing() {
    let geometry = Geometry(size: SIMD3(8, 8, 1))
    #expect(
      ImageFingerprint(Volume(geometry: geometry, voxels: .uint8(.init(repeating: 7, count: 64))))
        == nil)
  }

  @Test(arguments: [
    ("DSB2018 (stage1_train)", "DSB2018 (61 images)", true), ("DRIVE", "CHASE_DB1", false),
    ("CHASE_DB1 train", "chase-db1", true), ("SA-1B", "BTCV", false), ("", "BTCV", false),
    ("MSD Hippocampus", "MSD Hippocampus (87 cases)", true),
    ("MSD Liver", "MSD Hippocampus", false), ("MSD Liver", "MSD Liver train", true),
    ("liver", "MSD Liver", false), ("Liver data", "Liver CT", false),
    ("train", "DRIVE train", false),
    ("dataset", "My dataset of 2018", false), ("2018", "DSB2018 and 2018", false),
    ("CT images", "Images, CT", true), ("DRIVE", "DRIVE and CHASE_DB1", true),
    ("1", "1 % of SA-1B (encoder distilled from SAM ViT-H)", false),
    ("not stated", "stated", false),
    ("SA-1B", "1 % of SA-1B (encoder distilled from SAM ViT-H)", true),
  ])
  func namesOfOneDataset(a: String, b: String, same: Bool) {
    #expect(Contamination.sameDataset(a, b) == same)
    #expect(Contamination.sameDataset(b, a) == same)
  }

  @Test func theNameOfAFolderSaysLittle() {
    #expect(Contamination.sameDataset("DRIVE", "drive", isNamed: false))
    #expect(!Contamination.sameDataset("DRIVE and CHASE_DB1", "drive", isNamed: false))
  }

  @Test func weightsThatSawTheTestImages() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["lwnet@\(scene("w.pth"))", "baseline/otsu"])
    study.models[0].labels = ["vessel": "disc"]
    study.models[1].trainedOn = ["discs"]
    try Data("weights".utf8).write(to: URL(fileURLWithPath: scene("w.pth")))
    let first = try await scene.plan(study)
    let images = [
      Provenance.Image(sha256: first.cases[1].imageHash, fingerprint: nil),
      Provenance.Image(sha256: "other", fingerprint: first.cases[3].fingerprint),
    ]
    try JSONEncoder().encode(Provenance(dataset: "secret", images: images))
      .write(to: URL(fileURLWithPath: scene("w.pth.provenance.json")))
    let findings = Contamination.findings(in: try await scene.plan(study))
    #expect(findings.map(\.evidence) == [.content, .appearance, .name])
    #expect(findings[0].cases == ["case1"])
    #expect(findings[1].cases?.contains("case3") == true)
    #expect(findings[2].participant == "baseline/otsu")
    #expect(findings[2].cases == nil)
  }

  @Test func weightsThatSawTheDatasetOrThePatient() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["lwnet@\(scene("w.pth"))"])
    study.models[0].labels = ["vessel": "disc"]
    try Data("weights".utf8).write(to: URL(fileURLWithPath: scene("w.pth")))
    let plan = try await scene.plan(study)
    func findings(_ dataset: String, _ images: [Provenance.Image]) throws -> [Contamination] {
      try JSONEncoder().encode(Provenance(dataset: dataset, images: images))
        .write(to: URL(fileURLWithPath: scene("w.pth.provenance.json")))
      return Contamination.findings(in: plan)
    }
    let named = try findings("discs (part 1)", [])
    #expect(named.map(\.evidence) == [.name])
    #expect(named[0].cases == nil)
    let images = ["p1", "p2", "p9", nil].enumerated().map { index, patient in
      Provenance.Image(
        sha256: index == 0 ? plan.cases[1].imageHash : "other", fingerprint: nil, patient: patient)
    }
    let found = try findings("secret", images)
    #expect(found.map(\.evidence) == [.content, .patient])
    #expect(found.map(\.cases) == [["case1"], ["case2"]])
    #expect(found[1].reason.contains("secret"))
  }

  /// The definition itself: every turn is tried, whatever it costs.
  private static func similarity(_ a: [Float], _ b: [Float]) throws -> Double {
    func bytes(_ values: [Float]) throws -> [Double] {
      let object = try JSONSerialization.jsonObject(
        with: JSONEncoder().encode(fingerprint(values, width: 32)))
      let text = try #require((object as? [String: String])?["thumbnail"])
      return try #require(Data(base64Encoded: text)).map(Double.init)
    }
    let (first, second) = (try bytes(a), try bytes(b))
    func deviations(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    func product(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let mine = deviations(first)
    return (0..<8).map { turn in
      let turned = (0..<1024).map { place in
        let (y, x) = (place / 32, place % 32)
        let (row, column) = (turn & 1 == 0 ? y : 31 - y, turn & 2 == 0 ? x : 31 - x)
        return second[turn & 4 == 0 ? row * 32 + column : column * 32 + row]
      }
      let theirs = deviations(turned)
      return product(mine, theirs) / (product(mine, mine) * product(theirs, theirs)).squareRoot()
    }.max() ?? 0
  }

  @Test(arguments: 0..<6) func similarityIsTheBestCorrelation(seed: Int) throws {
    let picture = Self.picture(seed, width: 32, height: 32)
    let copy = picture.indices.map { picture[$0 % 32 * 32 + 31 - $0 / 32] + Float($0 % 7) / 40 }
    let expected = try Self.similarity(picture, copy)
    let met = try Self.fingerprint(picture, width: 32)
      .similarity(to: Self.fingerprint(copy, width: 32))
    #expect(abs(met - expected) < 1e-12)
    #expect(met > 0.9)
  }

  @Test func fingerprintsSurviveTheirFile() throws {
    let print = try Self.fingerprint(Self.picture(3))
    let data = try JSONEncoder().encode(print)
    let again = try JSONDecoder().decode(ImageFingerprint.self, from: data)
    #expect(again == print)
    #expect(again.similarity(to: print) == print.similarity(to: print))
    let short = Data("{\"thumbnail\": \"AAEC\"}".utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ImageFingerprint.self, from: short)
    }
  }

  @Test(.timeLimit(.minutes(1))) func copiesAmongManyImages() throws {
    let cases = try (0..<400).map { number -> StudyPlan.Case in
      // The last looks like the first.
      var state = UInt64(number % 399 + 1)
      let values = (0..<1024).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40)
      }
      return StudyPlan.Case(
        id: "\(number)", image: "", reference: "", imageHash: "\(number)", referenceHash: "",
        attributes: [:], isFlat: true, fingerprint: try Self.fingerprint(values, width: 32))
    }
    #expect(Duplicates.within(cases).map { [$0.0.id, $0.1.id] } == [["0", "399"]])
    #expect(
      Duplicates.between(Array(cases[..<200]), and: Array(cases[200...])).map(\.0.id) == ["0"])
  }

  @Test func damagedProvenanceIsNotOverlooked() async throws {
    let scene = try StudyScene()
    let study = try scene.study(["lwnet@\(scene("w.pth"))"])
    try Data("weights".utf8).write(to: URL(fileURLWithPath: scene("w.pth")))
    try Data("{".utf8).write(to: URL(fileURLWithPath: scene("w.pth.provenance.json")))
    let problems = try await scene.problems(study)
    #expect(problems.contains { $0.contains("w.pth.provenance.json") }, "\(problems)")
  }

  @Test func publishedValuesStandBeside() throws {
    let scratch = try Scratch([
      "p.csv": "model,dataset,metric,value,source\nSAM,DISCS,Dice,81.5,Smith 2024\n",
      "s.csv": "model_id,dataset_id,metric,value,kind,source_id\nsam,discs,dice,0.9,best,x\n",
      "bad.csv": "model,dataset,metric,value,source\nSAM,DISCS,Dice,many,x\n",
    ])
    let values = try PublishedValue.read(scratch("p.csv"))
    #expect(values.map(\.value) == [0.815])
    #expect(values[0].concerns(model: ["sam"], dataset: "Discs"))
    #expect(!values[0].concerns(model: ["medsam"], dataset: "Discs"))
    #expect(try PublishedValue.read(scratch("s.csv")).map(\.source) == ["x"])
    let bad = scratch("bad.csv")
    #expect(throws: StudyError.badTable(path: bad, reason: "line 2: 'many' is no number")) {
      try PublishedValue.read(bad)
    }
  }
}

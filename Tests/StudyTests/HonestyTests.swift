// What models may have seen: found by name, by content and by looks, and not where there is nothing.

import Foundation
import Imaging
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
    ("MSD Liver", "MSD Hippocampus", false),
  ])
  func namesOfOneDataset(a: String, b: String, same: Bool) {
    #expect(Contamination.sameDataset(a, b) == same)
    #expect(Contamination.sameDataset(b, a) == same)
  }

  @Test func weightsThatSawTheTestImages() async throws {
    let scene = try StudyScene()
    var study = try scene.study(["lwnet@\(scene("w.pth"))", "baseline/otsu"])
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

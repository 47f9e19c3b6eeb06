// Every kind of phantom: the same bits every time, every label in every case, and data sets that read back.

import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@testable import Synthesis

@Suite("Phantoms")
struct PhantomTests {
  @Test(arguments: PhantomKind.allCases)
  func everyLabelIsInEveryCase(kind: PhantomKind) throws {
    let source = try PhantomSource(kind, size: SIMD3(48, 40, 1))
    var pictures: Set<[Float]> = []
    for index in 0..<4 {
      let item = try source.makeCase(index, seed: 11)
      #expect(
        Set(item.labels.counts.keys).isSuperset(of: (1...source.labelNames.count).map(Int32.init)))
      #expect(Int(item.labels.labels.max() ?? 0) <= source.labelNames.count)
      #expect(item.image.geometry == item.labels.geometry)
      #expect(item.image.voxels.count == 48 * 40 * source.channelNames.count)
      #expect(item.labels.counts[0] != nil)
      pictures.insert(item.image.voxels.floats)
    }
    #expect(pictures.count == 4)
  }

  @Test(arguments: PhantomKind.allCases.filter(\.hasVolumes))
  func volumesHaveTheirSpacing(kind: PhantomKind) throws {
    let source = try PhantomSource(kind, size: SIMD3(36, 32, 8))
    let item = try source.makeCase(2, seed: 4)
    #expect(item.labels.geometry.size == SIMD3(36, 32, 8))
    #expect(item.image.geometry == item.labels.geometry)
    #expect(item.image.geometry.defect() == nil)
    #expect(Set(item.labels.counts.keys).count == source.labelNames.count + 1)
  }

  /// The middle of a scene is the middle of the volume whichever way its axes run.
  @Test func orientationMovesNothing() throws {
    let source = try PhantomSource(.ct, size: SIMD3(32, 32, 8))
    var codes: Set<String> = []
    for index in 0..<8 {
      let item = try source.makeCase(index, seed: 3)
      codes.insert(item.labels.geometry.orientation.code)
      var sum = SIMD3<Double>.zero
      var count = 0.0
      let size = item.labels.geometry.size
      for place in item.labels.labels.indices where item.labels.labels[place] == 1 {
        sum += item.labels.geometry.worldMM(
          ofVoxel: SIMD3(
            Double(place % size.x), Double(place / size.x % size.y),
            Double(place / (size.x * size.y))))
        count += 1
      }
      // The liver lies on the right, which is negative in LPS.
      #expect(sum.x / count < -20)
    }
    #expect(codes == ["LPS", "RAS"])
  }

  @Test func nucleiAreNumberedAndTouch() throws {
    let source = try PhantomSource(.microscopy, size: SIMD3(96, 96, 1))
    var touching = 0
    for index in 0..<6 {
      let item = try source.makeCase(index, seed: 8)
      let instances = try #require(item.instances).labels
      #expect(zip(instances, item.labels.labels).allSatisfy { ($0 > 0) == ($1 == 1) })
      let numbers = Set(instances).subtracting([0]).sorted()
      #expect(numbers == Array(1...Int32(numbers.count)))
      for (left, right) in zip(instances, instances.dropFirst())
      where left > 0 && right > 0 && left != right { touching += 1 }
    }
    #expect(touching > 0)
  }

  @Test func threadsAndNumberOfCasesChangeNothing() throws {
    try Temporary.withFolder { folder in
      for kind in [PhantomKind.mr, .ultrasound, .fundus] {
        let source = try PhantomSource(kind, size: SIMD3(32, 32, 1))
        for (name, cases, threads) in [("a", 3, 1), ("b", 3, 3), ("c", 2, 2)] {
          try SyntheticDataset(source, cases: cases, seed: 5, prefix: "x")
            .write(to: "\(folder)/\(kind.rawValue)-\(name)", threads: threads)
        }
        for part in ["imagesTr/x_0002_0000.png", "labelsTr/x_0002.png"] {
          let files = ["a", "b", "c"].map {
            FileManager.default.contents(atPath: "\(folder)/\(kind.rawValue)-\($0)/\(part)")
          }
          #expect(files[0] != nil && files[0] == files[1] && files[1] == files[2])
        }
      }
      #expect(
        try PhantomSource(.mr, size: SIMD3(32, 32, 1)).makeCase(0, seed: 1).image.voxels
          != PhantomSource(.mr, size: SIMD3(32, 32, 1)).makeCase(0, seed: 2).image.voxels)
    }
  }

  @Test func datasetsReadBack() throws {
    try Temporary.withFolder { folder in
      let source = try PhantomSource(.ct, size: SIMD3(32, 32, 8))
      let dataset = try SyntheticDataset(source, cases: 4, seed: 1, prefix: "ct")
      let splits = try Splits.heldOut(dataset.names, test: 1, seed: 1)
      let summary = try dataset.write(to: folder + "/d", splits: splits)
      #expect(Set(summary.voxels.keys) == Set(source.labelNames))
      let read = try DatasetFolder(contentsOf: folder + "/d")
      #expect(read.layout == .nnUNet && read.cases.map(\.id) == dataset.names.map(\.id))
      #expect(read.description.labels[4] == "lesion" && read.description.channelNames == ["CT"])
      #expect(try Splits(contentsOf: folder + "/d/splits_final.json") == splits)
      let item = try source.makeCase(2, seed: 1)
      let image = try Volume(contentsOf: read.cases[2].images[0])
      let mask = try LabelMap(contentsOf: read.cases[2].label ?? "")
      #expect(image.voxels == item.image.voxels && mask.labels == item.labels.labels)
      #expect(image.geometry.matches(item.image.geometry, toleranceMM: 1e-3))
      #expect(image.geometry.orientation == item.image.geometry.orientation)
      let table = try String(contentsOfFile: folder + "/d/cases.csv", encoding: .utf8)
      #expect(table.hasPrefix("case,contrast,") && table.split(separator: "\n").count == 5)
    }
  }

  @Test func refusals() throws {
    #expect(throws: SynthesisError.self) { try PhantomSource(.ct, size: SIMD3(31, 64, 1)) }
    #expect(throws: SynthesisError.self) { try PhantomSource(.ct, size: SIMD3(64, 64, 7)) }
    #expect(throws: SynthesisError.self) { try PhantomSource(.fundus, size: SIMD3(64, 64, 8)) }
    let source = try PhantomSource(.mr, size: SIMD3(32, 32, 1))
    #expect(throws: SynthesisError.self) {
      try SyntheticDataset(source, cases: 0, seed: 1, prefix: "x")
    }
    try Temporary.withFolder { folder in
      try Data().write(to: URL(fileURLWithPath: folder + "/other.txt"))
      let dataset = try SyntheticDataset(source, cases: 1, seed: 1, prefix: "x")
      #expect(throws: SynthesisError.folderInUse(path: folder)) { try dataset.write(to: folder) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["other.txt"])
    }
  }
}

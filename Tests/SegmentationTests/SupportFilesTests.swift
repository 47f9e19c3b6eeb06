// Examples that lie in files: how their masks are read, and that a refusal names the file.

import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@testable import Segmentation

@Suite struct SupportFilesTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("vesalius-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Writes an example of 8 × 8 pixels, whose mask is `value` on its upper half, or a mask of its own.
  private func write(
    _ name: String, value: Int32 = 1, rows: Int = 8, isFlat: Bool = false
  ) throws -> SupportFiles {
    let pair = SupportFiles(
      image: folder.path + "/\(name).png", mask: folder.path + "/\(name)-mask.png")
    let bytes = (0..<64).map { UInt8(isFlat ? 7 : $0 * 3) }
    try Volume(geometry: Geometry(size: SIMD3(8, 8, 1)), voxels: .uint8(bytes)).write(
      to: pair.image)
    try LabelMap(
      geometry: Geometry(size: SIMD3(8, rows, 1)),
      labels: (0..<8 * rows).map { $0 < 32 ? value : 0 }
    ).write(to: pair.mask)
    return pair
  }

  private func refusal(_ files: [SupportFiles], labels: [Int32]? = nil) throws -> String {
    defer { try? FileManager.default.removeItem(at: folder) }
    let examples = try files.map { try $0.read() }
    do {
      _ = try SupportFileError.naming(files) {
        try Examples.segmenter(examples, labels: labels)
      }
      return ""
    } catch let error as SupportFileError {
      #expect(!error.description.contains("\n"))
      return error.description
    }
  }

  @Test func anEmptyMaskIsNamed() throws {
    let text = try refusal([write("a"), write("b", value: 0)])
    #expect(text.contains("b-mask.png: the mask of example 2 is empty; mark what"))
  }

  @Test func aMaskOnAnotherGridIsNamed() throws {
    let text = try refusal([write("a", rows: 6), write("b")])
    #expect(text.contains("a-mask.png: in example 1 the image has 8×8×1 voxels"))
    #expect(text.contains("8×6×1; give the mask on the grid of the image"))
  }

  @Test func aMaskOfOtherLabelsThanAskedIsNamed() throws {
    let text = try refusal([write("a"), write("b", value: 4)], labels: [1])
    #expect(text.contains("b-mask.png: the mask of example 2 has the labels 4 and none of 1"))
    #expect(text.contains("leave the example out"))
  }

  @Test func anImageOfOneGreyValueIsNamed() throws {
    let text = try refusal([write("a"), write("b", isFlat: true)])
    #expect(text.contains("/b.png: the image of example 2 has one grey value"))
  }

  @Test func valuesAreReadAsTheirDescriptionSays() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let pair = try write("a", value: 255)
    #expect(try pair.read().mask.counts == [0: 32, 1: 32])
    #expect(try pair.read(DatasetDescription(labels: [255: "liver"])).mask.counts[255] == 32)
    let other = try write("b", value: 2)
    #expect(try other.read().mask.counts == [0: 32, 2: 32])
    #expect(try other.read(DatasetDescription(ignoredLabel: 2)).mask.counts == [0: 64])
  }

  @Test func theEffortIsThatOfEveryDrawAndLabel() throws {
    let examples = try Examples.several(3, labels: [1, 2])
    let all = try Examples.segmenter(examples)
    #expect(all.slices == 3)
    #expect(all.effort.runs == 2 && all.effort.examples == 6)
    let drawn = try Examples.segmenter(examples, settings: .init(examplesAtOnce: 2, draws: 4))
    #expect(drawn.effort.runs == 8 && drawn.effort.examples == 16)
  }
}

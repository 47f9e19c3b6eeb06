// What holds for all baselines, and images from files.

import Imaging
import Prompts
import Testing

@testable import Baselines

@Suite struct RegistryTests {
  @Test func namesAreUniqueAndFound() throws {
    let ids = Baselines.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    for baseline in Baselines.all {
      #expect(baseline.id.hasPrefix("baseline/"))
      #expect(try Baselines.named(baseline.id).id == baseline.id)
      #expect(!baseline.title.isEmpty && !baseline.summary.isEmpty && !baseline.source.isEmpty)
    }
    let wanted = [
      "otsu", "otsu-bright", "otsu-dark", "box", "ellipse", "random-walker", "grabcut", "majority",
    ]
    #expect(ids == wanted.map { "baseline/\($0)" })
    #expect(throws: BaselinesError.unknown("baseline/magic")) {
      try Baselines.named("baseline/magic")
    }
    #expect(BaselinesError.unknown("x").description.contains("baseline/random-walker"))
  }

  @Test func needsAndLevels() {
    let levels: [PromptLevel] = [
      .none, .text, .point, .points(3), .box, .jitteredBox, .scribble, .support(4),
    ]
    func met(_ need: BaselineNeed) -> [PromptLevel] { levels.filter { need.isMet(by: $0) } }
    #expect(met(.none) == [.none])
    #expect(met(.box) == [.box, .jitteredBox])
    #expect(met(.prompts) == [.point, .points(3), .box, .jitteredBox, .scribble])
    #expect(met(.trainingMasks) == [.none, .support(4)])
  }

  @Test func answersFillTheGridAndRepeat() throws {
    let picture = Picture(width: 30, height: 20, centre: SIMD2(14, 10), radii: SIMD2(8, 6))
    let input = BaselineInput(
      image: try picture.image(),
      prompts: PromptSet(box: BoxPrompt(left: 6, top: 4, right: 22, bottom: 16)),
      trainingMasks: [try TrainingMask(picture.truth, width: 30, height: 20)])
    for baseline in Baselines.all {
      let mask = try baseline.mask(input)
      #expect(mask.count == 600)
      #expect(mask.allSatisfy { $0 <= 1 })
      #expect(try baseline.mask(input) == mask)
      if baseline.id != "baseline/otsu-dark" { #expect(picture.dice(mask) > 0.7) }
    }
  }

  @Test func imagesFromVolumes() throws {
    let geometry = Geometry(size: SIMD3(2, 1, 2))
    let grey = try BaselineImage(
      Volume(geometry: geometry, voxels: .int16([1, -2, 3, 4])))
    #expect(grey.grey == [1, -2, 3, 4] && grey.colours == nil)
    #expect(try grey.slice(1).grey == [3, 4])
    #expect(throws: BaselinesError.noSlice(2, count: 2)) { try grey.slice(2) }
    let rgba = try BaselineImage(
      Volume(
        geometry: geometry, channels: 4,
        voxels: .uint8([9, 8, 7, 255, 6, 5, 4, 255, 3, 2, 1, 0, 10, 20, 30, 40])))
    #expect(rgba.colours == [9, 8, 7, 6, 5, 4, 3, 2, 1, 10, 20, 30])
    #expect(try rgba.slice(1).colours == [3, 2, 1, 10, 20, 30])
    let rgb = try BaselineImage(
      Volume(geometry: Geometry(size: SIMD3(1, 1, 1)), channels: 3, voxels: .uint8([1, 2, 3])))
    #expect(rgb.colours == [1, 2, 3])
  }

  @Test func valuesMustFillTheGrid() {
    #expect(throws: BaselinesError.valueCount(met: 3, expected: "2 × 2 × 1")) {
      try BaselineImage(grey: [1, 2, 3], width: 2, height: 2)
    }
    #expect(throws: BaselinesError.valueCount(met: 4, expected: "3 × 2 × 1 × 1")) {
      try BaselineImage(grey: [1, 2], colours: [1, 2, 3, 4], width: 2, height: 1)
    }
    #expect(throws: BaselinesError.valueCount(met: 0, expected: "0 × 2 × 1")) {
      try TrainingMask([], width: 0, height: 2)
    }
  }
}

// Segmenting by examples: what must not matter does not, the mask lies on the image, bad examples are refused.

import Foundation
import Imaging
import Tensors
import Testing
import Weights

@testable import Models
@testable import Segmentation

/// Small networks and images for in-context segmentation.
enum Examples {
  /// Answers where the image is bright, whatever the examples are.
  struct Bright: InContextModel {
    static let card = UniverSeg.card
    static let variants: [Variant<Int>] = []
    init() {}
    init(_ w: Weights, _ configuration: Int) throws {}
    func logits(_ target: Tensor, support: SupportTensors) throws -> Tensor {
      try (target - 0.5) * 10
    }
    func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] { inputs }
  }

  static func preparation(_ side: Int) throws -> SlicePreparation {
    try #require(
      SlicePreparation(
        Preparation(
          normalisation: .minMax, sizing: .fixed(height: side, width: side),
          decision: .threshold(0.5))))
  }

  static func network() throws -> UniverSeg {
    try UniverSeg(Weights(UntrainedSource()), .init(widths: [6, 5, 4]))
  }

  static func image(_ size: SIMD3<Int>, seed: UInt64) throws -> Volume {
    let values = try RandomGenerator(seed: seed).uniform([size.x * size.y * size.z]).floats()
    return Volume(
      geometry: Geometry(
        size: size, spacing: SIMD3(0.5, 0.7, 2), origin: SIMD3(-20, 30, 7)),
      voxels: .int16(values.map { Int16($0 * 1000) }))
  }

  /// An image with boxes of the labels, each at another place.
  static func example(
    _ size: SIMD3<Int>, seed: UInt64, labels: [Int32] = [1]
  ) throws -> SupportExample {
    let image = try image(size, seed: seed)
    var mask = LabelMap(
      geometry: image.geometry, labels: [Int32](repeating: 0, count: image.geometry.count))
    for (index, label) in labels.enumerated() {
      let (left, top) = (2 + Int(seed) % 5 + 7 * index, 3 + Int(seed) % 3)
      for z in 0..<size.z {
        for y in top..<min(top + 9, size.y) {
          for x in left..<min(left + 6, size.x) {
            mask.labels[(z * size.y + y) * size.x + x] = label
          }
        }
      }
    }
    return SupportExample(image: image, mask: mask)
  }

  static func several(_ count: Int, labels: [Int32] = [1]) throws -> [SupportExample] {
    // Sizes differ, as those of patients do.
    try (0..<count).map {
      try example(SIMD3(30 + $0, 41 - $0, 1), seed: UInt64($0 + 1), labels: labels)
    }
  }

  static func segmenter(
    _ examples: [SupportExample], labels: [Int32]? = nil,
    settings: InContextSegmenter.Settings = .init()
  ) throws -> InContextSegmenter {
    try InContextSegmenter(
      network(), preparation(32), examples: examples, labels: labels, settings: settings)
  }
}

@Suite struct InContextTests {
  private func run(_ segmenter: InContextSegmenter, _ volume: Volume) throws -> Segmentation {
    var stopwatch = Stopwatch()
    return try segmenter.segment(volume, stopwatch: &stopwatch)
  }

  private func probabilities(_ segmenter: InContextSegmenter, _ volume: Volume) throws -> [Float] {
    try #require(run(segmenter, volume).probabilities).voxels.floats
  }

  private func difference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  @Test(arguments: [SIMD3(37, 53, 1), SIMD3(130, 20, 1), SIMD3(1, 1, 1), SIMD3(20, 31, 4)])
  func theMaskLiesOnTheImage(size: SIMD3<Int>) throws {
    let volume = try Examples.image(size, seed: 9)
    let found = try run(Examples.segmenter(Examples.several(3)), volume)
    #expect(found.labels.geometry == volume.geometry)
    #expect(found.labels.labels.count == volume.geometry.count)
    #expect(found.probabilities?.geometry == volume.geometry)
    #expect(found.probabilities?.voxels.count == volume.geometry.count)
    #expect(found.labels.labels.allSatisfy { $0 == 0 || $0 == 1 })
  }

  @Test func thePublishedNetworkIsFoundByItsName() throws {
    let entry = try Registry.model("universeg/v1")
    let model = try entry.load(Weights(UntrainedSource()))
    let segmenter = try InContextSegmenter(model, entry: entry, examples: Examples.several(2))
    #expect(segmenter.labels == [1])
    let found = try run(segmenter, Examples.image(SIMD3(61, 47, 1), seed: 3))
    #expect(found.inputs == [[1, 1, 128, 128]])
    let other = try Registry.model("lwnet")
    #expect(throws: SupportError.notInContext("lwnet/drive")) {
      try InContextSegmenter(
        other.load(Weights(ZeroSource())), entry: other, examples: Examples.several(1))
    }
  }

  @Test func neitherOrderNorRepetitionOfAllExamplesMatters() throws {
    let examples = try Examples.several(5)
    let volume = try Examples.image(SIMD3(44, 29, 1), seed: 9)
    let expected = try probabilities(Examples.segmenter(examples), volume)
    let reversed = try probabilities(Examples.segmenter(examples.reversed()), volume)
    let twice = try probabilities(Examples.segmenter(examples + examples), volume)
    let fewer = try probabilities(Examples.segmenter(Array(examples.prefix(1))), volume)
    #expect(difference(expected, reversed) < 1e-5)
    #expect(difference(expected, twice) < 1e-5)
    #expect(difference(expected, fewer) > 1e-4)
  }

  /// Other units, another type, colour that is grey, other values of the label.
  @Test func neitherRangeNorColourNorTheLabelsValueMatters() throws {
    let examples = try Examples.several(3)
    let volume = try Examples.image(SIMD3(44, 29, 1), seed: 9)
    let expected = try probabilities(Examples.segmenter(examples), volume)
    func other(_ volume: Volume) -> Volume {
      Volume(
        geometry: volume.geometry,
        voxels: .float32(volume.voxels.floats.map { 3.5 * $0 - 1024 }))
    }
    func coloured(_ volume: Volume) -> Volume {
      Volume(
        geometry: volume.geometry, channels: 3,
        voxels: .float32(volume.voxels.floats.flatMap { [$0, $0, $0] }))
    }
    let changed = examples.map { example in
      SupportExample(
        image: other(example.image),
        mask: LabelMap(
          geometry: example.mask.geometry, labels: example.mask.labels.map { $0 * 255 }))
    }
    let found = try run(Examples.segmenter(changed), coloured(volume))
    #expect(difference(expected, found.probabilities?.voxels.floats ?? []) < 1e-4)
    #expect(found.labels.labels.allSatisfy { $0 == 0 || $0 == 255 })
  }

  @Test func severalLabelsShareEachPixelWithBackground() throws {
    let examples = try Examples.several(4, labels: [2, 5])
    let volume = try Examples.image(SIMD3(44, 29, 1), seed: 9)
    let scores = try [Int32(2), 5].map { label in
      // The logistic function undone.
      try probabilities(Examples.segmenter(examples, labels: [label]), volume)
        .map { log($0 / (1 - $0)) }
    }
    let found = try run(Examples.segmenter(examples), volume)
    #expect(found.probabilities == nil)
    for (pixel, label) in found.labels.labels.enumerated() {
      let (first, second) = (scores[0][pixel], scores[1][pixel])
      let largest = max(first, second, 0)
      // Rounding may decide between equals.
      guard [first, second, 0].filter({ largest - $0 < 1e-4 }).count == 1 else { continue }
      #expect(label == (largest == first ? 2 : largest == second ? 5 : 0))
    }
  }

  @Test func aStackIsItsSlices() throws {
    let examples = try Examples.several(3)
    let segmenter = try Examples.segmenter(examples)
    let volume = try Examples.image(SIMD3(20, 31, 3), seed: 9)
    let whole = try probabilities(segmenter, volume)
    for z in 0..<3 {
      let range = z * 620..<(z + 1) * 620
      let slice = Volume(
        geometry: Geometry(size: SIMD3(20, 31, 1)),
        voxels: .float32(Array(volume.voxels.floats[range])))
      #expect(difference(Array(whole[range]), try probabilities(segmenter, slice)) < 1e-5)
    }
  }

  /// A slice of a stack without anything to see teaches as little as it does alone.
  @Test func aVolumeIsAnExampleOfItsSlices() throws {
    var volume = try Examples.example(SIMD3(25, 24, 3), seed: 4)
    for pixel in 0..<600 { volume.mask.labels[pixel] = 0 }
    let slices = try (1..<3).map { z in
      let range = z * 600..<(z + 1) * 600
      let geometry = Geometry(size: SIMD3(25, 24, 1))
      return SupportExample(
        image: Volume(
          geometry: geometry, voxels: .float32(Array(volume.image.voxels.floats[range]))),
        mask: LabelMap(geometry: geometry, labels: Array(volume.mask.labels[range])))
    }
    let target = try Examples.image(SIMD3(44, 29, 1), seed: 9)
    let one = try probabilities(Examples.segmenter([volume]), target)
    let two = try probabilities(Examples.segmenter(slices), target)
    #expect(difference(one, two) < 1e-5)
  }

  @Test func mirrorImagesAreAveraged() throws {
    let examples = try Examples.several(2)
    let volume = try Examples.image(SIMD3(44, 28, 1), seed: 9)
    func mirrored<Value>(_ values: [Value], _ size: SIMD3<Int>) -> [Value] {
      (0..<size.y).flatMap { y in (0..<size.x).map { values[(y + 1) * size.x - 1 - $0] } }
    }
    func mirrored(_ volume: Volume) -> Volume {
      Volume(
        geometry: volume.geometry,
        voxels: .float32(mirrored(volume.voxels.floats, volume.geometry.size)))
    }
    let settings = InContextSegmenter.Settings(mirrors: true)
    let found = try probabilities(Examples.segmenter(examples, settings: settings), volume)
    #expect(try difference(found, probabilities(Examples.segmenter(examples), volume)) > 1e-6)
    // All that is mirrored alike is found mirrored.
    let others = examples.map { example in
      let size = example.image.geometry.size
      return SupportExample(
        image: mirrored(example.image),
        mask: LabelMap(
          geometry: example.image.geometry, labels: mirrored(example.mask.labels, size)))
    }
    let again = try probabilities(
      Examples.segmenter(others, settings: settings), mirrored(volume))
    #expect(difference(mirrored(again, volume.geometry.size), found) < 1e-5)
  }

  @Test func ofManySlicesThoseNearestInPlaceAreShown() throws {
    let example = try Examples.example(SIMD3(25, 24, 6), seed: 4)
    let target = try Examples.image(SIMD3(20, 31, 3), seed: 9)
    let whole = try probabilities(
      Examples.segmenter([example], settings: .init(examplesAtOnce: 2)), target)
    func slice(_ volume: Volume, _ z: Int) -> Volume {
      let size = volume.geometry.size
      let area = size.x * size.y
      return Volume(
        geometry: Geometry(size: SIMD3(size.x, size.y, 1)),
        voxels: .float32(Array(volume.voxels.floats[z * area..<(z + 1) * area])))
    }
    for z in 0..<3 {
      let near = [2 * z, 2 * z + 1].map { place in
        let image = slice(example.image, place)
        return SupportExample(
          image: image,
          mask: LabelMap(
            geometry: image.geometry,
            labels: Array(example.mask.labels[place * 600..<(place + 1) * 600])))
      }
      let alone = try probabilities(Examples.segmenter(near), slice(target, z))
      #expect(difference(Array(whole[z * 620..<(z + 1) * 620]), alone) < 1e-5)
    }
  }

  @Test(arguments: ["RAS", "PIL", "SRA"])
  func volumesAreCutAsTheExamplesAre(orientation: String) throws {
    let segmenter = try Examples.segmenter([Examples.example(SIMD3(25, 24, 3), seed: 4)])
    let volume = try Examples.image(SIMD3(20, 31, 5), seed: 9)
    let turned = try volume.reoriented(to: Orientation(orientation))
    let found = try run(segmenter, turned)
    #expect(found.labels.geometry == turned.geometry)
    let expected = try run(segmenter, volume)
    let back = try #require(found.probabilities).reoriented(to: volume.geometry.orientation)
    #expect(difference(back.voxels.floats, expected.probabilities?.voxels.floats ?? []) < 1e-5)
  }

  @Test func oneGreyValueIsBackground() throws {
    let segmenter = try Examples.segmenter(Examples.several(2))
    var values = try Examples.image(SIMD3(20, 31, 2), seed: 9).voxels.floats
    values.replaceSubrange(0..<620, with: [Float](repeating: 7, count: 620))
    let found = try run(
      segmenter, Volume(geometry: Geometry(size: SIMD3(20, 31, 2)), voxels: .float32(values)))
    #expect(found.labels.labels.prefix(620).allSatisfy { $0 == 0 })
    let shares = try #require(found.probabilities).voxels.floats
    #expect(
      shares.prefix(620).allSatisfy { $0 == 0 } && shares.dropFirst(620).allSatisfy { $0 > 0 })
  }

  @Test func drawsFollowFromTheSeedAndAreAveraged() throws {
    let examples = try Examples.several(6)
    let volume = try Examples.image(SIMD3(44, 29, 1), seed: 9)
    func found(_ settings: InContextSegmenter.Settings) throws -> [Float] {
      try probabilities(Examples.segmenter(examples, settings: settings), volume)
    }
    let all = try found(.init())
    #expect(try difference(all, found(.init(draws: 5))) == 0)
    let once = InContextSegmenter.Settings(examplesAtOnce: 2, draws: 1, seed: 3)
    var thrice = once
    thrice.draws = 3
    var otherSeed = once
    otherSeed.seed = 4
    #expect(try difference(found(once), found(once)) == 0)
    #expect(try difference(found(once), found(otherSeed)) > 1e-6)
    let segmenter = try Examples.segmenter(examples, settings: thrice)
    #expect(segmenter.draws.count == 3 && segmenter.draws.allSatisfy { $0[0].count == 2 })
    var mean = [Float](repeating: 0, count: 44 * 29)
    for draw in segmenter.draws {
      let alone = try Examples.segmenter(draw[0].map { examples[$0] })
      for (pixel, share) in try probabilities(alone, volume).enumerated() {
        mean[pixel] += share / 3
      }
    }
    #expect(try difference(mean, found(thrice)) < 1e-5)
  }
}

/// The second look at what the first has found.
@Suite struct CloserLookTests {
  /// A bright comb with teeth of 3 pixels, in a corner of a dark image.
  private func comb() -> (image: Volume, truth: [Int32]) {
    let side = 256
    var values = [UInt8](repeating: 20, count: side * side)
    var truth = [Int32](repeating: 0, count: side * side)
    for y in 20..<60 {
      for x in 170..<230 where (x / 3) % 2 == 0 || y > 50 {
        values[y * side + x] = 220
        truth[y * side + x] = 1
      }
    }
    return (
      Volume(geometry: Geometry(size: SIMD3(side, side, 1)), voxels: .uint8(values)), truth
    )
  }

  @Test func detailComesBack() throws {
    let (image, truth) = comb()
    func errors(looksCloser: Bool) throws -> Int {
      let segmenter = try InContextSegmenter(
        Examples.Bright(), Examples.preparation(64),
        examples: [
          SupportExample(image: image, mask: LabelMap(geometry: image.geometry, labels: truth))
        ],
        settings: .init(looksCloser: looksCloser))
      var stopwatch = Stopwatch()
      let found = try segmenter.segment(image, stopwatch: &stopwatch)
      #expect(found.inputs.count == (looksCloser ? 2 : 1))
      return zip(found.labels.labels, truth).filter { $0 != $1 }.count
    }
    let (once, twice) = (try errors(looksCloser: false), try errors(looksCloser: true))
    #expect(2 * twice < once, "\(once) → \(twice)")
  }

  @Test(arguments: [(40, 30), (256, 256), (5, 300), (1, 1)])
  func theRegionHoldsTheObjectAndLiesInTheSlice(width: Int, height: Int) throws {
    let generator = try RandomGenerator(seed: UInt64(width))
    for _ in 0..<20 {
      let places = try generator.uniform([4]).floats()
      var isInside = [Bool](repeating: false, count: width * height)
      for place in 0..<2 {
        let x = Int(places[2 * place] * Float(width))
        let y = Int(places[2 * place + 1] * Float(height))
        isInside[y * width + x] = true
      }
      let region = try #require(SliceRegion(around: isInside, width: width, height: height))
      #expect((0..<width).contains(region.x.lowerBound) && region.x.upperBound <= width)
      #expect((0..<height).contains(region.y.lowerBound) && region.y.upperBound <= height)
      let held = region.cut(from: isInside, width: width).filter(\.self).count
      #expect(held == isInside.filter(\.self).count)
      #expect(
        region.x.count == region.y.count
          || [region.x.count, region.y.count].contains(min(width, height)))
    }
    #expect(
      SliceRegion(
        around: [Bool](repeating: false, count: width * height), width: width, height: height)
        == nil)
  }

  @Test func objectsBelowAPixelOfTheNetworkDoNotVanish() throws {
    let preparation = try Examples.preparation(16)
    var isInside = [Bool](repeating: false, count: 200 * 200)
    isInside[77 * 200 + 31] = true
    let mask = try preparation.mask(isInside, 200, 200)
    #expect(mask.shape == [1, 16, 16])
    let count = try mask.sum().item()
    #expect(count >= 1 && count <= 4)
    let whole = try preparation.mask([Bool](repeating: true, count: 900), 30, 30)
    #expect(try whole.sum().item() == 256)
    let half = try preparation.mask((0..<1024).map { $0 % 32 < 16 }, 32, 32)
    #expect(try half.sum().item() == 128)
  }
}

/// Examples that teach nothing or something else than was meant.
@Suite struct SupportRefusalTests {
  private func refusal(
    _ examples: [SupportExample], labels: [Int32]? = nil,
    settings: InContextSegmenter.Settings = .init()
  ) throws -> SupportError? {
    do {
      _ = try Examples.segmenter(examples, labels: labels, settings: settings)
      return nil
    } catch let error as SupportError {
      #expect(!error.description.contains("\n") && error.description.count < 200)
      return error
    }
  }

  private func changed(
    _ example: SupportExample, _ change: (inout Volume, inout LabelMap) -> Void
  ) -> SupportExample {
    var (image, mask) = (example.image, example.mask)
    change(&image, &mask)
    return SupportExample(image: image, mask: mask)
  }

  @Test func badExamplesAreRefusedWithTheirNumber() throws {
    let good = try Examples.several(2)
    #expect(try refusal(good) == nil)
    #expect(try refusal(Array(good.prefix(1))) == nil)
    #expect(try refusal([]) == .noExamples)
    let empty = changed(good[0]) { $1.labels = $1.labels.map { _ in 0 } }
    #expect(try refusal([good[1], empty]) == .emptyMask(example: 2))
    let small = changed(good[0]) { _, mask in
      mask = LabelMap(geometry: Geometry(size: SIMD3(3, 2, 1)), labels: [1, 0, 0, 1, 1, 0])
    }
    #expect(
      try refusal([small])
        == .otherGrid(example: 1, image: SIMD3(30, 41, 1), mask: SIMD3(3, 2, 1)))
    let flat = changed(good[0]) { image, _ in
      image.voxels = .uint8([UInt8](repeating: 9, count: image.geometry.count))
    }
    #expect(try refusal([good[1], flat]) == .constantImage(example: 2))
    let broken = changed(good[0]) { image, _ in
      var values = image.voxels.floats
      values[5] = .nan
      image.voxels = .float32(values)
    }
    #expect(try refusal([broken]) == .nonFinite(example: 1, count: 1))
  }

  @Test func labelsThatContradictEachOtherAreRefused() throws {
    let good = try Examples.several(2)
    let other = changed(good[0]) { $1.labels = $1.labels.map { $0 * 255 } }
    let negative = changed(good[0]) { $1.labels = $1.labels.map { -$0 } }
    #expect(
      try refusal([good[1], other]) == .strangeLabels(example: 1, met: [1], others: [255]))
    #expect(
      try refusal([good[1], other], labels: [1])
        == .noneOfLabels(example: 2, met: [255], expected: [1]))
    #expect(try refusal([good[1], other], labels: [1, 255]) == nil)
    #expect(try refusal(good, labels: [1, 3]) == .noExample(of: 3))
    #expect(try refusal(good, labels: [0, 1]) == .notALabel(0))
    #expect(try refusal([negative]) == .notALabel(-1))
    let both = try Examples.several(2, labels: [1, 2])
    #expect(try refusal([good[0], both[1]]) == nil)
  }

  @Test func impossibleSettingsAreRefused() throws {
    let good = try Examples.several(2)
    #expect(
      try refusal(good, settings: .init(examplesAtOnce: 0))
        == .settingInvalid(name: "examplesAtOnce", met: 0))
    #expect(
      try refusal(good, settings: .init(draws: -1)) == .settingInvalid(name: "draws", met: -1))
  }

  @Test func brokenImagesAreRefused() throws {
    var image = try Examples.image(SIMD3(9, 8, 1), seed: 2)
    var values = image.voxels.floats
    values[0] = .infinity
    image.voxels = .float32(values)
    var stopwatch = Stopwatch()
    #expect(throws: SegmentationError.nonFinite(1)) {
      try Examples.segmenter(Examples.several(1)).segment(image, stopwatch: &stopwatch)
    }
  }
}

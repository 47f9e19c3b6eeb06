// Everything in an image: both orders of work give the same masks, and each rule keeps what it should.

import Foundation
import Imaging
import Tensors
import Testing
import Weights

@testable import Models
@testable import Segmentation

@Suite struct AutomaticMasksTests {
  /// SAM in small, with weights from a seed; its input is large enough to take the path of real models.
  static func model() throws -> SegmentAnything {
    try SegmentAnything(
      Weights(SeededInitialiser(seed: 5)),
      .init(
        encoder: .transformer(.init(width: 32, depth: 1, heads: 2, globalBlocks: [0])),
        imageSize: 128, width: 32))
  }

  /// A volume of two slices with discs on a gradient.
  static func image(_ width: Int, _ height: Int) -> Volume {
    let values: [UInt8] = (0..<2 * width * height).map { index in
      let (x, y) = (index % width, index / width % height)
      let isDisc = (x % 50 - 25) * (x % 50 - 25) + (y % 40 - 20) * (y % 40 - 20) < 120
      return isDisc ? 220 : UInt8((x + y) % 120)
    }
    return Volume(
      geometry: Geometry(size: SIMD3(width, height, 2), spacing: SIMD3(0.5, 0.5, 2)),
      voxels: .uint8(values))
  }

  /// Thresholds that some of the masks of a network without training pass.
  static func settings(cropLayers: Int = 0, smallestRegion: Int = 0) -> AutomaticMasks.Settings {
    var settings = AutomaticMasks.Settings()
    settings.pointsPerSide = 6
    settings.pointsPerBatch = 16
    settings.predictedIoUThreshold = 0.02
    settings.stabilityThreshold = 0.3
    settings.stabilityOffset = 0.01
    settings.boxOverlapThreshold = 0.9
    settings.cropOverlapThreshold = 0.9
    settings.cropLayers = cropLayers
    settings.smallestRegion = smallestRegion
    return settings
  }

  static func masks(
    _ settings: AutomaticMasks.Settings, _ schedule: AutomaticMasks.Schedule,
    _ fitting: PromptPreparation.Fitting, in image: Volume, by unit: MatrixUnit? = nil
  ) throws -> [AutomaticMask] {
    var stopwatch = Stopwatch()
    let preparation = PromptPreparation(
      normalisation: .minMax, fitting: fitting, resampling: .linear,
      restoration: fitting == .stretched ? .probabilities : .scores)
    let network = try unit.map { try model().accelerated(by: $0) } ?? model()
    return try AutomaticMasks(network, preparation, settings: settings, schedule: schedule)
      .masks(in: image, slice: 1, stopwatch: &stopwatch)
  }

  @Test(
    arguments: [(150, 90), (90, 210), (128, 128), (61, 40), (400, 33)],
    [PromptPreparation.Fitting.padded, .stretched])
  func bothSchedulesFindTheSame(
    size: (width: Int, height: Int), fitting: PromptPreparation.Fitting
  ) throws {
    let image = Self.image(size.width, size.height)
    for (layers, region) in [(0, 0), (1, 0), (0, 40)] {
      let settings = Self.settings(cropLayers: layers, smallestRegion: region)
      let official = try Self.masks(settings, .official, fitting, in: image)
      let lean = try Self.masks(settings, .lean, fitting, in: image)
      #expect(!lean.isEmpty)
      #expect(lean.map(\.mask) == official.map(\.mask))
      #expect(lean.map(\.box) == official.map(\.box))
      #expect(lean.map(\.stability) == official.map(\.stability))
      #expect(lean.map(\.predictedIoU) == official.map(\.predictedIoU))
      #expect(lean.map(\.point) == official.map(\.point))
      #expect(lean.map(\.crop) == official.map(\.crop))
      for mask in lean { #expect(mask.mask.box == mask.box) }
    }
  }

  @Test(.enabled(if: Precision.int16.unit != nil, "this processor has no unit for int16"))
  func reducedPrecisionFindsTheSameMasks() throws {
    var settings = Self.settings()
    // Everything stays, so that all masks can be compared and not only those on the same side of a bound.
    settings.predictedIoUThreshold = 0
    settings.stabilityThreshold = 0
    settings.boxOverlapThreshold = 1
    let image = Self.image(150, 90)
    let exact = try Self.masks(settings, .official, .padded, in: image)
    let fast = try Self.masks(settings, .lean, .padded, in: image, by: Precision.int16.unit)
    #expect(!exact.isEmpty)
    #expect(abs(exact.count - fast.count) <= exact.count / 50)
    let overlaps = exact.map { mask in
      fast.filter { $0.point == mask.point }.map { overlap($0.mask, mask.mask) }.max() ?? 0
    }
    #expect(overlaps.reduce(0, +) / Double(overlaps.count) > 0.99)
  }

  private func overlap(_ a: RunLengthMask, _ b: RunLengthMask) -> Double {
    let pairs = zip(a.pixels, b.pixels)
    let common = pairs.count { $0 > 0 && $1 > 0 }
    return Double(common) / Double(max(1, pairs.count { $0 > 0 || $1 > 0 }))
  }

  @Test func anImageOfOnePixelIsSearched() throws {
    let settings = Self.settings(cropLayers: 1, smallestRegion: 2)
    for fitting in [PromptPreparation.Fitting.padded, .stretched] {
      let official = try Self.masks(settings, .official, fitting, in: Self.image(1, 1))
      let lean = try Self.masks(settings, .lean, fitting, in: Self.image(1, 1))
      #expect(lean.map(\.mask) == official.map(\.mask))
      #expect(lean.allSatisfy { $0.area == 1 })
    }
  }

  @Test func aSliceIsSearchedAsAnImageOfItsOwn() throws {
    let volume = Self.image(150, 90)
    let settings = Self.settings()
    let inVolume = try Self.masks(settings, .lean, .padded, in: volume)
    let map = inVolume.labelMap(on: volume.geometry, slice: 1)
    #expect(map.labels[..<(150 * 90)].allSatisfy { $0 == 0 })
    #expect(Set(map.labels).isSuperset(of: [Int32(inVolume.count)]))
    // The last mask is the smallest and lies on all others.
    let last = try #require(inVolume.last)
    #expect(map.labels.count { $0 == Int32(inVolume.count) } == last.area)
    #expect(inVolume.map(\.area) == inVolume.map(\.area).sorted(by: >))
  }

  @Test func boxesOfMasksThatStayDoNotOverlap() throws {
    var settings = Self.settings()
    settings.boxOverlapThreshold = 0.4
    let found = try Self.masks(settings, .lean, .padded, in: Self.image(150, 90))
    for a in found.indices {
      for b in found.indices where a < b {
        #expect(!(AutomaticMasks.overlap(found[a].box, found[b].box) > 0.4))
      }
    }
    for mask in found {
      #expect(mask.predictedIoU > 0.02)
      #expect(mask.stability >= Double(Float(0.3)))
    }
  }

  /// As generate_crop_boxes((90, 150), 2, 512 / 1500) of the reference implementation.
  @Test func cropsAreThoseOfTheReference() {
    var settings = AutomaticMasks.Settings()
    settings.cropLayers = 2
    let crops = settings.crops(of: PixelSize(height: 90, width: 150))
    #expect(crops.count == 1 + 4 + 16)
    let boxes = crops.map { [$0.box.left, $0.box.top, $0.box.right, $0.box.bottom] }
    #expect(
      boxes[..<5] == [
        [0, 0, 150, 90], [0, 0, 90, 60], [0, 30, 90, 90], [60, 0, 150, 60], [60, 30, 150, 90],
      ])
    #expect(boxes[20] == [102, 57, 150, 90])
    settings.cropPointsDownscale = 2
    #expect(settings.points(in: crops[20]).count == 8 * 8)
    settings.pointsPerSide = 4
    let points = settings.points(in: crops[0])
    #expect(points[0] == SIMD2(18.75, 11.25))
    #expect(points[7] == SIMD2(131.25, 33.75))
  }

  @Test func masksThatTheCropCutsAreLeftOut() {
    let image = PixelSize(height: 200, width: 300)
    let crop = AutomaticMasks.Crop(
      box: PixelBox(left: 0, top: 50, right: 150, bottom: 200), layer: 1)
    func cuts(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) -> Bool {
      crop.cuts(PixelBox(left: left, top: top, right: right, bottom: bottom), image: image)
    }
    #expect(!cuts(0, 80, 120, 199))
    #expect(cuts(0, 80, 130, 199))
    #expect(cuts(0, 70, 120, 199))
    #expect(!cuts(0, 71, 129, 199))
  }

  @Test func theBetterOfTwoStays() throws {
    func mask(_ left: Int, _ right: Int) throws -> AutomaticMask {
      let mask = try RunLengthMaskTests.mask(20, 40) { x, _ in (left...right).contains(x) }
      return AutomaticMask(
        mask: mask, box: try #require(mask.box), predictedIoU: 1, stability: 1, point: .zero,
        crop: PixelBox(left: 0, top: 0, right: 40, bottom: 20))
    }
    let masks = [try mask(0, 20), try mask(1, 20), try mask(25, 39), try mask(0, 19)]
    let kept = AutomaticMasks.suppressed(masks, scores: [0.5, 0.9, 0.1, 0.9], threshold: 0.7)
    #expect(kept.map(\.box.left) == [1, 25])
    // Equal scores: the first stays, and 0 … 20 covers 19 of 20 columns of two others.
    let equal = AutomaticMasks.suppressed(masks, scores: [1, 1, 1, 1], threshold: 0.94)
    #expect(equal.map(\.box.left) == [0, 25])
    let lax = AutomaticMasks.suppressed(masks, scores: [1, 1, 1, 1], threshold: 0.96)
    #expect(lax.count == 4)
  }

  @Test func cleaningPrefersMasksThatWereClean() throws {
    func mask(hole: Bool) throws -> AutomaticMask {
      let mask = try RunLengthMaskTests.mask(20, 40) { x, y in
        (5..<30).contains(x) && (3..<18).contains(y) && !(hole && x == 9 && y == 9)
      }
      return AutomaticMask(
        mask: mask, box: try #require(mask.box), predictedIoU: hole ? 0.99 : 0.9, stability: 1,
        point: .zero, crop: PixelBox(left: 0, top: 0, right: 40, bottom: 20))
    }
    let cleaned = AutomaticMasks.cleaned(
      [try mask(hole: true), try mask(hole: false)], smallestRegion: 5, threshold: 0.7)
    #expect(cleaned.map(\.predictedIoU) == [0.9])
    let alone = AutomaticMasks.cleaned([try mask(hole: true)], smallestRegion: 5, threshold: 0.7)
    #expect(alone.map(\.area) == [25 * 15])
  }

  @Test func settingsWithoutSenseAreRefused() throws {
    let changes: [(inout AutomaticMasks.Settings) -> Void] = [
      { $0.pointsPerSide = 0 }, { $0.pointsPerBatch = 0 }, { $0.predictedIoUThreshold = 1.5 },
      { $0.stabilityThreshold = -0.1 }, { $0.stabilityOffset = .nan },
      { $0.boxOverlapThreshold = 2 }, { $0.cropLayers = 9 }, { $0.cropOverlapRatio = 1 },
      { $0.cropPointsDownscale = 0 }, { $0.smallestRegion = -1 },
      {
        $0.cropLayers = 2
        $0.cropPointsDownscale = 8
      },
    ]
    try AutomaticMasks.Settings().check()
    for change in changes {
      var settings = AutomaticMasks.Settings()
      change(&settings)
      #expect(throws: SegmentationError.self) { try settings.check() }
    }
    var stopwatch = Stopwatch()
    let search = try AutomaticMasks(
      Self.model(), .segmentAnything, settings: Self.settings(), schedule: .lean)
    #expect(throws: SegmentationError.self) {
      try search.masks(in: Self.image(9, 9), slice: 2, stopwatch: &stopwatch)
    }
  }

  @Test func annotationsHaveTheFieldsOfTheReference() throws {
    let mask = try RunLengthMaskTests.mask(40, 57) { x, y in
      (x - 30) * (x - 30) + (y - 18) * (y - 18) < 150
    }
    let found = AutomaticMask(
      mask: mask, box: try #require(mask.box), predictedIoU: 0.5, stability: 0.25,
      point: SIMD2(30.5, 18), crop: PixelBox(left: 10, top: 0, right: 57, bottom: 40))
    let json = String(decoding: try [found].cocoJSON(), as: UTF8.self)
    #expect(
      json
        == #"[{"area":481,"bbox":[18,6,24,24],"crop_box":[10,0,47,40],"id":1,"#
        + #""point_coords":[[30.5,18]],"predicted_iou":0.5,"segmentation":{"counts":"#
        + #""Pg05P16K4M2N2N2O0O2O000O2O00000001N10001N101N2N2N3L5JSa0","size":[40,57]},"#
        + #""stability_score":0.25}]"#)
    #expect([found].metadata.hasSuffix("0,481,18,6,24,24,30.5,18.0,0.5,0.25,10,0,47,40\n"))
    #expect([AutomaticMask]().metadata.hasPrefix("id,area,bbox_x0,"))
  }
}

// Prompts in pixels of an image, masks on its grid.

import Imaging
import Tensors
import Testing
import Weights

@testable import Models
@testable import Segmentation

@Suite struct SessionTests {
  /// SAM in small, with weights from a seed.
  static func model() throws -> SegmentAnything {
    try SegmentAnything(
      Weights(SeededInitialiser(seed: 3)),
      .init(
        encoder: .transformer(.init(width: 32, depth: 1, heads: 2, globalBlocks: [0])),
        imageSize: 64, width: 32))
  }

  /// A bright rectangle on a gradient, 60 wide, 40 high, in two slices.
  static let image: Volume = {
    let values: [UInt8] = (0..<2 * 40 * 60).map { index in
      let (x, y) = (index % 60, index / 60 % 40)
      return (10..<30).contains(x) && (5..<20).contains(y) ? 220 : UInt8(x + y)
    }
    return Volume(
      geometry: Geometry(size: SIMD3(60, 40, 2), spacing: SIMD3(0.5, 0.5, 2)),
      voxels: .uint8(values))
  }()

  static func session(
    _ fitting: PromptPreparation.Fitting = .padded, slice: Int = 1
  ) throws -> Session {
    try Session(
      model(), PromptPreparation(normalisation: .minMax, fitting: fitting, resampling: .area),
      image: image, slice: slice, window: nil)
  }

  @Test(arguments: [PromptPreparation.Fitting.padded, .stretched])
  func companyDoesNotChangeAnAnswer(_ fitting: PromptPreparation.Fitting) throws {
    let session = try Self.session(fitting)
    let box = ObjectPrompt.Box(left: 9, top: 4, right: 30, bottom: 20)
    let prompts = [
      ObjectPrompt(points: [.init(x: 20, y: 10)]),
      ObjectPrompt(box: box),
      ObjectPrompt(points: [.init(x: 50, y: 30)]),
      ObjectPrompt(points: [.init(x: 20, y: 10), .init(x: 50, y: 2, isInside: false)], box: box),
    ]
    let together = try session.segment(prompts, multimask: true)
    #expect(together.map(\.count) == [3, 3, 3, 3])
    for (prompt, candidates) in zip(prompts, together) {
      let alone = try session.segment([prompt], multimask: true)[0]
      for (ours, theirs) in zip(candidates, alone) {
        #expect(ours.mask.count == 60 * 40)
        #expect(abs(ours.predictedIoU - theirs.predictedIoU) < 1e-5)
        let difference = try (ours.coarse - theirs.coarse).absolute().largest().item()
        #expect(difference < 1e-4)
      }
      #expect(candidates.map(\.predictedIoU) == candidates.map(\.predictedIoU).sorted(by: >))
    }
  }

  @Test func anAnswerCanBeCorrected() throws {
    let session = try Self.session()
    var prompt = ObjectPrompt(points: [.init(x: 20, y: 10)])
    let first = try session.segment([prompt])
    prompt.mask = try #require(first.first?.first).coarse
    prompt.points.append(.init(x: 3, y: 3, isInside: false))
    let second = try session.segment([prompt])
    #expect(second.map(\.count) == [1])
    let map = session.labelMap(of: second + first)
    #expect(map.geometry == Self.image.geometry)
    #expect(map.labels[..<2400].allSatisfy { $0 == 0 })
    for (label, value) in zip(map.labels[2400...], first[0][0].mask) where value > 0 {
      #expect(label == 2)
    }
  }

  @Test func coordinatesFollowTheImage() throws {
    let prompts = [
      ObjectPrompt(
        points: [.init(x: 30, y: 20)], box: .init(left: 0, top: 10, right: 60, bottom: 40))
    ]
    let tensors = try prompts.tensors(
      scaledFrom: PixelSize(height: 40, width: 60), to: PixelSize(height: 20, width: 120))
    #expect(try tensors.points?.floats() == [60, 10])
    #expect(try tensors.boxes?.floats() == [0, 5, 120, 20])
  }

  @Test func theInputIsNormalisedAndPadded() throws {
    let colours = try Self.image.colours(ofSlice: 0, window: nil)
    #expect(colours.shape == [1, 3, 40, 60])
    let input = try PromptPreparation.segmentAnything.input(colours, side: 120)
    #expect(input.shape == [1, 3, 120, 120])
    #expect(try input.slice(80..<120, axis: 2).absolute().largest().item() == 0)
    // The rectangle's middle is 220 in every channel.
    let value = try input.select(0).select(0).select(25).select(40).item()
    #expect(abs(value - (220 - 123.675) / 58.395) < 1e-4)
  }

  @Test func areasKeepTheMean() throws {
    let x = try Tensor((0..<36).map(Float.init), shape: [1, 1, 6, 6]).expanded([1, 3, 6, 6])
    let area = PromptPreparation(normalisation: .minMax, fitting: .padded, resampling: .area)
    let values = try area.input(x, side: 2).floats()
    // Means of the quarters are 7, 10, 25 and 28; whole numbers 0 … 1 after normalisation.
    let expected: [Float] = [0, 3.0 / 21, 18.0 / 21, 1]
    for (ours, theirs) in zip(values, expected + expected + expected) {
      #expect(abs(ours - theirs) < 1e-6)
    }
  }

  @Test func otherTypesAreWindowed() throws {
    let geometry = Geometry(size: SIMD3(4, 1, 1))
    let volume = Volume(geometry: geometry, voxels: .int16([-160, 40, 240, 1000]))
    let shown = try volume.colours(ofSlice: 0, window: .softTissue).select(0).select(0).floats()
    #expect(shown == [0, 128, 255, 255])
    let other = Volume(geometry: geometry, voxels: .float32([-5, 0, 1, 2]))
    #expect(try other.colours(ofSlice: 0, window: nil).floats().prefix(4) == [0, 0, 0, 255])
  }

  @Test func impossibleRequestsAreRefused() throws {
    let session = try Self.session()
    for prompt in [
      ObjectPrompt(points: [.init(x: 60.5, y: 3)]), ObjectPrompt(points: [.init(x: .nan, y: 3)]),
      ObjectPrompt(box: .init(left: 9, top: 9, right: 9, bottom: 20)),
    ] {
      #expect(throws: SegmentationError.self) { try session.segment([prompt]) }
    }
    #expect(throws: TensorError.self) { try session.segment([ObjectPrompt()]) }
    #expect(throws: SegmentationError.self) { try Self.session(slice: 2) }
    let dense = try Registry.model("lwnet")
    let model = try dense.load(Weights(SeededInitialiser(seed: 1)))
    #expect(throws: SegmentationError.notPromptable("lwnet/drive")) {
      try Session(model, entry: dense, image: Self.image)
    }
  }
}

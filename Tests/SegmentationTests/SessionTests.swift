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

  /// EfficientSAM in small.
  static func efficient() throws -> EfficientSAM {
    try EfficientSAM(
      Weights(SeededInitialiser(seed: 3)),
      .init(encoder: .init(width: 32, depth: 1, heads: 2), imageSize: 64, width: 32))
  }

  static func session(slice: Int = 1) throws -> Session {
    try Family.lite.session(image, slice: slice)
  }

  /// The networks and preparations that the published weights come with.
  enum Family: CaseIterable {
    case lite, medSAM, efficientSAM

    var preparation: PromptPreparation {
      switch self {
      case .lite: PromptPreparation(normalisation: .minMax, fitting: .padded, resampling: .area)
      case .medSAM:
        PromptPreparation(
          normalisation: .minMax, fitting: .stretched, resampling: .spline,
          restoration: .probabilities)
      case .efficientSAM: .efficientSAM
      }
    }

    func session(_ image: Volume, slice: Int = 0) throws -> Session {
      let model: any PromptableModel = try self == .efficientSAM ? efficient() : model()
      return try Session(model, preparation, image: image, slice: slice, window: nil)
    }
  }

  @Test(arguments: Family.allCases)
  func companyDoesNotChangeAnAnswer(_ family: Family) throws {
    let session = try family.session(Self.image, slice: 1)
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
        let difference = try (ours.coarse.tensor - theirs.coarse.tensor).absolute().largest().item()
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

  /// Long, tiny and square images; coarse scores are restored on the grid of each.
  @Test(
    arguments: Family.allCases,
    [PixelSize(height: 1, width: 1), .init(height: 3, width: 90), .init(height: 150, width: 64)])
  func masksLieOnTheGridOfAnyImage(_ family: Family, size: PixelSize) throws {
    let values = (0..<size.height * size.width).map { UInt8($0 % 251) }
    let image = Volume(
      geometry: Geometry(size: SIMD3(size.width, size.height, 1)), voxels: .uint8(values))
    let session = try family.session(image)
    let corner = Double(size.width) - 1
    let answers = try session.segment([ObjectPrompt(points: [.init(x: corner, y: 0)])])
    let candidate = try #require(answers.first?.first)
    #expect(answers[0].count == 1)
    #expect(candidate.mask.count == size.height * size.width)
    #expect(Set(candidate.mask).isSubset(of: [0, 1]))
  }

  /// A box in pixels of the image is the same box in pixels of the input, and it moves the scores.
  @Test(arguments: Family.allCases)
  func aBoxMovedMovesTheScores(_ family: Family) throws {
    let session = try family.session(Self.image)
    func scores(_ left: Double, _ top: Double) throws -> Tensor {
      let box = ObjectPrompt.Box(left: left, top: top, right: left + 15, bottom: top + 10)
      return try #require(try session.segment([ObjectPrompt(box: box)])[0].first).coarse.tensor
    }
    let here = try scores(15, 10)
    let covered = family.preparation.fitting.covered(
      by: PixelSize(height: 40, width: 60), side: 64)
    let (across, down) = (Float(covered.width) / 60, Float(covered.height) / 40)
    let corners = [15 * across, 10 * down, 30 * across, 20 * down]
    let direct = try inference {
      try session.model.decode(
        session.embedding,
        session.model.encode(PromptTensors(boxes: Tensor(corners, shape: [1, 4]))), multimask: false
      )
    }
    #expect(try (here - direct.logits).absolute().largest().item() < 1e-5)
    #expect(try (here - scores(40, 25)).absolute().largest().item() > 1e-3)
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

  /// Against the definition: the four nearest pixels, weighted by distance, also in a reduction.
  @Test(arguments: [(5, 7), (40, 90)])
  func sampledImagesAreNeitherAveragedNorRounded(height: Int, width: Int) throws {
    let side = 16
    let values = (0..<height * width).map { Float($0 * 37 % 256) }
    let colours = try Tensor(values, shape: [1, 1, height, width])
      .expanded([1, 3, height, width])
    let input = try PromptPreparation.efficientSAM.input(colours, side: side).select(0).floats()
    func neighbours(_ place: Int, _ extent: Int) -> (Int, Int, Float) {
      let centre = (Double(place) + 0.5) * Double(extent) / Double(side) - 0.5
      let inside = max(0, centre)
      let first = min(Int(inside), extent - 1)
      return (first, min(first + 1, extent - 1), Float(inside - Double(first)))
    }
    for row in 0..<side {
      for column in 0..<side {
        let (top, bottom, down) = neighbours(row, height)
        let (left, right, across) = neighbours(column, width)
        func between(_ y: Int) -> Float {
          values[y * width + left] * (1 - across) + values[y * width + right] * across
        }
        let expected = between(top) * (1 - down) + between(bottom) * down
        let green = input[side * side + row * side + column]
        #expect(abs(green - (expected / 255 - 0.456) / 0.224) < 1e-3)
      }
    }
  }

  @Test func otherTypesAreWindowed() throws {
    let geometry = Geometry(size: SIMD3(4, 1, 1))
    let volume = Volume(geometry: geometry, voxels: .int16([-160, 40, 240, 1000]))
    let shown = try volume.colours(ofSlice: 0, window: .softTissue).select(0).select(0).floats()
    #expect(shown == [0, 127, 255, 255])
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
    let efficient = try Family.efficientSAM.session(Self.image)
    var prompt = ObjectPrompt(points: (0..<7).map { .init(x: Double($0), y: 3) })
    #expect(throws: TensorError.self) { try efficient.segment([prompt]) }
    prompt.points.removeLast()
    #expect(try efficient.segment([prompt]).map(\.count) == [1])
    prompt.mask = try efficient.segment([prompt])[0].first?.coarse
    #expect(throws: TensorError.self) { try efficient.segment([prompt]) }
    #expect(throws: SegmentationError.self) { try Self.session(slice: 2) }
    let dense = try Registry.model("lwnet")
    let model = try dense.load(Weights(SeededInitialiser(seed: 1)))
    #expect(throws: SegmentationError.notPromptable("lwnet/drive")) {
      try PromptSessions(model, entry: dense)
    }
  }
}

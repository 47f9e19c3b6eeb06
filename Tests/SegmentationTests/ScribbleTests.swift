// Lines, drawings and earlier masks as prompts.

import Imaging
import Tensors
import Testing

@testable import Models
@testable import Segmentation

@Suite struct ScribbleTests {
  @Test func pointsSpreadAlongALine() {
    let line = Scribble(path: [SIMD2(0, 0), SIMD2(10, 0), SIMD2(10, 4)])
    let points = line.points(atMost: 3)
    // The middle of all places is (6.3, 0.7).
    #expect(points.map { SIMD2($0.x, $0.y) } == [SIMD2(6, 0), SIMD2(0, 0), SIMD2(10, 4)])
    #expect(points.map(\.isInside) == [true, true, true])
    #expect(line.points(atMost: 100).count == 15)
    #expect(line.points(atMost: 0).isEmpty)
    #expect(Scribble(path: []).points().isEmpty)
    let dot = Scribble(path: [SIMD2(4.5, 2)], isInside: false).points()
    #expect(dot == [ObjectPrompt.Point(x: 4.5, y: 2, isInside: false)])
  }

  @Test func eachPieceOfADrawingGivesItsPoints() throws {
    let (width, height) = (30, 20)
    // A diagonal line, whose pixels touch over corners, a dot, and a line beside the object.
    let drawing: [Int32] = (0..<width * height).map { index in
      let (x, y) = (index % width, index / width)
      if x == y, x < 15 { return 1 }
      if x == 25, y == 3 { return 1 }
      return y == 18 && x > 4 ? 2 : 0
    }
    let size = PixelSize(height: height, width: width)
    let points = try Scribble.points(in: drawing, size: size, atMost: 4)
    #expect(points.count == 4 + 1 + 4)
    for point in points {
      let value = drawing[Int(point.y) * width + Int(point.x)]
      #expect(value == (point.isInside ? 1 : 2))
    }
    let ends = points.filter { $0.isInside && $0.x == $0.y }
    #expect(ends.contains { $0.x == 0 } && ends.contains { $0.x == 14 })
    #expect(points.contains(ObjectPrompt.Point(x: 25, y: 3)))
    #expect(try Scribble.points(in: drawing, size: size, atMost: 4) == points)

    #expect(throws: SegmentationError.self) {
      try Scribble.points(in: drawing.map { _ in 0 }, size: size)
    }
    #expect(throws: SegmentationError.self) {
      try Scribble.points(in: drawing.map { $0 * 2 }, size: size)
    }
    #expect(throws: SegmentationError.self) { try Scribble.points(in: [1, 0], size: size) }
  }

  @Test(arguments: [SessionTests.Family.lite, .medSAM])
  func anEarlierMaskLiesOnTheCoarseGrid(_ family: SessionTests.Family) throws {
    // 60 × 40 pixels, a coarse grid of 16 × 16
    let session = try family.session(SessionTests.image, slice: 1)
    let mask: [UInt8] = (0..<40 * 60).map { $0 % 60 < 30 ? 255 : 0 }
    let coarse = try session.coarse(of: mask)
    #expect(coarse.tensor.shape == [1, 1, 16, 16])
    let values = try coarse.tensor.floats()
    let inside: Float = 6.9067548
    let rows = family == .lite ? 11 : 16
    for row in 0..<16 {
      let line = values[row * 16..<(row + 1) * 16]
      #expect(abs((line.first ?? 0) - (row < rows ? inside : -inside)) < 1e-4)
      #expect(abs((line.last ?? 0) + inside) < 1e-4)
    }
    let found = try session.segment([ObjectPrompt(pixels: mask)])
    let same = try session.segment([ObjectPrompt(mask: coarse)])
    #expect(found[0][0].mask == same[0][0].mask)
    #expect(found[0][0].predictedIoU == same[0][0].predictedIoU)
    let other = try session.segment([ObjectPrompt(pixels: mask.map { 255 - $0 })])
    #expect(other[0][0].predictedIoU != found[0][0].predictedIoU)

    #expect(throws: SegmentationError.self) { try session.coarse(of: [1, 0]) }
    #expect(throws: SegmentationError.self) { try session.coarse(of: mask.map { _ in 0 }) }
    #expect(throws: SegmentationError.self) {
      try session.segment([ObjectPrompt(mask: coarse, pixels: mask)])
    }
  }

  /// An answer given back with a point changes it, and no number is lost on the way.
  @Test func answersAreRefined() throws {
    let session = try SessionTests.session()
    var prompt = ObjectPrompt(points: [.init(x: 20, y: 10)])
    var answers: [Double] = []
    for place in [SIMD2(3.0, 3.0), SIMD2(50, 30), SIMD2(25, 15)] {
      let best = try #require(try session.segment([prompt], multimask: true).first?.first)
      answers.append(best.predictedIoU)
      #expect(try best.coarse.tensor.floats().allSatisfy { $0.isFinite })
      prompt.mask = best.coarse
      prompt.points.append(.init(x: place.x, y: place.y, isInside: false))
    }
    #expect(Set(answers).count == 3)
  }

  @Test(arguments: [
    Voxels.uint8([7]), .uint16([500]), .float32([0.25]), .float32([-3]), .uint8([0]),
  ])
  func imagesOfOnePixelAndOneValueAreAnswered(_ pixel: Voxels) throws {
    for edge in [1, 40] {
      let count = edge * edge
      let voxels: Voxels =
        switch pixel {
        case .uint8(let value): .uint8(.init(repeating: value[0], count: count))
        case .uint16(let value): .uint16(.init(repeating: value[0], count: count))
        default: .float32(.init(repeating: pixel.floats[0], count: count))
        }
      let image = Volume(geometry: Geometry(size: SIMD3(edge, edge, 1)), voxels: voxels)
      for fitting in [PromptPreparation.Fitting.padded, .stretched] {
        let session = try Session(
          SessionTests.model(),
          PromptPreparation(normalisation: .minMax, fitting: fitting, resampling: .area),
          image: image, slice: 0, window: nil)
        #expect(try session.embedding.features.floats().allSatisfy { $0.isFinite })
        let found = try session.segment([ObjectPrompt(points: [.init(x: 0, y: 0)])])
        #expect(found[0][0].mask.count == count)
        #expect(found[0][0].predictedIoU.isFinite)
      }
    }
  }
}

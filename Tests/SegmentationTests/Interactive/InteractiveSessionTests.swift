// From prompts to views and back to masks on the grid of the slice.

import Imaging
import Models
import Prompts
import Tensors
import Testing

@testable import Segmentation

@Suite struct InteractiveSessionTests {
  private func session(_ scene: DiscScene) throws -> InteractiveSession {
    try InteractiveSession(NearnessModel(), image: scene.image)
  }

  @Test func aSmallObjectInALargeImageKeepsItsOutline() throws {
    // Four pixels of the image to one sample, were it looked at as a whole.
    let scene = DiscScene(side: 256, radius: 9, every: 64)
    let session = try session(scene)
    for disc in scene.discs.prefix(6) {
      let (x, y) = (Double(disc.x), Double(disc.y))
      let prompts = [
        ObjectPrompt(points: [.init(x: x + 2, y: y - 3)]),
        ObjectPrompt(box: .init(left: x - 9, top: y - 9, right: x + 9, bottom: y + 9)),
        ObjectPrompt(scribbles: [ScribblePrompt(path: [SIMD2(x - 4, y), SIMD2(x + 4, y)])]),
      ]
      for found in try session.segment(prompts) {
        #expect(DiscScene.dice(found[0].mask, scene.mask(of: disc)) > 0.88)
        #expect(found[0].predictedIoU > 0.6 && found[0].predictedIoU <= 1)
      }
    }
  }

  @Test func anObjectWiderThanTheFirstViewIsFollowed() throws {
    let scene = DiscScene(side: 200, radius: 70, every: 200)
    let session = try session(scene)
    // A drawn box that is far too small, with a click.
    let prompt = ObjectPrompt(
      points: [.init(x: 100, y: 100)], pixels: scene.mask(of: .init(x: 100, y: 100, radius: 12)))
    let found = try session.segment([prompt])
    #expect(DiscScene.dice(found[0][0].mask, scene.mask(of: scene.discs[0])) > 0.9)
  }

  @Test func anAnswerCanBeGoneOnFrom() throws {
    let scene = DiscScene(side: 96, radius: 10, every: 32)
    let session = try session(scene)
    var prompt = ObjectPrompt(points: [.init(x: 16, y: 16)])
    prompt.mask = try session.segment([prompt])[0][0].coarse
    prompt.points.append(.init(x: 80, y: 80))
    let both = try session.segment([prompt])[0][0].mask
    #expect(both[16 * 96 + 16] == 1 && both[80 * 96 + 80] == 1)
    prompt.pixels = both
    #expect(throws: SegmentationError.self) { try session.segment([prompt]) }
    #expect(throws: SegmentationError.self) {
      try session.segment([ObjectPrompt(pixels: [UInt8](repeating: 0, count: 96 * 96))])
    }
    #expect(throws: SegmentationError.self) {
      try session.segment([ObjectPrompt(pixels: [1, 1])])
    }
  }

  @Test func companyDoesNotChangeAnAnswer() throws {
    let scene = DiscScene(side: 96, radius: 10, every: 32)
    let session = try session(scene)
    let prompts = [
      ObjectPrompt(points: [.init(x: 16, y: 16)]),
      ObjectPrompt(box: .init(left: 38, top: 38, right: 58, bottom: 58)),
    ]
    let together = try session.segment(prompts)
    for (index, prompt) in prompts.enumerated() {
      #expect(try session.segment([prompt])[0][0].mask == together[index][0].mask)
    }
    #expect((1...3).contains(try session.segment(prompts, multimask: true)[0].count))
  }

  @Test func aCorrectionOfDetailKeepsTheRest() {
    // Two answers that agree but for a pixel here and a pixel there.
    var earlier = [Float](repeating: -5, count: 400)
    for pixel in 100..<300 { earlier[pixel] = 5 }
    var new = earlier.map { $0 * 2 }
    new[310] = 3
    new[50] = 3
    let correction = Correction(side: 20)
    let merged = correction.scores(new, over: earlier, at: SIMD2(10, 15))
    #expect(merged[310] == 3 && merged[50] == -5 && merged[200] == 5)
    // A click that changes nothing under it, and an answer that is another one, stay whole.
    #expect(correction.scores(new, over: earlier, at: SIMD2(0, 0)) == new)
    #expect(correction.scores(new, over: earlier, at: SIMD2(40, -3)) == new)
    for pixel in 200..<300 { new[pixel] = -1 }
    #expect(correction.scores(new, over: earlier, at: SIMD2(10, 15)) == new)
  }

  @Test func clicksOnTheBorderOfTheImageAreAnswered() throws {
    let scene = DiscScene(side: 64, radius: 10, every: 32)
    let session = try session(scene)
    for (x, y) in [(0.0, 0.0), (63, 0), (0, 63), (63, 63), (-0.5, 20)] {
      let found = try session.segment([ObjectPrompt(points: [.init(x: x, y: y)])])
      #expect(found[0][0].mask.count == 64 * 64)
    }
    #expect(throws: SegmentationError.self) {
      try session.segment([ObjectPrompt(points: [.init(x: 64, y: 3)])])
    }
    #expect(throws: SegmentationError.self) {
      try session.segment([ObjectPrompt(box: .init(left: 5, top: 5, right: 5, bottom: 9))])
    }
  }

  @Test func anImageOfOneGreyValueHasNothingWithProbabilityZero() throws {
    let flat = Volume(
      geometry: Geometry(size: SIMD3(40, 30, 1)), voxels: .uint8([UInt8](repeating: 7, count: 1200))
    )
    let session = try InteractiveSession(NearnessModel(), image: flat)
    let found = try session.segment([ObjectPrompt(points: [.init(x: 3, y: 3)])])[0][0]
    #expect(found.mask.allSatisfy { $0 == 0 })
    #expect(found.predictedIoU == 0)
    #expect(try session.scoresOnSlice(found.coarse).allSatisfy { logistic($0) < 1e-6 })
  }

  @Test func imagesSmallerThanAViewAndSlicesOfVolumesAreSeen() throws {
    let tiny = Volume(
      geometry: Geometry(size: SIMD3(5, 3, 2)),
      voxels: .float32((0..<30).map { $0 >= 15 && $0 % 5 < 2 ? 900 : -50 }))
    let session = try InteractiveSession(NearnessModel(), image: tiny, slice: 1)
    let found = try session.segment([ObjectPrompt(points: [.init(x: 0, y: 1)])])
    #expect(found[0][0].mask == [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0])
    let labels = session.labelMap(of: found).labels
    #expect(labels.prefix(15).allSatisfy { $0 == 0 } && labels[15] == 1)
    #expect(throws: SegmentationError.self) {
      try InteractiveSession(NearnessModel(), image: tiny, slice: 2)
    }
  }
}

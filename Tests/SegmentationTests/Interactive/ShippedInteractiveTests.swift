// The weights that ship: they follow what one points at.

import Imaging
import Models
import Prompts
import Tensors
import Testing

@testable import Segmentation

@Suite struct ShippedInteractiveTests {
  private static let model: Result<any Model, any Error> = Result {
    try ModelStore().load(Registry.model("interactive-unet"), precision: .automatic).model
  }

  private func session(_ image: Volume) throws -> any PromptSession {
    try PromptSessions(Self.model.get(), entry: Registry.model("interactive-unet")).open(image)
  }

  private func centre(_ disc: DiscScene.Disc, inside: Bool = true) -> PointPrompt {
    PointPrompt(x: Double(disc.x), y: Double(disc.y), isInside: inside)
  }

  @Test(arguments: [(192, 10, 38), (256, 24, 84)])
  func aClickOnAnotherObjectMovesTheMask(side: Int, radius: Int, step: Int) throws {
    let scene = DiscScene(side: side, radius: radius, every: step)
    let session = try session(scene.image)
    let found = try session.segment(
      scene.discs.map { ObjectPrompt(points: [centre($0)]) }, multimask: false)
    for (disc, answer) in zip(scene.discs, found) {
      let own = DiscScene.dice(answer[0].mask, scene.mask(of: disc))
      #expect(own > 0.8, "disc at \(disc.x), \(disc.y): \(own)")
    }
  }

  @Test func aBackgroundClickRemovesWhatItIsOn() throws {
    let scene = DiscScene(side: 224, radius: 12, every: 44)
    let session = try session(scene.image)
    var (removed, asked) = (0, 0)
    for (first, second) in zip(scene.discs, scene.discs.dropFirst()) where first.y == second.y {
      // A mask of two objects, one of which the user does not want.
      let both = zip(scene.mask(of: first), scene.mask(of: second)).map { max($0, $1) }
      let prompt = ObjectPrompt(
        points: [centre(first), centre(second, inside: false)], pixels: both)
      let answer = try session.segment([prompt], multimask: false)[0][0].mask
      asked += 1
      if answer[second.y * 224 + second.x] == 0, answer[first.y * 224 + first.x] == 1 {
        removed += 1
      }
    }
    #expect(asked == 20)
    #expect(Double(removed) >= 0.95 * Double(asked), "\(removed) of \(asked)")
  }

  @Test func moreClicksNeverLowerTheMeanOverASet() throws {
    let scene = DiscScene(side: 224, radius: 13, every: 56)
    let session = try session(scene.image)
    let user = SimulatedUser(seed: 1)
    var means: [Double] = []
    var points = scene.discs.map { [centre($0)] }
    var earlier = [CoarseScores?](repeating: nil, count: scene.discs.count)
    for _ in 0..<4 {
      let answers = try session.segment(
        points.indices.map { ObjectPrompt(points: points[$0], mask: earlier[$0]) },
        multimask: false)
      var sum = 0.0
      for (index, disc) in scene.discs.enumerated() {
        let truth = try SliceMask(scene.mask(of: disc), width: 224, height: 224)
        let mask = try SliceMask(answers[index][0].mask, width: 224, height: 224)
        sum += DiscScene.dice(mask.pixels, truth.pixels)
        earlier[index] = answers[index][0].coarse
        if let next = try user.nextPoint(prediction: mask, truth: truth, clicked: points[index]) {
          points[index].append(next)
        }
      }
      means.append(sum / Double(scene.discs.count))
    }
    for (before, after) in zip(means, means.dropFirst()) {
      #expect(after >= before - 0.005, "\(means)")
    }
  }
}

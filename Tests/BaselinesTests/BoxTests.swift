// The box and its ellipse, pixel by pixel.

import Prompts
import Testing

@testable import Baselines

@Suite struct BoxTests {
  @Test func theBoxIsFilledWithItsEdges() throws {
    let mask = try BoxFill().mask(input(BoxPrompt(left: 1, top: 1, right: 3, bottom: 2), 5, 4))
    #expect(mask == [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test func theTightBoxOfARectangleIsTheRectangle() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let width = Int.random(in: 1...20, using: &generator)
      let height = Int.random(in: 1...20, using: &generator)
      let (a, b) = (
        Int.random(in: 0..<width, using: &generator), Int.random(in: 0..<width, using: &generator)
      )
      let (c, d) = (
        Int.random(in: 0..<height, using: &generator), Int.random(in: 0..<height, using: &generator)
      )
      let pixels: [UInt8] = (0..<width * height).map {
        (min(a, b)...max(a, b)).contains($0 % width) && (min(c, d)...max(c, d)).contains($0 / width)
          ? 1 : 0
      }
      let truth = try SliceMask(pixels, width: width, height: height)
      let box = try #require(SimulatedUser(seed: 1).box(around: truth))
      #expect(try BoxFill().mask(input(box, width, height)) == pixels)
      let ellipse = try EllipseInBox().mask(input(box, width, height))
      #expect(ellipse.contains(1))
      #expect(zip(ellipse, pixels).allSatisfy { $0 <= $1 })
    }
  }

  @Test func theEllipseHasItsArea() throws {
    let box = BoxPrompt(left: 10, top: 5, right: 109, bottom: 64)
    let ellipse = try EllipseInBox().mask(input(box, 120, 70))
    let area = Double(ellipse.count { $0 == 1 })
    #expect(abs(area - Double.pi / 4 * 100 * 60) < 30)
    // Symmetric, and touching all four edges of the box.
    for y in 0..<60 {
      for x in 0..<100 {
        let value = ellipse[(y + 5) * 120 + x + 10]
        #expect(value == ellipse[(64 - y) * 120 + x + 10])
        #expect(value == ellipse[(y + 5) * 120 + 109 - x])
      }
    }
    #expect(ellipse[35 * 120 + 10] == 1 && ellipse[5 * 120 + 59] == 1)
  }

  @Test func aBoxBetweenPixelsTakesTheNearest() throws {
    let box = BoxPrompt(left: 1.2, top: 0.6, right: 1.4, bottom: 0.7)
    #expect(try BoxFill().mask(input(box, 3, 2)) == [0, 0, 0, 0, 1, 0])
  }

  private static let bad = [
    BoxPrompt(left: 3, top: 0, right: 2, bottom: 1),
    BoxPrompt(left: -1, top: 0, right: 2, bottom: 1),
    BoxPrompt(left: 0, top: 0, right: 9, bottom: 1),
    BoxPrompt(left: 0, top: .nan, right: 1, bottom: 1),
    BoxPrompt(left: 0, top: 0, right: .infinity, bottom: 1),
  ]

  @Test(arguments: bad) func boxesBesideTheImageAreRefused(box: BoxPrompt) throws {
    for baseline in [BoxFill(), EllipseInBox(), RandomWalker()] as [any Baseline] {
      do {
        _ = try baseline.mask(input(box, 5, 4))
        Issue.record("\(baseline.id) took \(box)")
      } catch BaselinesError.badPrompt {
        continue
      }
    }
  }

  @Test func aBoxIsNeeded() throws {
    let image = try BaselineImage(grey: [0, 1, 2, 3], width: 2, height: 2)
    #expect(throws: BaselinesError.missing(id: "baseline/box", needed: "a box")) {
      try BoxFill().mask(BaselineInput(image: image))
    }
    let stack = try BaselineImage(grey: [0, 1, 2, 3], width: 2, height: 1, depth: 2)
    #expect(throws: BaselinesError.severalSlices(id: "baseline/ellipse", count: 2)) {
      try EllipseInBox().mask(BaselineInput(image: stack))
    }
  }

  private func input(_ box: BoxPrompt, _ width: Int, _ height: Int) throws -> BaselineInput {
    let grey = (0..<width * height).map(Float.init)
    return BaselineInput(
      image: try BaselineImage(grey: grey, width: width, height: height),
      prompts: PromptSet(box: box))
  }
}

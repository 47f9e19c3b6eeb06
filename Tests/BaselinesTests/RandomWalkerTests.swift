// The random walker against scikit-image, and what its answers to prompts must have.

import Prompts
import Testing

@testable import Baselines

@Suite struct RandomWalkerTests {
  @Test func agreesWithScikitImage() throws {
    let golden = try Golden.read()
    #expect(golden.walker.count == 5)
    for sample in golden.walker {
      let found = try RandomWalker.walk(
        sample.image, channels: sample.channels, width: sample.width, height: sample.height,
        seeds: sample.seeds, beta: sample.beta)
      let deviation = zip(found, sample.probabilities).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(deviation < 1e-5, "\(sample.name): \(deviation)")
    }
  }

  @Test func probabilitiesAreHarmonic() throws {
    // Without edges the probability between two seeds at the ends of a row falls evenly.
    let found = try RandomWalker.walk(
      [Float](repeating: 5, count: 11), channels: 1, width: 11, height: 1,
      seeds: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], beta: 130)
    for (x, value) in found.enumerated() { #expect(abs(value - (1 - Double(x) / 10)) < 1e-9) }
  }

  private static let pictures: [(String, Picture)] = [
    ("middle", Picture(width: 80, height: 60, centre: SIMD2(38, 30), radii: SIMD2(18, 12))),
    ("at the edge", Picture(width: 70, height: 70, centre: SIMD2(0, 35), radii: SIMD2(25, 15))),
    (
      "Hounsfield units",
      Picture(
        width: 64, height: 64, centre: SIMD2(30, 30), radii: SIMD2(15, 15), scale: 2000,
        offset: -1000)
    ),
    ("small", Picture(width: 20, height: 20, centre: SIMD2(9, 11), radii: SIMD2(4, 5))),
  ]

  @Test(arguments: pictures.indices) func findsAClearObject(index: Int) throws {
    let (name, picture) = Self.pictures[index]
    let truth = try SliceMask(picture.truth, width: picture.width, height: picture.height)
    let user = SimulatedUser(seed: 4)
    let key = ObjectKey(caseID: name, label: 1)
    for (level, least) in [
      (PromptLevel.point, 0.75), (.box, 0.93), (.jitteredBox, 0.85), (.scribble, 0.85),
    ] {
      let prompts = try #require(user.prompts(at: level, on: truth, of: key))
      let mask = try RandomWalker().mask(
        BaselineInput(image: picture.image(), prompts: prompts))
      let dice = picture.dice(mask)
      #expect(dice > least, "\(name), \(level): \(dice)")
    }
  }

  @Test func beatsTheBoxThatItIsGiven() throws {
    let (_, picture) = Self.pictures[0]
    let prompts = PromptSet(box: BoxPrompt(left: 15, top: 12, right: 62, bottom: 48))
    let input = BaselineInput(image: try picture.image(), prompts: prompts)
    let walker = picture.dice(try RandomWalker().mask(input))
    #expect(walker > picture.dice(try BoxFill().mask(input)))
    #expect(walker > picture.dice(try EllipseInBox().mask(input)))
  }

  @Test func seedsAndBoxesAreKept() throws {
    let (_, picture) = Self.pictures[0]
    let prompts = PromptSet(
      points: [PointPrompt(x: 30, y: 30), PointPrompt(x: 40, y: 31, isInside: false)],
      box: BoxPrompt(left: 10, top: 10, right: 60, bottom: 50),
      scribbles: [ScribblePrompt(path: [SIMD2(20, 20), SIMD2(50, 40)], isInside: true)])
    let found = try RandomWalker().probabilities(
      BaselineInput(image: picture.image(), prompts: prompts))
    #expect(found[30 * 80 + 30] == 1 && found[20 * 80 + 20] == 1 && found[40 * 80 + 50] == 1)
    #expect(found[31 * 80 + 40] == 0)
    for (pixel, value) in found.enumerated() {
      #expect((0...1).contains(value))
      let isInBox = (10...60).contains(pixel % 80) && (10...50).contains(pixel / 80)
      if !isInBox { #expect(value == 0) }
    }
  }

  @Test func backgroundClicksTakeAway() throws {
    let (_, picture) = Self.pictures[0]
    let image = try picture.image()
    let one = PointPrompt(x: 38, y: 30)
    let before = try RandomWalker().probabilities(
      BaselineInput(image: image, prompts: PromptSet(points: [one])))
    let after = try RandomWalker().probabilities(
      BaselineInput(
        image: image, prompts: PromptSet(points: [one, PointPrompt(x: 50, y: 30, isInside: false)]))
    )
    for (a, b) in zip(before, after) { #expect(b <= a + 1e-5) }
    #expect(after.reduce(0, +) < before.reduce(0, +))
  }

  @Test func coloursTellWhatGreyHides() throws {
    let (_, picture) = Self.pictures[0]
    // Red on green of the same luminance.
    let colours = picture.truth.flatMap { $0 == 1 ? [1, 0, 0] : [0, Float(0.299 / 0.587), 0] }
    let grey = [Float](repeating: 0.299, count: picture.truth.count)
    let prompts = PromptSet(points: [PointPrompt(x: 38, y: 30)])
    let image = try BaselineImage(grey: grey, colours: colours, width: 80, height: 60)
    let mask = try RandomWalker().mask(BaselineInput(image: image, prompts: prompts))
    #expect(picture.dice(mask) > 0.98)
  }

  @Test func largeImagesAreWalkedInBlocks() throws {
    let picture = Picture(width: 150, height: 130, centre: SIMD2(70, 60), radii: SIMD2(40, 30))
    var walker = RandomWalker()
    walker.workingPixels = 2000
    let box = BoxPrompt(left: 30, top: 30, right: 110, bottom: 90)
    for prompts in [PromptSet(box: box), PromptSet(points: [PointPrompt(x: 70, y: 60)])] {
      let input = BaselineInput(image: try picture.image(), prompts: prompts)
      let seeds = try WalkerSeeds(input, walker)
      #expect(seeds.block > 1)
      let blocks = WalkerBlocks(input.image, seeds)
      #expect(blocks.width * blocks.height < 2600)
      #expect(blocks.seeds.contains(1) && blocks.seeds.contains(2))
      let dice = picture.dice(try walker.mask(input))
      #expect(dice > 0.9, "\(dice)")
    }
  }

  @Test func tinyAndFullCases() throws {
    let pixel = try BaselineImage(grey: [3], width: 1, height: 1)
    let click = PromptSet(points: [PointPrompt(x: 0, y: 0)])
    #expect(try RandomWalker().mask(BaselineInput(image: pixel, prompts: click)) == [1])
    let flat = try BaselineImage(grey: [Float](repeating: 2, count: 63), width: 9, height: 7)
    let whole = PromptSet(box: BoxPrompt(left: 0, top: 0, right: 8, bottom: 6))
    let mask = try RandomWalker().mask(BaselineInput(image: flat, prompts: whole))
    #expect(mask.contains(1) && mask.contains(0))
    #expect(mask[3 * 9 + 4] == 1)
    let thin = PromptSet(box: BoxPrompt(left: 2, top: 2.5, right: 6, bottom: 3.5))
    #expect(try RandomWalker().mask(BaselineInput(image: flat, prompts: thin))[3 * 9 + 4] == 1)
  }

  @Test func refusals() throws {
    let image = try BaselineImage(grey: [Float](repeating: 0, count: 12), width: 4, height: 3)
    let beside = PromptSet(points: [PointPrompt(x: 1, y: 1, isInside: false)])
    for prompts in [PromptSet(), beside] {
      do {
        _ = try RandomWalker().mask(BaselineInput(image: image, prompts: prompts))
        Issue.record("no seed inside was needed")
      } catch BaselinesError.missing(let id, _) {
        #expect(id == "baseline/random-walker")
      }
    }
    for (x, y) in [(4.0, 1.0), (-0.6, 1), (1, 2.5), (.nan, 0), (1e300, 1)] {
      for prompts in [
        PromptSet(points: [PointPrompt(x: x, y: y)]),
        PromptSet(scribbles: [ScribblePrompt(path: [SIMD2(1, 1), SIMD2(x, y)])]),
      ] {
        do {
          _ = try RandomWalker().mask(BaselineInput(image: image, prompts: prompts))
          Issue.record("\(x),\(y) was taken")
        } catch BaselinesError.badPrompt {
          continue
        }
      }
    }
    let broken = try BaselineImage(grey: [1, .nan, 2, 3], width: 2, height: 2)
    #expect(throws: BaselinesError.nonFinite(1)) {
      try RandomWalker().mask(
        BaselineInput(image: broken, prompts: PromptSet(points: [PointPrompt(x: 0, y: 0)])))
    }
    #expect(
      throws: BaselinesError.failed(id: "baseline/random-walker", message: "there is no seed")
    ) {
      try RandomWalker.walk([1, 2], channels: 1, width: 2, height: 1, seeds: [0, 0], beta: 1)
    }
  }
}

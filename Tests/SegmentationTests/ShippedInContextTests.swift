// The network that ships for learning from examples: it finds what the examples show, and nothing else.

import Datasets
import Imaging
import Models
import Testing

@testable import Segmentation

@Suite struct ShippedInContextTests {
  private static let model: Result<any Model, any Error> = Result {
    try ModelStore().load(Registry.model("universeg"), precision: .automatic).model
  }

  /// A bright disc on the left and a dark square on the right of noisy grey, as organs lie alike.
  private struct Scene {
    static let side = 112
    let image: Volume
    let disc: LabelMap
    let square: LabelMap

    init(seed: UInt64) {
      let side = Self.side
      var random = CounterRandom(seed: seed)
      let centre = SIMD2(random.uniform(in: 24...40), random.uniform(in: 30...82))
      let corner = SIMD2(random.uniform(in: 72...88), random.uniform(in: 30...82))
      var (values, disc, square) = ([Float](), [Int32](), [Int32]())
      for pixel in 0..<side * side {
        let at = SIMD2(Double(pixel % side), Double(pixel / side))
        let inDisc = ((at - centre) * (at - centre)).sum() < 15 * 15
        let inSquare = max(abs(at.x - corner.x), abs(at.y - corner.y)) < 13
        values.append(
          Float(100 + (inDisc ? 40 : inSquare ? -40 : 0) + 6 * random.normal()))
        disc.append(inDisc ? 1 : 0)
        square.append(inSquare ? 1 : 0)
      }
      let geometry = Geometry(size: SIMD3(side, side, 1))
      image = Volume(geometry: geometry, voxels: .float32(values))
      self.disc = LabelMap(geometry: geometry, labels: disc)
      self.square = LabelMap(geometry: geometry, labels: square)
    }
  }

  private func dice(_ a: [Int32], _ b: [Int32]) -> Double {
    let shared = zip(a, b).count { $0 > 0 && $1 > 0 }
    return 2 * Double(shared) / Double(max(1, a.count { $0 > 0 } + b.count { $0 > 0 }))
  }

  /// Mean Dice over new scenes, against what was shown and against the other thing.
  private func found(
    _ shown: (Scene) -> LabelMap, _ other: (Scene) -> LabelMap, examples: Int = 8
  ) throws -> (shown: Double, other: Double) {
    let support = (0..<examples).map { number -> SupportExample in
      let scene = Scene(seed: UInt64(number + 1))
      return SupportExample(image: scene.image, mask: shown(scene))
    }
    let segmenter = try InContextSegmenter(
      Self.model.get(), entry: Registry.model("universeg"), examples: support)
    var sums = (0.0, 0.0)
    for seed in UInt64(100)..<106 {
      let scene = Scene(seed: seed)
      var stopwatch = Stopwatch()
      let labels = try segmenter.segment(scene.image, stopwatch: &stopwatch).labels.labels
      sums.0 += dice(labels, shown(scene).labels) / 6
      sums.1 += dice(labels, other(scene).labels) / 6
    }
    return sums
  }

  @Test func theAnswerFollowsTheExamples() throws {
    for (shown, other) in [(\Scene.disc, \Scene.square), (\Scene.square, \Scene.disc)] {
      let found = try found({ $0[keyPath: shown] }, { $0[keyPath: other] })
      #expect(found.shown > 0.75 && found.other < 0.2, "\(found)")
    }
  }

  @Test func oneExampleIsEnoughToBegin() throws {
    let found = try found(\.disc, \.square, examples: 1)
    #expect(found.shown > 0.5, "\(found)")
  }
}

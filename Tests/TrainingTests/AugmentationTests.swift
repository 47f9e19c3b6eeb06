// The composed augmentation: settings, order, determinism and the window that is read.

import Datasets
import Foundation
import Testing

@testable import Training

@Suite("Augmentation")
struct AugmentationTests {
  private func everything(_ size: [Int]) -> Augmentation {
    var augmentation = Augmentation.standard(
      patchSize: size, maskedChannels: [true, false],
      deepSupervisionScales: [[1, 1, 1], [0.5, 0.5, 0.5]].map { Array($0.prefix(size.count)) })
    augmentation.spatial.rotationProbability = 1
    augmentation.spatial.scalingProbability = 1
    augmentation.noise?.probability = 1
    augmentation.blur?.probability = 1
    augmentation.brightness?.probability = 1
    augmentation.contrast?.probability = 1
    augmentation.lowResolution?.probability = 1
    augmentation.invertedGamma?.probability = 1
    augmentation.gamma?.probability = 1
    return augmentation
  }

  @Test(arguments: [[12, 14, 16], [4, 20, 16], [16, 24]])
  func sameNumbersSameBytes(size: [Int]) {
    let augmentation = everything(size)
    let original = TransformTests.patch(augmentation.initialPatchSize, channels: 2)
    let results = [1, 1, 2].map { step in
      var patch = original
      augmentation.apply(to: &patch, random: CounterRandom(seed: 3, step: step))
      return patch
    }
    #expect(results[0] == results[1])
    #expect(results[0].image != results[2].image)
    #expect(results[0].shape == size && results[0].image.count == 2 * size.reduce(1, *))
    #expect(results[0].image.allSatisfy { $0.isFinite })
    #expect(results[0].targets.map(\.shape) == [size, size.map { $0 / 2 }])
    #expect(!results[0].labels.contains(-1))
  }

  @Test func noneLeavesThePatch() {
    let original = TransformTests.patch([8, 9, 10])
    var patch = original
    Augmentation.none(patchSize: [8, 9, 10]).apply(to: &patch, random: CounterRandom(seed: 0))
    #expect(patch.image == original.image && patch.labels == original.labels)
    #expect(patch.targets == [Patch.Target(labels: original.labels, shape: [8, 9, 10])])
  }

  /// Reading only what a motion looks at makes the same patch as reading all.
  @Test(arguments: [[12, 14, 16], [4, 20, 16], [16, 24]])
  func windowIsEnough(size: [Int]) {
    var augmentation = Augmentation.none(patchSize: size)
    augmentation.initialPatchSize = Augmentation.standard(patchSize: size).initialPatchSize
    augmentation.spatial = Augmentation.standard(patchSize: size).spatial
    augmentation.spatial.rotationProbability = 0.6
    augmentation.spatial.scalingProbability = 0.6
    let enlarged = TransformTests.patch(augmentation.initialPatchSize, channels: 2)
    for step in 0..<12 {
      let random = CounterRandom(seed: 8, step: step)
      var whole = enlarged
      augmentation.apply(to: &whole, random: random)
      let window = augmentation.window(random: random)
      var part = cut(enlarged, window)
      augmentation.apply(to: &part, random: random)
      #expect(largestDifference(whole.image, part.image) < 2e-4)
      let others = zip(whole.labels, part.labels).count { $0 != $1 }
      #expect(others <= whole.labels.count / 500)
    }
  }

  @Test func editingOnePartLeavesTheOthers() {
    let size = [12, 14, 16]
    var with = Augmentation.none(patchSize: size)
    with.gamma = Gamma(probability: 1)
    with.mirroring = Mirroring(axes: [0, 1, 2])
    var without = with
    without.gamma = nil
    let original = TransformTests.patch(size)
    for step in 0..<6 {
      var one = original
      var other = original
      with.apply(to: &one, random: CounterRandom(seed: 1, step: step))
      without.apply(to: &other, random: CounterRandom(seed: 1, step: step))
      #expect(one.labels == other.labels && one.image != other.image)
    }
  }

  @Test func settingsSurviveTheirFile() throws {
    let augmentation = Augmentation.standard(
      patchSize: [20, 320, 256], maskedChannels: [true], previousStageLabels: [1, 2],
      deepSupervisionScales: [[1, 1, 1]])
    let data = try JSONEncoder().encode(augmentation)
    #expect(try JSONDecoder().decode(Augmentation.self, from: data) == augmentation)
    #expect(augmentation.spatial.isPlanar && augmentation.lowResolution?.isPlanar == true)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"exponent\":[0.7,1.5]") && text.contains("\"axes\":[0,1,2]"))
    let partless = Data(
      text.replacingOccurrences(of: "\"noise\"", with: "\"remark\"").utf8)
    #expect(try JSONDecoder().decode(Augmentation.self, from: partless).noise == nil)
  }

  @Test func settingsThatMeanNothing() {
    let changes: [(inout Augmentation) -> Void] = [
      { $0.noise?.probability = 1.5 }, { $0.noise?.deviation = -1...1 },
      { $0.blur?.sigma = 0...1 }, { $0.brightness?.factor = -1...1 },
      { $0.lowResolution?.resolution = 0.5...2 }, { $0.gamma?.exponent = 0...1 },
      { $0.mirroring?.axes = [3] }, { $0.spatial.scaling = 0...1 },
      { $0.initialPatchSize = [1, 1, 1] }, { $0.deepSupervision = DeepSupervision(scales: [[1]]) },
      { $0.previousStage = PreviousStage(labels: []) },
      { $0.labelReplacement.replacement = -1 }, { $0.contrast?.probability = .nan },
    ]
    for (number, change) in changes.enumerated() {
      var augmentation = Augmentation.standard(patchSize: [8, 8, 8])
      change(&augmentation)
      #expect(throws: SamplingError.self, "change \(number)") { try augmentation.check() }
    }
    #expect(throws: Never.self) { try Augmentation.standard(patchSize: [8, 8, 8]).check() }
  }

  @Test func scalesFollowFromStrides() {
    let supervision = DeepSupervision(strides: [[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2]])
    #expect(supervision.scales == [[1, 1, 1], [1, 0.5, 0.5], [0.5, 0.25, 0.25]])
  }

  private func cut(_ patch: Patch, _ window: PatchWindow) -> Patch {
    var part = patch
    let flat = Array(repeating: 1, count: 3 - patch.shape.count)
    let shape = flat + patch.shape
    let size = flat + window.size
    let lower = flat.map { _ in 0 } + window.lower
    part.image = []
    part.labels = []
    for channel in 0..<patch.channels {
      for z in 0..<size[0] {
        for y in 0..<size[1] {
          let row = ((channel * shape[0] + z + lower[0]) * shape[1] + y + lower[1]) * shape[2]
          let columns = row + lower[2]..<row + lower[2] + size[2]
          part.image += patch.image[columns]
          if channel == 0 { part.labels += patch.labels[columns] }
        }
      }
    }
    part.shape = window.size
    part.offset = window.lower
    return part
  }
}

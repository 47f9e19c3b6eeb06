// The channels that a cascade adds, and how they are disturbed.

import Datasets
import Testing

@testable import Training

@Suite("Cascade")
struct CascadeTests {
  private func patch() -> Patch {
    let count = 12 * 12 * 12
    let stage = (0..<count).map { voxel -> Int16 in
      let x = voxel % 12
      return x < 3 ? 1 : x > 8 ? 2 : 0
    }
    return Patch(
      image: Array(repeating: 0.5, count: count), labels: Array(repeating: 4, count: count) + stage,
      shape: [12, 12, 12], labelChannels: 2)
  }

  @Test func previousStageBecomesChannels() {
    var patch = patch()
    let stage = Array(patch.labels.suffix(patch.count))
    PreviousStage(labels: [1, 2, 3]).append(to: &patch)
    #expect(patch.channels == 4 && patch.labelChannels == 1)
    #expect(patch.labels == Array(repeating: 4, count: patch.count))
    for label in 1...3 {
      let channel = patch.image[label * patch.count..<(label + 1) * patch.count]
      #expect(Array(channel) == stage.map { Int($0) == label ? 1 : 0 })
    }
  }

  @Test func whatOneLabelGainsTheOthersLose() {
    var patch = patch()
    PreviousStage(labels: [1, 2]).append(to: &patch)
    var operation = BinaryOperation()
    operation.channelCount = 2
    operation.apply(.dilation, 7.5, to: 0, of: &patch)
    let count = patch.count
    let one = Array(patch.image[count..<2 * count])
    let other = Array(patch.image[2 * count..<3 * count])
    // Columns 0 … 2 grow by 7: up to column 9, which the other label had.
    #expect((0..<12).map { one[$0] } == [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0])
    #expect((0..<12).map { other[$0] } == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1])
  }

  @Test func disturbancesLeaveZerosAndOnes() {
    for step in 0..<8 {
      var patch = patch()
      var random = CounterRandom(seed: 1, step: step)
      PreviousStage(
        labels: [1, 2],
        operation: BinaryOperation(probability: 1, labelProbability: 1),
        removal: ComponentRemoval(probability: 1, labelProbability: 1)
      ).apply(to: &patch, random: &random)
      let stage = patch.image.suffix(2 * patch.count)
      #expect(stage.allSatisfy { $0 == 0 || $0 == 1 })
      #expect(patch.image.prefix(patch.count).allSatisfy { $0 == 0.5 })
    }
  }

  @Test func onlySmallPiecesAreRemoved() {
    var mask = Array(repeating: Float(0), count: 100)
    for voxel in 0..<30 { mask[voxel] = 1 }
    for voxel in [55, 56, 99] { mask[voxel] = 1 }
    var patch = Patch(
      image: mask, labels: Array(repeating: 0, count: 100), shape: [10, 10])
    var removal = ComponentRemoval(labelProbability: 1)
    removal.channelCount = 1
    var random = CounterRandom(seed: 0)
    removal.apply(to: &patch, random: &random)
    #expect(patch.image.prefix(30).allSatisfy { $0 == 1 })
    let left = [55, 56, 99].map { patch.image[$0] }
    #expect(left == [0, 0, 1] || left == [1, 1, 0])
    removal.apply(to: &patch, random: &random)
    removal.apply(to: &patch, random: &random)
    #expect(patch.image.suffix(70).allSatisfy { $0 == 0 })
  }
}

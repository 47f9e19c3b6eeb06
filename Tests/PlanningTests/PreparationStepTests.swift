// Cropping, normalising, cascades and the way back, each by itself.

import Foundation
import Testing

@testable import Planning

@Suite struct PreparationStepTests {
  @Test(arguments: [[4, 5, 6], [1, 7, 7], [9, 3, 3], [5, 8, 1]], [0.35, 0.5, 0.65])
  func fillsHolesAsDilation(shape: [Int], share: Double) {
    let region = PreparationGolden.noise(shape.reduce(1, *), seed: 4).map {
      UInt8($0 < share ? 0 : 1)
    }
    var filled = region
    RegionFilling.fillHoles(&filled, shape: shape)
    #expect(filled == Self.filledSlowly(region, shape))
  }

  @Test func cropsToContentAndMarksOutside() {
    var values = [Float](repeating: 0, count: 5 * 5 * 5)
    // A shell of ones with a hole, and an arm that widens the box.
    for voxel in PreparationGolden.voxels([5, 5, 5])
    where voxel.allSatisfy({ (1...3).contains($0) }) && voxel != [2, 2, 2] {
      values[(voxel[0] * 5 + voxel[1]) * 5 + voxel[2]] = 1
    }
    values[(2 * 5 + 2) * 5 + 4] = .nan
    let empty = [Float](repeating: 0, count: 125)
    let image = ImageArray(channels: [empty, values], shape: [5, 5, 5], spacing: [1, 1, 1])
    let crop = Crop(of: image)
    #expect(crop.lower == [1, 1, 1])
    #expect(crop.size == [3, 3, 4])
    #expect(crop.regionLabels.filter { $0 == 0 }.count == 28)
    var labels = LabelArray(
      labels: Array(repeating: 0, count: 125), shape: [5, 5, 5], spacing: [1, 1, 1])
    labels.labels[(1 * 5 + 1) * 5 + 4] = 3
    let cropped = crop.cropped(labels)
    // A label outside the region keeps its value.
    #expect(cropped.labels[3] == 3)
    #expect(cropped.labels.filter { $0 == -1 }.count == 36 - 28 - 1)
  }

  @Test func anImageOfZerosKeepsItsGrid() {
    let image = ImageArray(
      channels: [Array(repeating: 0, count: 24)], shape: [2, 3, 4], spacing: [1, 1, 1])
    let crop = Crop(of: image)
    #expect(crop.size == [2, 3, 4])
    #expect(crop.regionLabels.allSatisfy { $0 == -1 })
  }

  @Test func constantsAndForeignValuesNormalise() throws {
    for scheme in [NormalisationScheme.zScore, .range] {
      var values: [Float] = [3, 3, 3]
      try Normalisation(scheme).apply(to: &values, channel: 0)
      #expect(values == [0, 0, 0])
    }
    var values: [Float] = [0, 256]
    #expect(throws: PreparationError.notColour(channel: 2, low: 0, high: 256)) {
      try Normalisation(.rgb).apply(to: &values, channel: 2)
    }
    #expect(throws: PreparationError.noIntensities(channel: 1)) {
      try Normalisation(.ct).apply(to: &values, channel: 1)
    }
    try Normalisation(.zScore, usesMask: true).apply(to: &values, channel: 0, labels: [-1, -1])
    #expect(values == [0, 256])
  }

  @Test(arguments: [[0, 1, 2], [1, 2, 0], [2, 1, 0]])
  func labelsReturnToTheirGrid(transposition: [Int]) throws {
    let shape = [6, 7, 8]
    let image = ImageArray(
      channels: [
        PreparationGolden.image(shape, seed: 2, range: [1, 2], margin: [1, 2, 1])
      ], shape: shape, spacing: [1, 2, 3])
    var labels = LabelArray(
      labels: Array(repeating: 0, count: image.count), shape: shape, spacing: [1, 2, 3])
    for index in labels.labels.indices where image.channels[0][index] != 0 {
      labels.labels[index] = Int16(index % 5)
    }
    let configuration = PlannedConfiguration.example(
      spacing: transposition.map { image.spacing[$0] })
    let preprocessor = Preprocessor(
      plans: .example(configuration, transposition: transposition), configuration: configuration)
    let prepared = try preprocessor.prepare(image, labels: labels)
    let back = try prepared.placement.restore(
      try #require(prepared.labels).labels.map { max($0, 0) })
    #expect(back == labels)
    #expect(throws: PreparationError.self) { try prepared.placement.restore([1, 2]) }
    // Without change of spacing scores come back as they were.
    let resampler = try prepared.placement.scoreResampler()
    #expect(resampler.from == resampler.to)
  }

  @Test func aPreviousStageBecomesChannels() throws {
    let example = try #require(PreparationGolden.file.cases.first { $0.name == "slices" })
    let preprocessor = Preprocessor(plans: example.plans, configuration: example.configuration)
    let prepared = try preprocessor.prepare(
      example.imageArray, previousStage: example.labelArray, classes: [1, 2, 3])
    #expect(prepared.labels == nil)
    #expect(prepared.image.channels.count == 4)
    #expect(PreparationGolden.worst(prepared.image.channels[0], example.image) < 1e-5)
    for label in 1...3 {
      #expect(
        prepared.image.channels[label] == example.segmentation.map { $0 == label ? 1 : 0 })
    }
  }

  @Test func imagesThatDoNotFitAreRefused() throws {
    let example = try #require(PreparationGolden.file.cases.first)
    let preprocessor = Preprocessor(plans: example.plans, configuration: example.configuration)
    let image = example.imageArray
    func isRefused(_ image: ImageArray, _ labels: LabelArray? = nil) -> Bool {
      (try? preprocessor.prepare(image, labels: labels)) == nil
    }
    var changed = image
    changed.channels.append(image.channels[0])
    #expect(isRefused(changed))
    changed = image
    changed.channels[0].removeLast()
    #expect(isRefused(changed))
    changed = image
    changed.spacing[1] = 0
    #expect(isRefused(changed))
    changed = image
    changed.shape = [1, 0, 5]
    #expect(isRefused(changed))
    var labels = example.labelArray
    labels.shape.swapAt(0, 1)
    #expect(isRefused(image, labels))
    var configuration = example.configuration
    configuration.dataResampling.function = "resample_torch_fornnunet"
    let foreign = Preprocessor(plans: example.plans, configuration: configuration)
    #expect(throws: PreparationError.self) { try foreign.prepare(image) }
  }

  /// Outside grows from the border until it grows no more.
  private static func filledSlowly(_ region: [UInt8], _ shape: [Int]) -> [UInt8] {
    let voxels = PreparationGolden.voxels(shape)
    var outside = [Bool](repeating: false, count: region.count)
    var hasGrown = true
    while hasGrown {
      hasGrown = false
      for (index, voxel) in voxels.enumerated() where region[index] == 0 && !outside[index] {
        let isReached = (0..<3).contains { axis in
          [-1, 1].contains { step in
            var next = voxel
            next[axis] += step
            guard (0..<shape[axis]).contains(next[axis]) else { return true }
            return outside[(next[0] * shape[1] + next[1]) * shape[2] + next[2]]
          }
        }
        if isReached {
          outside[index] = true
          hasGrown = true
        }
      }
    }
    return outside.map { $0 ? 0 : 1 }
  }
}

// Golden numbers of nnunetv2 and scikit-image, and the formulas behind the arrays that they belong to.

import Foundation
import Testing

@testable import Planning

/// The file of golden numbers and the formulas behind its arrays.
enum PreparationGolden {
  struct File: Decodable {
    let intensities: IntensityProperties
    let cases: [Case]
    let splines: [Spline]
  }

  struct Spline: Decodable, CustomTestStringConvertible {
    let order: Int
    let shape: [Int]
    let to: [Int]
    let values: [Float]
    var testDescription: String { "order \(order) from \(shape) to \(to)" }
  }

  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    let spacing: [Double]
    let target: [Double]
    let schemes: [NormalisationScheme]
    let mask: [Bool]
    let forward: [Int]
    let margin: [Int]
    let ranges: [[Double]]
    let labels: Int
    let crop: [[Int]]
    let preparedShape: [Int]
    let image: [Float]
    let segmentation: [Int16]
    let classCounts: [String: Int]
    let scoresBack: [Float]
    var testDescription: String { name }
  }

  static let file: File = {
    guard
      let url = Bundle.module.url(
        forResource: "preparation", withExtension: "json", subdirectory: "Golden"),
      let data = try? Data(contentsOf: url),
      let file = try? JSONDecoder().decode(File.self, from: data)
    else {
      Issue.record("Golden/preparation.json cannot be read")
      return File(intensities: .init(), cases: [], splines: [])
    }
    return file
  }()

  /// SplitMix64 as numbers in 0 ..< 1 with 24 bits.
  static func noise(_ count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { _ in
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 40) / Double(1 << 24)
    }
  }

  static func image(_ shape: [Int], seed: UInt64, range: [Double], margin: [Int]) -> [Float] {
    var values = noise(shape.reduce(1, *), seed: seed).map {
      Float(range[0] + (range[1] - range[0]) * $0)
    }
    let hasMargin = margin.contains { $0 > 0 }
    for (index, voxel) in voxels(shape).enumerated() {
      let isBorder = (0..<3).contains {
        voxel[$0] < margin[$0] || voxel[$0] >= shape[$0] - margin[$0]
      }
      let isHole = (0..<3).allSatisfy { voxel[$0] == shape[$0] / 2 }
      let isCorner = (0..<3).allSatisfy { voxel[$0] < (shape[$0] + 1) / 2 }
      if isBorder || isHole || hasMargin && isCorner { values[index] = 0 }
    }
    return values
  }

  static func labels(_ shape: [Int], seed: UInt64, count: Int) -> [Int16] {
    let coarse = shape.map { ($0 + 1) / 2 }
    let values = noise(coarse.reduce(1, *), seed: seed)
    return voxels(shape).map { voxel in
      let place = (voxel[0] / 2 * coarse[1] + voxel[1] / 2) * coarse[2] + voxel[2] / 2
      return Int16(values[place] * Double(count))
    }
  }

  static func voxels(_ shape: [Int]) -> [[Int]] {
    (0..<shape.reduce(1, *)).map {
      [$0 / (shape[1] * shape[2]), $0 / shape[2] % shape[1], $0 % shape[2]]
    }
  }

  /// The greatest difference, as a part of the greatest value.
  static func worst(_ values: [Float], _ expected: [Float]) -> Float {
    guard values.count == expected.count else { return .infinity }
    let scale = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    // Written so that NaN counts as a difference.
    return zip(values, expected).reduce(0) { worst, pair in
      let difference = abs(pair.0 - pair.1)
      return difference <= worst ? worst : difference.isNaN ? .infinity : difference
    } / scale
  }
}

extension IntensityProperties {
  init() {
    self.init(
      max: 0, mean: 0, median: 0, min: 0, percentile005: 0, percentile995: 0, std: 0)
  }
}

extension PreparationGolden.Case {
  var imageArray: ImageArray {
    let channels = ranges.enumerated().map { index, range in
      PreparationGolden.image(shape, seed: 11 + UInt64(index), range: range, margin: margin)
    }
    return ImageArray(channels: channels, shape: shape, spacing: spacing)
  }

  var labelArray: LabelArray {
    LabelArray(
      labels: PreparationGolden.labels(shape, seed: 7, count: labels), shape: shape,
      spacing: spacing)
  }

  var plans: Plans {
    .example(
      configuration, transposition: forward,
      intensities: Array(repeating: PreparationGolden.file.intensities, count: ranges.count))
  }

  var configuration: PlannedConfiguration {
    .example(spacing: target, normalisation: schemes, masks: mask)
  }

  func prepared(threads: Int) throws -> PreparedCase {
    try Preprocessor(plans: plans, configuration: configuration, threads: threads)
      .prepare(imageArray, labels: labelArray)
  }
}

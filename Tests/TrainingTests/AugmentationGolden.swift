// What nnU-Net's own augmentation makes of small patches, by Golden/augmentation.py.

import Foundation

@testable import Training

struct AugmentationGolden: Decodable {
  struct Input: Decodable {
    let shape: [Int]
    let image256: [Int]
    let labels: [Int16]

    var patch: Patch {
      Patch(image: image256.map { Float($0) / 256 }, labels: labels, shape: shape)
    }
  }

  struct Spatial: Decodable {
    let input: String
    let angles: [Double]
    let scale: Double
    let planar: Bool
    let size: [Int]
    let image: [Float]
    let labels: [Int16]
  }

  struct Blur: Decodable {
    let input: String
    let sigmas: [Double]
    let nnunet: [Float]
    let scipy: [Float]
  }

  struct Intensity: Decodable {
    let input: String
    let factor: Double?
    let resolution: Double?
    let exponent: Double?
    let planar: Bool?
    let inverted: Bool?
    let keeps: Bool?
    let image: [Float]
  }

  struct Supervision: Decodable {
    struct Target: Decodable {
      let shape: [Int]
      let labels: [Int16]
    }
    let input: String
    let scales: [[Double]]
    let targets: [Target]
  }

  struct Morphology: Decodable {
    let input: String
    let `operator`: String
    let radius: Double
    let mask: [UInt8]
  }

  struct Pieces: Decodable {
    let input: String
    let label: Int16
    let sizes: [Int]
  }

  struct Bounds: Decodable {
    let shape: [Int]
    let initial: [Int]
    let patch: [Int]
    let bounds: [[Int]]
  }

  struct InitialPatchSize: Decodable {
    let patch: [Int]
    let degrees: Double
    let planar: Bool
    let initial: [Int]
  }

  let inputs: [String: Input]
  let spatial: [Spatial]
  let blur: [Blur]
  let brightness: [Intensity]
  let contrast: [Intensity]
  let lowResolution: [Intensity]
  let gamma: [Intensity]
  let deepSupervision: [Supervision]
  let morphology: [Morphology]
  let pieces: [Pieces]
  let bounds: [Bounds]
  let initialPatchSizes: [InitialPatchSize]

  static let shared: AugmentationGolden? = {
    guard
      let url = Bundle.module.url(
        forResource: "augmentation", withExtension: "json", subdirectory: "Golden"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    return try? JSONDecoder().decode(AugmentationGolden.self, from: data)
  }()

  func patch(_ input: String) throws -> Patch {
    guard let found = inputs[input] else { throw GoldenError.noInput(input) }
    return found.patch
  }

  enum GoldenError: Error { case noInput(String) }
}

/// The largest difference of two lists; infinite if their lengths differ.
func largestDifference(_ one: [Float], _ other: [Float]) -> Float {
  if one.count != other.count { return .infinity }
  return zip(one, other).map { abs($0 - $1) }.max() ?? 0
}

// What nnunetv2's preprocessor and scikit-image say about arrays made by formula.

import Foundation
import Testing

@testable import Planning

@Suite struct PreparationGoldenTests {
  @Test(arguments: PreparationGolden.file.cases)
  func preparesAsNnUNet(example: PreparationGolden.Case) throws {
    for threads in [1, 3] {
      let prepared = try example.prepared(threads: threads)
      #expect(prepared.image.shape == example.preparedShape)
      #expect(prepared.placement.cropLower == example.crop.map { $0[0] })
      #expect(prepared.placement.shapeAfterCrop == example.crop.map { $0[1] - $0[0] })
      #expect(prepared.labels?.labels == example.segmentation)
      let values = prepared.image.channels.flatMap { $0 }
      #expect(PreparationGolden.worst(values, example.image) < 1e-5)
    }
  }

  @Test(arguments: PreparationGolden.file.cases)
  func scoresGoBack(example: PreparationGolden.Case) throws {
    let placement = try example.prepared(threads: 1).placement
    let resampler = try placement.scoreResampler()
    let count = placement.preparedShape.reduce(1, *)
    let scores = PreparationGolden.noise(count, seed: 99).map(Float.init)
    let plane = placement.shapeAfterCrop[1] * placement.shapeAfterCrop[2]
    let depth = placement.shapeAfterCrop[0]
    var result = [Float](repeating: .nan, count: depth * plane)
    scores.withUnsafeBufferPointer { scores in
      result.withUnsafeMutableBufferPointer { result in
        // In two parts, as someone who streams would ask.
        for range in [0..<depth / 2, depth / 2..<depth] {
          let part = result[range.lowerBound * plane..<range.upperBound * plane]
          resampler.planes(range, of: scores, into: UnsafeMutableBufferPointer(rebasing: part))
        }
      }
    }
    #expect(PreparationGolden.worst(result, example.scoresBack) < 1e-6)
  }

  @Test(arguments: PreparationGolden.file.splines)
  func resizesAsScikitImage(example: PreparationGolden.Spline) throws {
    let values = PreparationGolden.image(
      example.shape, seed: 3, range: [-1, 1], margin: [0, 0, 0])
    let resampling = try SplineResampling(
      GridChange(from: example.shape, to: example.to), order: example.order)
    #expect(PreparationGolden.worst(resampling(values), example.values) < 1e-5)
  }

  @Test(arguments: PreparationGolden.file.cases)
  func countsLocationsAsNnUNet(example: PreparationGolden.Case) throws {
    let prepared = try example.prepared(threads: 1)
    let labels = try #require(prepared.labels)
    let groups = example.classCounts.keys.compactMap { Int16($0) }.sorted().map { [$0] }
    for locations in ClassLocations.sampled(from: labels.labels, groups: groups) {
      #expect(locations.voxels.count == example.classCounts["\(locations.labels[0])"])
    }
  }
}

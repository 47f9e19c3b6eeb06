// Resized images are those of the libraries that the weights' authors used.

import Tensors
import Testing

@testable import Models

@Suite struct PromptResamplingTests {
  /// What a library made of the picture of `height` × `width` pixels.
  struct Golden: Sendable, CustomTestStringConvertible {
    let resampling: PromptPreparation.Resampling
    let height: Int
    let width: Int
    /// Rows of the result, 8 pixels along the longer side.
    let pixels: [[Float]]
    /// Largest difference in grey levels: 1 where the library computes in whole numbers.
    var tolerance: Float = 0

    var testDescription: String { "\(resampling) of \(height) × \(width)" }
  }

  /// OpenCV 5.0 (area), scikit-image 0.26 (spline of order 3, anti-aliased), Pillow 13.0 (linear).
  static let golden = [
    // Halves are rounded up.
    Golden(
      resampling: .area, height: 16, width: 16,
      pixels: [
        [46, 75, 104, 133, 162, 91, 120, 149], [127, 134, 141, 98, 155, 112, 169, 126],
        [158, 93, 128, 113, 148, 133, 118, 103], [89, 152, 115, 128, 141, 104, 117, 130],
        [120, 111, 102, 143, 134, 125, 116, 107], [101, 120, 139, 108, 127, 146, 115, 134],
        [132, 129, 126, 123, 120, 117, 114, 111], [113, 138, 113, 138, 163, 88, 113, 138],
      ]),
    Golden(
      resampling: .area, height: 20, width: 13,
      pixels: [
        [64, 106, 122, 140, 115], [148, 104, 126, 134, 120], [109, 132, 117, 147, 109],
        [114, 118, 121, 140, 114], [114, 113, 112, 123, 142], [119, 129, 141, 141, 99],
        [141, 112, 107, 148, 118], [103, 110, 111, 141, 123],
      ]),
    // An enlargement keeps the areas of the old pixels.
    Golden(
      resampling: .area, height: 5, width: 3,
      pixels: [
        [20, 24, 31, 38, 42], [35, 39, 48, 58, 62], [57, 63, 75, 87, 93],
        [86, 94, 110, 126, 134], [101, 110, 128, 145, 154], [131, 142, 163, 184, 195],
        [153, 165, 189, 133, 105], [168, 181, 207, 100, 46],
      ], tolerance: 1),
    Golden(
      resampling: .spline, height: 5, width: 7,
      pixels: [
        [22, 30, 41, 50, 60, 69, 81, 93], [30, 39, 53, 61, 70, 80, 97, 119],
        [60, 73, 90, 108, 126, 142, 157, 162], [84, 102, 115, 152, 182, 217, 195, 81],
        [104, 121, 169, 150, 125, 178, 156, 45], [128, 147, 209, 103, 22, 77, 98, 114],
        [158, 194, 132, 59, 69, 104, 143, 183], [166, 208, 101, 50, 99, 126, 166, 198],
      ]),
    Golden(
      resampling: .spline, height: 20, width: 13,
      pixels: [
        [53, 82, 108, 132, 136, 173, 79, 113], [145, 140, 82, 132, 108, 165, 98, 110],
        [100, 130, 132, 97, 161, 131, 119, 109], [126, 91, 134, 99, 141, 122, 138, 105],
        [88, 162, 105, 117, 98, 126, 149, 127], [117, 119, 129, 154, 161, 150, 100, 104],
        [165, 115, 117, 84, 119, 167, 85, 127], [82, 164, 75, 125, 90, 160, 103, 124],
      ]),
    Golden(
      resampling: .linear, height: 20, width: 13,
      pixels: [
        [76, 111, 125, 139, 114], [138, 114, 123, 137, 122], [117, 124, 121, 138, 113],
        [116, 116, 121, 134, 121], [111, 117, 112, 130, 139], [125, 129, 133, 142, 108],
        [130, 111, 110, 140, 117], [104, 110, 109, 136, 129],
      ], tolerance: 1),
  ]

  @Test(arguments: golden)
  func resizedImagesAreThoseOfTheLibrary(_ golden: Golden) throws {
    let preparation = PromptPreparation(
      normalisation: .standardised(mean: [0, 0, 0], deviation: [1, 1, 1]),
      fitting: golden.resampling == .spline ? .stretched : .padded, resampling: golden.resampling)
    let picture = (0..<golden.height * golden.width).map { index in
      let (y, x) = (index / golden.width, index % golden.width)
      return Float((y * 37 + x * 11 + y * x * 7) % 200 + 20)
    }
    let colours = try Tensor(picture, shape: [1, 1, golden.height, golden.width])
      .expanded([1, 3, golden.height, golden.width])
    let blue = try preparation.input(colours, side: 8).select(0).select(2)
    for (row, expected) in golden.pixels.enumerated() {
      let found = try blue.select(row).floats()
      for (ours, theirs) in zip(found, expected) {
        #expect(abs(ours - theirs) <= golden.tolerance, "row \(row): \(found)")
      }
      #expect(found.dropFirst(expected.count).allSatisfy { $0 == 0 })
    }
  }

  @Test func splinesThroughNoNumbersAreRefused() throws {
    let preparation = PromptPreparation(
      normalisation: .minMax, fitting: .stretched, resampling: .spline)
    let colours = try Tensor.full([1, 3, 4, 4], .nan)
    let error = #expect(throws: TensorError.self) { try preparation.input(colours, side: 8) }
    #expect(String(describing: error).contains("NaN"))
  }

  /// One pixel, one row, the same size: the edges of the definitions.
  @Test(arguments: [PromptPreparation.Resampling.linear, .spline, .area, .sampled])
  func constantImagesStayConstant(_ resampling: PromptPreparation.Resampling) throws {
    let preparation = PromptPreparation(
      normalisation: .standardised(mean: [0, 0, 0], deviation: [1, 1, 1]), fitting: .stretched,
      resampling: resampling)
    for (height, width) in [(1, 1), (1, 40), (2, 7), (8, 8), (300, 3)] {
      let colours = try Tensor.full([1, 3, height, width], 201)
      let values = try preparation.input(colours, side: 8).floats()
      #expect(values.count == 3 * 64 && values.allSatisfy { abs($0 - 201) < 1e-4 })
    }
  }
}

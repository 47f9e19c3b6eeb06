// Masks of OpenCV that ours are held against; Golden/make_grabcut.py wrote them.

import Foundation
import Prompts
import Testing

@testable import Baselines

struct GrabCutGolden: Decodable {
  struct Scene: Decodable {
    let name: String
    let width: Int
    let height: Int
    let channels: Int
    /// Left, top, width, height.
    let box: [Int]
    let values: [Float]
    /// Models of colours as OpenCV lays them out: shares, means and covariances of 5 Gaussians.
    let background: [Double]
    let object: [Double]
    let iterations: Int
    /// What follows from these models.
    let mask: [UInt8]
    let truth: [UInt8]
    /// The least Dice between masks from other random starts.
    let betweenStarts: Double

    var pixels: PixelBox {
      PixelBox(columns: box[0]...box[0] + box[2] - 1, rows: box[1]...box[1] + box[3] - 1)
    }

    func image() throws -> BaselineImage {
      let grey = (0..<width * height).map { values[$0 * channels] }
      return try BaselineImage(
        grey: grey, colours: channels == 3 ? values : nil, width: width, height: height)
    }

    func input() throws -> BaselineInput {
      BaselineInput(
        image: try image(),
        prompts: PromptSet(
          box: BoxPrompt(
            left: Double(pixels.columns.lowerBound), top: Double(pixels.rows.lowerBound),
            right: Double(pixels.columns.upperBound), bottom: Double(pixels.rows.upperBound))))
    }
  }

  let library: [String: String]
  let scenes: [Scene]

  static func read() throws -> GrabCutGolden {
    let url = try #require(
      Bundle.module.url(forResource: "opencv", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(GrabCutGolden.self, from: Data(contentsOf: url))
  }

  /// A mixture from OpenCV's 65 numbers.
  static func mixture(_ model: [Double]) -> ColourMixture {
    ColourMixture(
      components: (0..<5).filter { model[$0] > 0 }.map { component in
        let mean = model[5 + 3 * component..<8 + 3 * component].map { $0 }
        let matrix = model[20 + 9 * component..<29 + 9 * component].map { $0 }
        return ColourComponent(
          share: model[component], mean: SIMD3(mean),
          covariance: SymmetricMatrix(
            diagonal: SIMD3(matrix[0], matrix[4], matrix[8]),
            others: SIMD3(matrix[5], matrix[2], matrix[1])))
      })
  }
}

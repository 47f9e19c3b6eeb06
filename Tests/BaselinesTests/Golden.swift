// Numbers of scikit-image that ours are held against; Golden/make_golden.py wrote them.

import Foundation
import Testing

struct Golden: Decodable {
  struct Walker: Decodable, CustomTestStringConvertible {
    let name: String
    let width: Int
    let height: Int
    let channels: Int
    let beta: Double
    let image: [Float]
    let seeds: [UInt8]
    let probabilities: [Double]

    var testDescription: String { name }
  }

  struct Otsu: Decodable, CustomTestStringConvertible {
    let name: String
    let values: [Float]
    let threshold: Double
    /// Values above the threshold.
    let bright: Int

    var testDescription: String { name }
  }

  let library: [String: String]
  let walker: [Walker]
  let otsu: [Otsu]

  static func read() throws -> Golden {
    let url = try #require(
      Bundle.module.url(forResource: "scikit-image", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }
}

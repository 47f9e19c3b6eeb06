// Otsu's threshold against scikit-image and against the definition.

import Testing

@testable import Baselines

@Suite struct OtsuTests {
  @Test func agreesWithScikitImage() throws {
    let golden = try Golden.read()
    #expect(golden.library["scikit-image"] == "0.26.0")
    #expect(golden.otsu.count == 6)
    for sample in golden.otsu {
      let threshold = try #require(try Otsu.threshold(sample.values))
      #expect(
        abs(Double(threshold) - sample.threshold) <= 1e-6 * abs(sample.threshold),
        "\(sample.name)")
      let bright = try OtsuBright().mask(input(sample.values))
      #expect(bright.count { $0 == 1 } == sample.bright, "\(sample.name)")
    }
  }

  @Test(arguments: 0..<30) func isTheBestOfAllThresholds(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<200).map { _ in
      Float(
        Int.random(in: -40...40, using: &generator)
          + (Bool.random(using: &generator) ? Int(seed) * 4 : 0))
    }
    let threshold = try #require(try Otsu.threshold(values))
    let candidates = Set(values).sorted().dropLast()
    let variances = candidates.map { variance(values, $0) }
    let best = try #require(variances.max())
    #expect(variance(values, threshold) >= best * (1 - 1e-12))
  }

  @Test func classesAreComplementaryAndTheSmallerIsTaken() throws {
    let values: [Float] = [0, 0, 0, 0, 9, 9]
    #expect(try OtsuBright().mask(input(values)) == [0, 0, 0, 0, 1, 1])
    #expect(try OtsuDark().mask(input(values)) == [1, 1, 1, 1, 0, 0])
    #expect(try OtsuThreshold().mask(input(values)) == [0, 0, 0, 0, 1, 1])
    #expect(try OtsuThreshold().mask(input(values.map { -$0 })) == [0, 0, 0, 0, 1, 1])
    #expect(try OtsuThreshold().mask(input([0, 0, 5, 5])) == [0, 0, 1, 1])
  }

  @Test func oneThresholdForAllSlices() throws {
    let image = try BaselineImage(
      grey: [0, 0, 0, 1, 0, 100, 99, 1], width: 2, height: 2, depth: 2)
    #expect(try OtsuBright().mask(BaselineInput(image: image)) == [0, 0, 0, 0, 0, 1, 1, 0])
  }

  @Test func aSingleValueHoldsNoObject() throws {
    for baseline in [OtsuThreshold(), OtsuBright(), OtsuDark()] as [any Baseline] {
      #expect(try baseline.mask(input([4, 4, 4])) == [0, 0, 0])
    }
    #expect(try Otsu.threshold([]) == nil)
  }

  @Test func hugeRangesAndNumbersThatAreNone() throws {
    let threshold = try #require(
      try Otsu.threshold([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude]))
    #expect(threshold.isFinite)
    #expect(throws: BaselinesError.nonFinite(2)) {
      try OtsuThreshold().mask(input([1, .nan, 3, .infinity]))
    }
  }

  private func input(_ values: [Float]) throws -> BaselineInput {
    BaselineInput(image: try BaselineImage(grey: values, width: values.count, height: 1))
  }

  /// Between the classes, equation 18 of the paper.
  private func variance(_ values: [Float], _ threshold: Float) -> Double {
    let dark = values.filter { $0 <= threshold }.map(Double.init)
    let bright = values.filter { $0 > threshold }.map(Double.init)
    guard !dark.isEmpty, !bright.isEmpty else { return 0 }
    let gap =
      dark.reduce(0, +) / Double(dark.count) - bright.reduce(0, +) / Double(bright.count)
    return Double(dark.count) * Double(bright.count) * gap * gap
  }
}

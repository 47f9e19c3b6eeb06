// What all changes of a patch have in common.

public import Datasets

/// A random change of a training sample.
public protocol PatchTransform: Sendable, Codable, Equatable {
  /// How often a sample is changed.
  var probability: Double { get }

  /// Changes the patch in any case, by numbers drawn from `random`.
  func apply(to patch: inout Patch, random: inout CounterRandom)

  /// Finds settings outside the range in which they mean something.
  ///
  /// - Throws: ``SamplingError/settingInvalid(name:met:expected:)``.
  func check() throws
}

extension PatchTransform {
  /// Draws whether the patch is changed, then changes it.
  func applyByChance(to patch: inout Patch, random: inout CounterRandom) {
    if random.happens(probability) { apply(to: &patch, random: &random) }
  }

  func require(_ name: String, _ met: some Any, _ holds: Bool, _ expected: String) throws {
    if holds { return }
    throw SamplingError.settingInvalid(
      name: "\(Self.self).\(name)", met: "\(met)", expected: expected)
  }

  func requireProbability(_ name: String, _ value: Double) throws {
    try require(name, value, (0...1).contains(value), "a number from 0 to 1")
  }
}

extension CounterRandom {
  /// nnU-Net's draw of factors: half of them uniform below 1 and half above, where the range lies on both sides.
  mutating func factor(in range: ClosedRange<Double>) -> Double {
    if happens(0.5), range.lowerBound < 1 {
      return uniform(in: range.lowerBound...min(1, range.upperBound))
    }
    let lower = max(1, range.lowerBound)
    return uniform(in: lower...max(lower, range.upperBound))
  }

  /// Channels for each of which the chance happened.
  mutating func channels(of count: Int, probability: Double) -> [Int] {
    (0..<count).filter { _ in happens(probability) }
  }
}

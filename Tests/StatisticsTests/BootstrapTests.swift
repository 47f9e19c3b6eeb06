// Bootstrap intervals against SciPy, and what they cover.

import Foundation
import Testing

@testable import Statistics

@Suite struct BootstrapTests {
  private func estimator(_ name: String) -> Estimator { name == "mean" ? .mean : .median }

  @Test func constantsAndLimitsOfStoredResamplesAreSciPys() throws {
    for example in try Golden.scipy.get().bootstrap {
      let estimator = estimator(example.estimator)
      let sample = Sample(values: example.values)
      let constants = Acceleration(estimator, sample, resampled: example.resampled)
      #expect(close(constants.bias, example.bias, 1e-10))
      #expect(close(constants.acceleration, example.acceleration, 1e-8))
      let levels = try #require(constants.levels(tail: 0.025))
      #expect(close(levels.low, example.levels[0], 1e-9))
      #expect(close(levels.high, example.levels[1], 1e-9))
      for method in Bootstrap.Method.allCases {
        let interval = try #require(
          Bootstrap().interval(of: estimator, sample, method, resampled: example.resampled))
        let expected = method == .bca ? example.bca.stored : example.percentile.stored
        #expect(close(interval.low, expected[0], 1e-9))
        #expect(close(interval.high, expected[1], 1e-9))
      }
    }
  }

  @Test(arguments: Bootstrap.Method.allCases)
  func limitsAreSciPysWithinTheErrorOfResampling(method: Bootstrap.Method) throws {
    for example in try Golden.scipy.get().bootstrap {
      // The median jumps from one value to the next, so its limits have no error to be within.
      guard example.estimator == "mean" else { continue }
      let interval = try #require(
        Bootstrap(seed: 2).interval(of: .mean, Sample(values: example.values), method: method))
      let expected = method == .bca ? example.bca.large : example.percentile.large
      // A 2.5 % point of 10,000 draws is off by about 0.027 standard errors, or 0.05 in long tails.
      let tolerance = 0.2 * example.standardError
      #expect(abs(interval.low - expected[0]) < tolerance, "\(example.name)")
      #expect(abs(interval.high - expected[1]) < tolerance, "\(example.name)")
    }
  }

  @Test func shortCutsDrawWhatTheDefinitionDraws() {
    for clusters in [nil, (0..<31).map { "p\($0 / 3)" }] {
      let sample = Sample(values: Examples.values(31, seed: 6), clusters: clusters)
      let bootstrap = Bootstrap(resamples: 300, seed: 9)
      for (short, name) in [(Estimator.mean, "mean"), (.median, "median")] {
        let slow = Estimator.custom { values in
          name == "mean"
            ? values.reduce(0, +) / Double(values.count)
            : (values.sorted()[(values.count - 1) / 2] + values.sorted()[values.count / 2]) / 2
        }
        let a = bootstrap.distribution(of: short, sample)
        let b = bootstrap.distribution(of: slow, sample)
        #expect(zip(a, b).allSatisfy { close($0, $1, 1e-12) })
        let c = sample.jackknife(short)
        let d = sample.jackknife(slow)
        #expect(zip(c, d).allSatisfy { close($0, $1, 1e-12) })
      }
    }
  }

  @Test func sameSeedSameInterval() {
    let sample = Sample(values: Examples.values(40, seed: 1))
    let bootstrap = Bootstrap(resamples: 1000, seed: 3)
    #expect(bootstrap.interval(of: .mean, sample) == bootstrap.interval(of: .mean, sample))
    #expect(
      bootstrap.interval(of: .mean, sample)
        != Bootstrap(resamples: 1000, seed: 4).interval(of: .mean, sample))
  }

  @Test func bcaFollowsMonotoneTransformations() throws {
    // Order statistics at levels that depend on ranks alone move with the values; interpolation between
    // neighbours is the only difference.
    let values = Examples.values(40, seed: 12).sorted()
    let bootstrap = Bootstrap(resamples: 4000, seed: 1)
    let middle = Estimator.custom { $0.sorted()[$0.count / 2] }
    let plain = try #require(
      bootstrap.interval(of: middle, Sample(values: values), method: .percentile))
    let exponential = try #require(
      bootstrap.interval(of: middle, Sample(values: values.map(exp)), method: .percentile))
    #expect(close(exp(plain.low), exponential.low, 1e-9))
    #expect(close(exp(plain.high), exponential.high, 1e-9))
  }

  @Test func copiesOfCasesWithinPatientsAddNothing() throws {
    let values = Examples.values(30, seed: 20)
    let copies = values.flatMap { [$0, $0, $0] }
    let patients = values.indices.flatMap { Array(repeating: "p\($0)", count: 3) }
    let bootstrap = Bootstrap(resamples: 2000, seed: 1)
    let single = try #require(bootstrap.interval(of: .mean, Sample(values: values)))
    let clustered = try #require(
      bootstrap.interval(of: .mean, Sample(values: copies, clusters: patients)))
    let naive = try #require(bootstrap.interval(of: .mean, Sample(values: copies)))
    #expect(close(single.low, clustered.low, 1e-9))
    #expect(close(single.high, clustered.high, 1e-9))
    #expect(naive.high - naive.low < 0.7 * (clustered.high - clustered.low))
    #expect(clustered.method.contains("30 clusters"))
  }

  @Test func impossibleBCaIsNamed() throws {
    let largest = Estimator.custom { $0.max() ?? 0 }
    let interval = try #require(
      Bootstrap(resamples: 200).interval(of: .custom { _ in 1 }, Sample(values: [1, 2, 3])))
    #expect(interval.low == 1 && interval.high == 1)
    // No resample lies above the largest value, and few of so many values below it.
    let values = [Double](repeating: 0, count: 400) + [1]
    let sample = Sample(values: values)
    let constants = Acceleration(largest, sample, resampled: [1, 1, 1])
    #expect(constants.bias == 0)
    #expect(Acceleration(largest, sample, resampled: [0, 0]).levels(tail: 0.025) == nil)
    let undefined = try #require(
      Bootstrap().interval(of: largest, sample, .bca, resampled: [0, 0]))
    #expect(undefined.method.hasPrefix("percentile bootstrap (BCa undefined)"))
  }

  @Test func meaninglessRequestsHaveNoInterval() {
    #expect(Bootstrap().interval(of: .mean, Sample(values: [])) == nil)
    #expect(Bootstrap().interval(of: .mean, Sample(values: [1])) == nil)
    #expect(Bootstrap(resamples: 0).interval(of: .mean, Sample(values: [1, 2])) == nil)
    #expect(Bootstrap(confidence: 1).interval(of: .mean, Sample(values: [1, 2])) == nil)
  }
}

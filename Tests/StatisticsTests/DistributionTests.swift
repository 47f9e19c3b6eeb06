// The distributions that intervals and tests rest on, against SciPy.

import Statistics
import Testing

@Suite struct DistributionTests {
  let golden: Golden.Distributions

  init() throws { golden = try Golden.scipy.get().distributions }

  @Test func normalQuantilesAreSciPys() {
    for example in golden.normalQuantile {
      #expect(close(NormalDistribution.quantile(example.p), example.x, 1e-13))
    }
  }

  @Test func normalProbabilitiesAreSciPysFarIntoTheTail() {
    for example in golden.normalCumulative {
      let p = NormalDistribution.cumulative(example.x)
      #expect(abs(p - example.p) <= 1e-12 * example.p)
    }
  }

  @Test func quantileInvertsProbability() {
    for step in 1..<200 {
      let p = Double(step) / 200
      #expect(close(NormalDistribution.cumulative(NormalDistribution.quantile(p)), p, 1e-14))
    }
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(-0.1).isNaN)
  }

  @Test func studentProbabilitiesAndQuantilesAreSciPys() {
    for example in golden.student {
      let student = StudentDistribution(degreesOfFreedom: example.df)
      #expect(abs(student.cumulative(example.t) - example.p) < 1e-12, "\(example)")
      if example.p > 1e-7, example.p < 1 - 1e-7 {
        #expect(close(student.quantile(example.p), example.t, 1e-9))
      }
    }
  }

  @Test func nonCentralProbabilitiesAreSciPys() {
    for example in golden.noncentral {
      let student = StudentDistribution(degreesOfFreedom: example.df)
      let p = student.cumulative(example.t, nonCentrality: example.delta ?? 0)
      #expect(abs(p - example.p) < 1e-9, "\(example) \(p)")
    }
  }
}

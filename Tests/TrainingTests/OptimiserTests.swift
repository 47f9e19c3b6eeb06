// Steps of optimisers against their formulas, and how rates fall.

import Datasets
import Foundation
import Tensors
import Testing
import Weights

@testable import Training

@Suite struct OptimiserTests {
  /// Numbers that look random and are the same every time.
  private func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var random = CounterRandom(seed: seed)
    return (0..<count).map { _ in Double(Float(random.normal())) }
  }

  private func parameters(_ values: [Double]) throws -> Parameters {
    Parameters(names: ["w"], tensors: [try Tensor(values.map(Float.init), shape: [values.count])])
  }

  private func gradient(_ values: [Double]) throws -> Tensor {
    try Tensor(values.map(Float.init), shape: [values.count])
  }

  /// As gradients by hand are.
  @Test func gradientsMadeInInferenceAreClippedToo() throws {
    let gradients = [try inference { try gradient([3, 0]) }, try gradient([0, 4])]
    #expect(try Optimisation.clip(gradients, to: 1) == 5)
    let clipped = try gradients.flatMap { try $0.floats() }
    #expect(zip(clipped, [0.6, 0, 0, 0.8]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func descentWithNesterovsMomentumFollowsItsFormula() throws {
    let settings = OptimiserSettings(
      method: .sgd(momentum: 0.9), rate: 0.05, weightDecay: 0.01,
      schedule: .polynomial(exponent: 0.9), largestGradient: 2)
    var weights = numbers(23, seed: 1)
    var momenta = weights.map { _ in 0.0 }
    let parameters = try parameters(weights)
    let optimiser = try Optimiser(parameters, settings)
    for step in 0..<7 {
      let slopes = numbers(23, seed: UInt64(10 + step))
      let norm = slopes.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let scale = min(1, 2 / (norm + 1e-6))
      let rate = 0.05 * pow(1 - Double(step) / 7, 0.9)
      for index in weights.indices {
        let slope = slopes[index] * scale + 0.01 * weights[index]
        momenta[index] = 0.9 * momenta[index] + slope
        weights[index] -= rate * (slope + 0.9 * momenta[index])
      }
      let met = try optimiser.step([gradient(slopes)], step: step, of: 7)
      #expect(abs(met - norm) < 1e-5 * norm)
    }
    let found = try parameters.tensors[0].floats()
    #expect(zip(found, weights).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test func adamWithDecoupledDecayFollowsItsFormula() throws {
    let settings = OptimiserSettings(
      method: .adamW(beta1: 0.9, beta2: 0.99), rate: 0.01, weightDecay: 0.1, schedule: .constant,
      largestGradient: nil, averageDecay: 0.5)
    var weights = numbers(17, seed: 2)
    var (means, squares) = (weights.map { _ in 0.0 }, weights.map { _ in 0.0 })
    var average = weights
    let parameters = try parameters(weights)
    let optimiser = try Optimiser(parameters, settings)
    for step in 0..<6 {
      let slopes = numbers(17, seed: UInt64(20 + step))
      let share = max(0.5, 1 / Double(step + 2))
      for index in weights.indices {
        means[index] = 0.9 * means[index] + 0.1 * slopes[index]
        squares[index] = 0.99 * squares[index] + 0.01 * slopes[index] * slopes[index]
        let mean = means[index] / (1 - pow(0.9, Double(step + 1)))
        let square = squares[index] / (1 - pow(0.99, Double(step + 1)))
        weights[index] *= 1 - 0.01 * 0.1
        weights[index] -= 0.01 * mean / (square.squareRoot() + 1e-8)
        average[index] += share * (weights[index] - average[index])
      }
      _ = try optimiser.step([gradient(slopes)], step: step, of: 6)
    }
    let found = try parameters.tensors[0].floats()
    #expect(zip(found, weights).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    let averaged = try optimiser.withAverages { try parameters.tensors[0].floats() }
    #expect(zip(averaged, average).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    #expect(try parameters.tensors[0].floats() == found)
  }

  @Test func gradientsThatAreNoNumbersChangeNothing() throws {
    let parameters = try parameters([1, 2])
    let optimiser = try Optimiser(parameters, .sgd)
    #expect(try !optimiser.step([gradient([.nan, 1])], step: 0, of: 1).isFinite)
    #expect(try parameters.tensors[0].floats() == [1, 2])
  }

  @Test(arguments: [
    LearningRate.polynomial(exponent: 0.9), .cosine(warmUp: 0.1), .cosine(warmUp: 0), .constant,
  ])
  func ratesStayAboveNothingAndAtMostOne(schedule: LearningRate) {
    for steps in [1, 2, 10, 1000] {
      let factors = (0..<steps).map { schedule.factor(step: $0, of: steps) }
      #expect(factors.allSatisfy { $0 > 0 && $0 <= 1 })
      let falling = factors.drop { $0 < 1 }
      #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 })
    }
  }

  @Test func settingsThatMeanNothingAreNamed() {
    var settings = OptimiserSettings.sgd
    settings.rate = -1
    #expect(throws: TrainingError.self) { try settings.check() }
    settings = .adamW
    settings.averageDecay = 1
    #expect(throws: TrainingError.self) { try settings.check() }
    settings = .sgd
    settings.method = .sgd(momentum: 1)
    #expect(throws: TrainingError.self) { try settings.check() }
  }

  @Test func networksStartAsHeProposed() throws {
    let source = HeInitialiser(seed: 3)
    let weight = try source.tensor(
      "a.weight", shape: [64, 32, 3, 3], initial: .uniform(fanIn: 288))
    let values = try weight.floats().map(Double.init)
    let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    #expect(abs(deviation / (2 / 1.0001 / 288).squareRoot() - 1) < 0.02)
    let bias = try source.tensor("a.bias", shape: [64], initial: .uniform(fanIn: 288))
    #expect(try bias.floats().allSatisfy { $0 == 0 })
    let other = try HeInitialiser(seed: 4)
      .tensor("a.weight", shape: [64, 32, 3, 3], initial: .uniform(fanIn: 288))
    #expect(try other.floats() != weight.floats())
  }
}

// How the learning rate falls over a training.

internal import Foundation

/// The learning rate of each step as a share of the first one.
public enum LearningRate: Sendable, Codable, Equatable {
  /// (1 − t)^exponent for t from 0 to 1, as nnU-Net uses it with 0.9.
  case polynomial(exponent: Double)
  /// Half a cosine from 1 to 0 after a linear rise over the first share of steps.
  case cosine(warmUp: Double)
  case constant

  /// The factor at `step` of `steps` in all; above 0 at every step.
  ///
  /// - Parameters:
  ///   - step: From 0.
  ///   - steps: Steps of the whole training.
  /// - Returns: A number from 0 to 1.
  public func factor(step: Int, of steps: Int) -> Double {
    let time = min(1, Double(step) / Double(max(1, steps)))
    switch self {
    case .constant: return 1
    case .polynomial(let exponent): return pow(1 - time, exponent)
    case .cosine(let warmUp):
      if time < warmUp { return Double(step + 1) / (warmUp * Double(steps)).rounded(.up) }
      return (1 + cos(Double.pi * (time - warmUp) / max(1 - warmUp, 1e-9))) / 2
    }
  }
}

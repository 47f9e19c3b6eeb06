// An optimiser at work: the parameters it changes and what it remembers of earlier gradients.

public import Tensors

/// Changes parameters in place and keeps the state that a resumed training needs.
public final class Optimiser {
  public let settings: OptimiserSettings
  public let parameters: Parameters
  /// Momenta (SGD), or running means and mean squares of the gradients (AdamW); by parameter.
  let moments: [[Tensor]]
  /// The exponential moving average of the parameters, where one is kept.
  let averages: [Tensor]?

  /// Starts with nothing remembered.
  ///
  /// - Parameters:
  ///   - parameters: What is to be changed.
  ///   - settings: How.
  /// - Throws: ``TrainingError/settingInvalid(name:met:expected:)``, `TensorError`.
  public init(_ parameters: Parameters, _ settings: OptimiserSettings) throws {
    try settings.check()
    self.parameters = parameters
    self.settings = settings
    let kinds = if case .sgd = settings.method { 1 } else { 2 }
    moments = try (0..<kinds).map { _ in try parameters.tensors.map { try $0.detached() * 0 } }
    averages =
      settings.averageDecay == nil ? nil : try parameters.tensors.map { try $0.detached() * 1 }
  }

  /// One step.
  ///
  /// - Parameters:
  ///   - gradients: One per parameter; clipped in place where the settings say so.
  ///   - step: Its number from 0.
  ///   - steps: Steps of the whole training.
  /// - Returns: The norm of all gradients before clipping; where it is not finite nothing was changed.
  /// - Throws: `TensorError`.
  public func step(_ gradients: [Tensor], step: Int, of steps: Int) throws -> Double {
    let norm = try Optimisation.clip(gradients, to: settings.largestGradient ?? .infinity)
    guard norm.isFinite else { return norm }
    let rate = settings.rate * settings.schedule.factor(step: step, of: steps)
    switch settings.method {
    case .sgd(let momentum):
      try Optimisation.descend(
        parameters.tensors, gradients: gradients, momenta: moments[0], rate: rate,
        momentum: momentum, weightDecay: settings.weightDecay, nesterov: momentum > 0)
    case .adamW(let beta1, let beta2):
      try Optimisation.adaptAndDescend(
        parameters.tensors, gradients: gradients, means: moments[0], squares: moments[1],
        step: step + 1, rate: rate, betas: (beta1, beta2), weightDecay: settings.weightDecay)
    }
    if let averages, let decay = settings.averageDecay {
      // Early steps count more, lest the average remember the beginning for long.
      let share = max(1 - decay, 1 / Double(step + 2))
      try Optimisation.approach(averages, parameters.tensors, share: share)
    }
    return norm
  }

  /// Runs `body` with the averaged parameters in place of the current ones, where an average is kept.
  func withAverages<Result>(_ body: () throws -> Result) throws -> Result {
    guard let averages else { return try body() }
    let current = try parameters.tensors.map { try $0.detached() * 1 }
    try Optimisation.approach(parameters.tensors, averages, share: 1)
    let result = Swift.Result { try body() }
    try Optimisation.approach(parameters.tensors, current, share: 1)
    return try result.get()
  }
}

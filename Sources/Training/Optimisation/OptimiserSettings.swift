// Which optimiser, how fast it goes and how its rate falls: numbers that a run file states.

/// An optimiser with its schedule.
public struct OptimiserSettings: Sendable, Codable, Equatable {
  public enum Method: Sendable, Codable, Equatable {
    /// Stochastic gradient descent with Nesterov's momentum.
    case sgd(momentum: Double)
    /// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
    case adamW(beta1: Double, beta2: Double)
  }

  public var method: Method
  /// Learning rate before the schedule.
  public var rate: Double
  public var weightDecay: Double
  public var schedule: LearningRate
  /// Largest common norm of all gradients; `nil` never clips.
  public var largestGradient: Double?
  /// Share of the old value that an exponential moving average of the weights keeps at each step; `nil` for
  /// none. The average is what is validated and kept in the end.
  public var averageDecay: Double?

  public init(
    method: Method, rate: Double, weightDecay: Double, schedule: LearningRate,
    largestGradient: Double? = 12, averageDecay: Double? = nil
  ) {
    self.method = method
    self.rate = rate
    self.weightDecay = weightDecay
    self.schedule = schedule
    self.largestGradient = largestGradient
    self.averageDecay = averageDecay
  }

  /// nnU-Net's: momentum 0.99, rate 0.01 falling as (1 − t)^0.9, weight decay 3 · 10⁻⁵, gradients up to 12.
  public static let sgd = OptimiserSettings(
    method: .sgd(momentum: 0.99), rate: 1e-2, weightDecay: 3e-5,
    schedule: .polynomial(exponent: 0.9))

  /// AdamW with a cosine after a short rise.
  public static let adamW = OptimiserSettings(
    method: .adamW(beta1: 0.9, beta2: 0.999), rate: 1e-3, weightDecay: 1e-2,
    schedule: .cosine(warmUp: 0.03))

  /// Finds numbers that mean nothing.
  ///
  /// - Throws: ``TrainingError/settingInvalid(name:met:expected:)``
  public func check() throws {
    try TrainingError.require("optimiser.rate", rate, rate > 0 && rate.isFinite, "above 0")
    try TrainingError.require(
      "optimiser.weightDecay", weightDecay, weightDecay >= 0 && weightDecay.isFinite, "0 or more")
    if let limit = largestGradient {
      try TrainingError.require("optimiser.largestGradient", limit, limit > 0, "above 0")
    }
    if let decay = averageDecay {
      try TrainingError.require(
        "optimiser.averageDecay", decay, (0..<1).contains(decay), "from 0 to below 1")
    }
    switch method {
    case .sgd(let momentum):
      try TrainingError.require(
        "optimiser.momentum", momentum, (0..<1).contains(momentum), "from 0 to below 1")
    case .adamW(let beta1, let beta2):
      try TrainingError.require(
        "optimiser.betas", [beta1, beta2],
        (0..<1).contains(beta1) && (0..<1).contains(beta2), "from 0 to below 1")
    }
  }
}

// What happened in each epoch, for curves, for early stopping and for choosing the best checkpoint.

/// The course of a training so far.
public struct TrainingHistory: Sendable, Codable, Equatable {
  public struct Epoch: Sendable, Codable, Equatable {
    /// From 0.
    public var number: Int
    /// Learning rate of the epoch's first step.
    public var rate: Double
    /// Mean loss over the epoch's steps.
    public var loss: Double
    /// Mean loss on validation patches; `nil` without any.
    public var validationLoss: Double?
    /// Dice over all validation patches together, by class of the foreground; `nil` for one that none holds.
    public var dice: [Double?]
    /// The mean of ``dice``, smoothed over epochs as nnU-Net does (0.9 of the old value).
    public var smoothedDice: Double?
    /// Largest norm of the gradients before clipping.
    public var largestGradient: Double
    public var seconds: Double

    /// Mean over the classes that the validation patches hold.
    public var meanDice: Double? {
      let present = dice.compactMap(\.self)
      return present.isEmpty ? nil : present.reduce(0, +) / Double(present.count)
    }
  }

  public private(set) var epochs: [Epoch] = []

  public init() {}

  /// Adds an epoch and smooths its Dice.
  mutating func append(_ epoch: Epoch) {
    var epoch = epoch
    if let mean = epoch.meanDice {
      epoch.smoothedDice = epochs.last?.smoothedDice.map { 0.9 * $0 + 0.1 * mean } ?? mean
    } else {
      epoch.smoothedDice = epochs.last?.smoothedDice
    }
    epochs.append(epoch)
  }

  /// The epoch with the highest smoothed Dice; the first of several.
  public var best: Epoch? {
    epochs.reduce(nil) { best, epoch in
      guard let value = epoch.smoothedDice else { return best }
      if let known = best?.smoothedDice, known >= value { return best }
      return epoch
    }
  }

  /// Epochs since the best one.
  var epochsWithoutGain: Int {
    guard let best, let last = epochs.last else { return 0 }
    return last.number - best.number
  }

  /// Seconds of all epochs.
  public var seconds: Double { epochs.reduce(0) { $0 + $1.seconds } }
}

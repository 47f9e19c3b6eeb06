// The course of a training: how the losses fall and the overlap with the references rises.

/// Loss and Dice over the epochs of a training.
///
/// Two panels and a strip share an axis that counts finished epochs and ends where the training is
/// planned to end. The upper panel holds the losses, the lower one the pseudo-Dice of the validation:
/// a thin line for each class, a bold one for their mean, which is smoothed where the training
/// smooths it, and a diamond at its best. From 200 epochs on, points of classes are means of several
/// epochs, which the picture says. Beyond ``mostLines`` classes a band from the worst to the best
/// class stands for them. The strip below shows the learning rate.
public struct TrainingChart: Chart {
  public struct Epoch: Sendable, Equatable {
    /// From 0; the picture counts finished epochs, so that epoch 0 stands at 1.
    public let number: Int
    /// The learning rate.
    public let rate: Double
    /// The mean training loss.
    public let loss: Double
    /// The mean validation loss; nil where none was taken.
    public let validationLoss: Double?
    /// The pseudo-Dice of each class in the order of ``TrainingChart/classNames``; nil where the class
    /// was neither there nor predicted.
    public let dice: [Double?]
    /// The running mean over epochs of the mean over classes.
    public let smoothedDice: Double?
    /// How long the epoch took.
    public let seconds: Double

    public init(
      number: Int, rate: Double, loss: Double, validationLoss: Double? = nil, dice: [Double?] = [],
      smoothedDice: Double? = nil, seconds: Double
    ) {
      self.number = number
      self.rate = rate
      self.loss = loss
      self.validationLoss = validationLoss
      self.dice = dice
      self.smoothedDice = smoothedDice
      self.seconds = seconds
    }
  }

  /// More lines could not be told apart.
  public static let mostLines = 16

  public let title: String
  public let classNames: [String]
  public let epochs: [Epoch]
  public let plannedEpochs: Int

  public init(title: String, classNames: [String], epochs: [Epoch], plannedEpochs: Int) {
    self.title = title
    self.classNames = classNames
    self.epochs = epochs
    self.plannedEpochs = plannedEpochs
  }

  public var summary: String {
    guard let last = ordered.last else { return "No epoch is done yet." }
    let traces = TrainingTraces(self)
    let done = NumberText.fixed(last.done, 0)
    var sentences = [
      plannedEpochs > 0 ? "\(done) of \(plannedEpochs) epochs done." : "\(done) done."
    ]
    let losses = [("training", traces.loss), ("validation", traces.validationLoss)]
      .compactMap { name, trace in trace.last.map { "\(name) \(NumberText.fixed($0.y, 3))" } }
    if !losses.isEmpty { sentences.append("Loss: \(losses.joined(separator: ", ")).") }
    if let now = traces.overall.last, let best = traces.best {
      sentences.append(
        "Pseudo-Dice, \(traces.overallName): \(NumberText.fixed(now.y, 3)), "
          + "at its best \(NumberText.fixed(best.y, 3)) after \(Self.count(best.x)).")
    }
    sentences += classSentences(traces)
    if Scale.isDrawable(last.rate) {
      sentences.append("Learning rate \(NumberText.plain(last.rate)).")
    }
    return sentences.joined(separator: " ")
  }

  public func csv() -> String {
    var table = CSVText(
      header: [
        "epochs done", "learning rate", "training loss", "validation loss", "mean Dice",
        "smoothed Dice", "seconds",
      ] + names.map { "Dice: \($0)" })
    for epoch in epochs {
      table.append(
        [
          .number(epoch.done), .number(epoch.rate), .number(epoch.loss),
          .number(epoch.validationLoss), .number(epoch.meanDice), .number(epoch.smoothedDice),
          .number(epoch.seconds),
        ] + names.indices.map { .number($0 < epoch.dice.count ? epoch.dice[$0] : nil) })
    }
    return table.text
  }

  private func classSentences(_ traces: TrainingTraces) -> [String] {
    let scored = zip(names, traces.classes).compactMap { name, trace in
      trace.last.map { (name: name, value: $0.y) }
    }
    let text = { (score: (name: String, value: Double)) in
      "\(score.name) \(NumberText.fixed(score.value, 3))"
    }
    guard let best = scored.max(by: { $0.value < $1.value }),
      let worst = scored.min(by: { $0.value < $1.value })
    else { return [] }
    let span = traces.epochsPerPoint > 1 ? ", mean of \(traces.epochsPerPoint) epochs" : ""
    guard names.count > Self.mostLines else {
      return names.count < 2
        ? [] : ["By class\(span): \(scored.map(text).joined(separator: ", "))."]
    }
    return ["Best of \(names.count) classes\(span): \(text(best)); worst: \(text(worst))."]
  }

  /// One for each value, whether it was named or not.
  var names: [String] {
    let count = max(classNames.count, epochs.map(\.dice.count).max() ?? 0)
    return (0..<count).map { $0 < classNames.count ? classNames[$0] : "class \($0 + 1)" }
  }

  /// Those that can stand on the axis, in the order of their numbers.
  var ordered: [Epoch] {
    epochs.enumerated().filter { (0..<1_000_000_000).contains($0.element.number) }
      .sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }.map(\.element)
  }

  static func count(_ epochs: Double) -> String {
    epochs == 1 ? "1 epoch" : "\(NumberText.fixed(epochs, 0)) epochs"
  }
}

extension TrainingChart.Epoch {
  /// How many epochs are done when this one is.
  var done: Double { Double(number) + 1 }

  /// Over the classes that have a value.
  var meanDice: Double? {
    let values = dice.compactMap { $0 }.filter(Scale.isDrawable)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

// The course of a training as files that can be watched while it goes on.

internal import Charts
internal import Foundation

/// Writes `training.html`, `training.svg` and `training.csv` beside the checkpoints after each epoch.
struct TrainingCurve {
  let plan: TrainingPlan
  let folder: String
  let title: String
  let classNames: [String]

  /// Replaces the files by those of the course so far.
  func write(_ history: TrainingHistory, isFinished: Bool) {
    let chart = TrainingChart(
      title: "\(title), \(plan.configuration), fold \(plan.fold)", classNames: classNames,
      epochs: history.epochs.map {
        TrainingChart.Epoch(
          number: $0.number, rate: $0.rate, loss: $0.loss, validationLoss: $0.validationLoss,
          dice: $0.dice, smoothedDice: $0.smoothedDice, seconds: $0.seconds)
      }, plannedEpochs: plan.loop.epochs)
    let page = TrainingPage(
      title: chart.title, chart: chart, facts: facts(history), status: status(history, isFinished),
      refreshes: !isFinished)
    // A curve that cannot be written is no reason to stop: the checkpoint says when the disk is full.
    for (name, text) in [
      ("html", page.html()), ("svg", chart.standaloneSVG()), ("csv", chart.csv()),
    ] {
      try? Data(text.utf8).write(
        to: URL(fileURLWithPath: "\(folder)/training.\(name)"), options: .atomic)
    }
  }

  private func status(_ history: TrainingHistory, _ isFinished: Bool) -> String {
    let done = history.epochs.count
    if isFinished {
      return done < plan.loop.epochs
        ? "stopped after \(done) of \(plan.loop.epochs) epochs, for want of progress"
        : "finished after \(done) epochs"
    }
    let each = history.seconds / Double(max(1, done))
    let minutes = (each * Double(plan.loop.epochs - done) / 60).rounded(.up)
    return "epoch \(done) of \(plan.loop.epochs), about \(Int(minutes)) min left"
  }

  private func facts(_ history: TrainingHistory) -> [(name: String, value: String)] {
    let patch = plan.augmentation.patchSize.map(String.init).joined(separator: "×")
    let minutes = history.seconds / 60
    return [
      ("cases", "\(plan.trainingCases.count) train, \(plan.validationCases.count) held out"),
      ("patch", "\(patch), \(plan.sampling.batchSize) per step"),
      ("steps", "\(plan.loop.stepsPerEpoch) per epoch, \(plan.loop.steps) in all"),
      ("time", String(format: "%.1f min", minutes)),
      ("seed", String(plan.request.seed)),
    ]
  }
}

// What somebody who waits for a training sees.

import Foundation
import Training

/// Shows the course of a training on standard error, and its outcome as text.
// Safe because the training tells it of one event at a time.
final class TrainingView: @unchecked Sendable {
  private let bar: ProgressBar
  private let name: String?

  /// - Parameter name: What is trained, where there are several.
  init(_ name: String? = nil) {
    self.name = name
    bar = ProgressBar(name ?? "")
  }

  func show(_ event: SelfConfiguredTraining.Event) {
    switch event {
    case .reading(let finished, let count): bar.show("reads \(finished) of \(count) cases")
    case .warning(let warning): line("note: \(warning)")
    case .planned(let plans, let name):
      guard let plan = try? plans.configuration(name) else { return }
      line(
        "\(name): patches of \(plan.patchSize.map(String.init).joined(separator: "×")), "
          + "\(plan.batchSize) per step, "
          + "\(plan.architecture.features.map(String.init).joined(separator: "-")) channels")
    case .preparing(let progress):
      if case .rebuilt(let reason) = progress.outcome {
        line("prepared '\(progress.id)' again: \(reason)")
      }
      bar.show("prepares \(progress.finished) of \(progress.count) cases")
    case .measuring: bar.show("measures the pace")
    case .fold(let plan):
      line(
        "fold \(plan.fold): \(plan.trainingCases.count) cases train, "
          + "\(plan.validationCases.count) are held out; \(plan.loop.epochs) epochs of "
          + "\(plan.loop.stepsPerEpoch) steps")
      if plan.loop.steps < 500, plan.request.hours != nil {
        line(
          "note: only \(plan.loop.steps) steps fit into the time; fewer --base-features, a smaller "
            + "--batch-size or --max-patch-voxels make room for more")
      }
    case .training(.step(let report)): bar.show(Self.text(report))
    case .training(.epoch): break
    case .evaluating(let id, let finished, let count):
      bar.show("predicts held-out case \(finished + 1) of \(count): \(id)")
    case .postprocessing(let decision):
      let kept = decision.steps.map {
        $0.keepLargestOf.map(String.init).joined(separator: ", ")
      }
      line(
        kept.isEmpty
          ? "keeping only the largest component of a label would not help"
          : "of each prediction only the largest component of label \(kept.joined(separator: "; of "))"
            + " is kept")
    }
  }

  func clear() { bar.clear() }

  private func line(_ text: String) {
    bar.clear()
    Output.line((name.map { "\($0): " } ?? "") + text)
  }

  static func text(_ report: TrainingLoop.StepReport) -> String {
    let share = Double(report.done) / Double(max(1, report.steps))
    let filled = Int((share * 20).rounded())
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    let dice = report.dice.map { String(format: "  Dice %.3f", $0) } ?? ""
    return "\(bar) epoch \(report.epoch + 1)  step \(report.done) of \(report.steps)"
      + String(format: "  loss %.3f", report.loss) + dice
      + "  \(TimedBar.clock(report.secondsLeft)) left"
  }

  /// A table of the folds with their Dice.
  static func text(_ reports: [FoldReport]) -> String {
    func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    let classes = reports.first?.evaluation?.classNames ?? []
    let rows = reports.map { report in
      [report.fold, String(report.history.epochs.count), minutes(report.history.seconds)]
        + (classes.isEmpty
          ? [] : (report.evaluation?.means.map(number) ?? classes.map { _ in "–" }))
        + [number(report.evaluation?.mean), report.checkpoint]
    }
    return table(
      ["fold", "epochs", "minutes"] + classes + ["mean Dice", "checkpoint"], rows)
  }

  private static func minutes(_ seconds: Double) -> String { String(format: "%.1f", seconds / 60) }
}

// The course of a training as files that can be watched while it goes on.

internal import Foundation

/// Writes `training.csv` and `training.html` beside the checkpoints after each epoch.
struct TrainingCurve {
  let plan: TrainingPlan
  let folder: String
  let title: String

  func write(_ history: TrainingHistory) throws {
    var lines = ["epoch,rate,loss,validation_loss,dice,smoothed_dice,largest_gradient,seconds"]
    lines += history.epochs.map { epoch in
      let values: [Double?] = [
        epoch.rate, epoch.loss, epoch.validationLoss, epoch.meanDice, epoch.smoothedDice,
        epoch.largestGradient, epoch.seconds,
      ]
      return ([String(epoch.number)] + values.map { $0.map { String($0) } ?? "" })
        .joined(separator: ",")
    }
    // A curve that cannot be written is no reason to stop: the checkpoint says when the disk is full.
    try? Data((lines.joined(separator: "\n") + "\n").utf8).write(
      to: URL(fileURLWithPath: folder + "/training.csv"), options: .atomic)
  }
}

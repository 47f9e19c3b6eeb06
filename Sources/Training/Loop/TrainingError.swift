// What stops a training, in one line that says where and what to do.

/// A fault of the settings, the data or the course of a training.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// A setting outside the range in which it means something.
  case settingInvalid(name: String, met: String, expected: String)
  /// The loss or the gradients became infinite or no number.
  case diverged(step: Int, loss: String, cases: [String], checkpoint: String?)
  /// A checkpoint could not be written; the one before is untouched.
  case checkpointUnwritable(path: String, reason: String, last: String?)
  /// A checkpoint that is damaged or belongs to another training.
  case checkpointUnusable(path: String, reason: String)
  /// The folder holds a training with other settings.
  case otherSettings(path: String, differences: [String])
  /// There is nothing to train on, or nothing of it can be used.
  case unfit(reason: String)
  /// The machine has not enough memory for a step.
  case outOfMemory(path: String, reason: String)
  /// Another process trains in the same folder.
  case folderBusy(path: String)

  public var description: String {
    switch self {
    case .settingInvalid(let name, let met, let expected):
      "the setting \(name) is \(met); expected \(expected)"
    case .diverged(let step, let loss, let cases, let checkpoint):
      "the training stopped at step \(step): its loss is \(loss), on \(cases.joined(separator: ", ")); "
        + "look at these images, or lower the learning rate; "
        + (checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was due yet")
    case .checkpointUnwritable(let path, let reason, let last):
      "\(path) could not be written (\(reason)); "
        + (last.map { "\($0) is whole; " } ?? "")
        + "make room and run the same command again, which goes on from there"
    case .checkpointUnusable(let path, let reason):
      "\(path) cannot be resumed: \(reason); remove it to start anew"
    case .otherSettings(let path, let differences):
      "\(path) holds a training with other settings (\(differences.joined(separator: "; "))); "
        + "choose another folder, or the same settings to go on"
    case .unfit(let reason): reason
    case .outOfMemory(let path, let reason):
      "there is not enough memory (\(reason)); all that is done is kept in \(path): run the same command "
        + "again when more is free, or train a smaller network in another folder (--base-features, "
        + "--batch-size, --max-patch-voxels)"
    case .folderBusy(let path):
      "another process trains in \(path); wait for it or choose another folder"
    }
  }

  static func require(
    _ name: String, _ met: some Any, _ holds: Bool, _ expected: String
  ) throws {
    if !holds { throw settingInvalid(name: name, met: "\(met)", expected: expected) }
  }
}

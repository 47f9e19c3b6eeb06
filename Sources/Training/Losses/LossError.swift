// Why no loss could be computed, in one line that says what was met and what was expected.

/// A fault of the settings of a loss or of what it is asked to compare.
public enum LossError: Error, Equatable, CustomStringConvertible {
  /// A setting outside the range in which it means something.
  case settingInvalid(name: String, met: String, expected: String)
  /// A voxel with a label that the network has no channel for.
  case labelOutside(label: Int, caseID: String, expected: String)
  /// Scores and labels of different shape; the finest output has number 0.
  case shapesDiffer(output: Int, scores: [Int], expected: [Int])
  /// Other numbers of outputs, targets or weights than one another.
  case outputsDiffer(scores: Int, targets: Int, weights: Int)

  public var description: String {
    switch self {
    case .settingInvalid(let name, let met, let expected):
      "The setting \(name) is \(met); expected \(expected)."
    case .labelOutside(let label, let caseID, let expected):
      "The case '\(caseID)' has voxels with the label \(label); expected \(expected). "
        + "Mend the label map, or name the label in the dataset's description and plan again."
    case .shapesDiffer(let output, let scores, let expected):
      "The scores of output \(output) have shape \(scores), its labels need \(expected); "
        + "build the network and the batches by the same plan."
    case .outputsDiffer(let scores, let targets, let weights):
      "The network gave \(scores) outputs for \(targets) targets and \(weights) weights; "
        + "expected one weight for each output, and a target for each."
    }
  }
}

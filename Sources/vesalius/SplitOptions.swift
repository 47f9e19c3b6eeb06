// --folds and --held-out of the commands that write data sets: which cases train and which are kept aside.

import ArgumentParser
import Datasets

struct SplitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Folds of a cross-validation.", valueName: "n"))
  var folds: Int?

  @Option(
    help: ArgumentHelp(
      "Part of the cases (0.2), or their number (18), that is kept aside in one fold.",
      valueName: "part"))
  var heldOut: Double?

  func validate() throws {
    if folds != nil, heldOut != nil {
      throw ValidationError("give either --folds or --held-out, not both")
    }
    if let heldOut, !(heldOut > 0 && heldOut.isFinite) {
      throw ValidationError("--held-out needs a part such as 0.2 or a number of cases such as 18")
    }
  }

  /// The splits that are asked for, whole patients on each side; nil where none is.
  func splits(of cases: [DatasetCase], seed: UInt64) throws -> Splits? {
    if let folds { return try Splits.folds(cases, count: folds, seed: seed) }
    return try heldOut.map { part in
      let test = part < 1 ? max(1, Int((part * Double(cases.count)).rounded())) : Int(part)
      return try Splits.heldOut(cases, test: test, seed: seed)
    }
  }
}

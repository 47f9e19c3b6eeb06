// How many floating-point operations a network needs: hooks in the products count them by shape alone.

import Foundation

/// Counts the floating-point operations of products: matrix products, linear layers, attention and
/// convolutions, a multiplication and an addition as two. What grows with the number of values only
/// (normalisation, activation, resizing) is left out, as PyTorch's `FlopCounterMode` and the papers do.
public enum OperationCount {
  @TaskLocal private static var tally: Tally?

  /// What `body` returns and the operations that it needs on this task, on libtorch's reference path.
  ///
  /// On ``Device/meta`` nothing is computed, so that the largest network is counted at once.
  public static func counting<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, operations: Int) {
    let tally = Tally()
    let result = try $tally.withValue(tally) { try body() }
    return (result, tally.operations)
  }

  static func add(_ operations: @autoclosure () -> Int) {
    if let tally { tally.operations += operations() }
  }

  private final class Tally: @unchecked Sendable {
    // Safe because one task calls the operations of `body`, one after the other.
    var operations = 0
  }
}

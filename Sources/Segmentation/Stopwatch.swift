// Seconds per stage of a run, for its report.

/// Measures how long the stages of a run take; stages of one name add up.
public struct Stopwatch: Sendable {
  /// Stage names in the order in which they first ran, with their wall-clock seconds.
  public private(set) var stages: [(name: String, seconds: Double)] = []

  public init() {}

  /// Runs `body` and adds its time to the stage `name`.
  public mutating func measure<Result>(
    _ name: String, _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ContinuousClock.now
    defer { add(name, ContinuousClock.now - start) }
    return try body()
  }

  /// Adds the stages of another run.
  public mutating func add(_ other: Stopwatch) {
    for stage in other.stages { add(stage.name, .seconds(stage.seconds)) }
  }

  private mutating func add(_ name: String, _ duration: Duration) {
    let seconds = duration / .seconds(1)
    if let index = stages.firstIndex(where: { $0.name == name }) {
      stages[index].seconds += seconds
    } else {
      stages.append((name, seconds))
    }
  }
}

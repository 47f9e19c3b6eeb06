// Tasks for a network that learns from examples: a label, and the slices of all cases that show it.

internal import Foundation

/// One structure of one data set, seen along one axis.
struct ContextTask: Sendable {
  /// What is looked for.
  let label: Int32
  /// For each case with the label, which slices of the pool show it; two cases at least.
  let cases: [[Int]]
  /// Slices along the same axis that do not show it.
  let without: [Int]

  /// All tasks of a pool, in an order that follows from its slices.
  static func all(of pool: TaskPool) -> [ContextTask] {
    struct Kind: Hashable {
      let label: Int32
      let normal: Int
    }
    var found: [Kind: [String: [Int]]] = [:]
    for (index, slice) in pool.slices.enumerated() {
      for label in Set(slice.labels) {
        found[Kind(label: label, normal: slice.normal), default: [:]][slice.caseID, default: []]
          .append(index)
      }
    }
    return found.filter { $0.value.count > 1 }
      .sorted { ($0.key.label, $0.key.normal) < ($1.key.label, $1.key.normal) }
      .map { kind, cases in
        let shown = Set(cases.values.joined())
        return ContextTask(
          label: kind.label, cases: cases.sorted { $0.key < $1.key }.map(\.value),
          without: pool.slices.indices.filter {
            pool.slices[$0].normal == kind.normal && !shown.contains($0)
              && !pool.slices[$0].labelOfNumber.contains(kind.label)
          })
      }
  }
}

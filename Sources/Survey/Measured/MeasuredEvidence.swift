// What a comparison says of trust: how far stated probabilities are off, and whom the worst scores belong to.

import Tables

/// One statement about a participant.
struct MeasuredEvidence: Equatable {
  let participant: String
  let item: Evidence.Item
  let statement: String

  /// Calibration errors and gaps between subgroups, from the tidy table of a comparison.
  ///
  /// - Parameters:
  ///   - table: `results.csv`
  ///   - subgroups: columns of the dataset by which the study shows scores
  ///   - dataset: its name
  /// - Returns: statements in the order of participants
  static func read(_ table: CSV, subgroups: [String], dataset: String) -> [MeasuredEvidence] {
    func column(_ name: String) -> Int? { table.header.firstIndex(of: name) }
    guard let model = column("model"), let prompts = column("prompts"),
      let metric = column("metric"), let value = column("value")
    else { return [] }
    var contenders: [[String]] = []
    for row in table.rows {
      let contender = [row.fields[model], row.fields[prompts]]
      if !contenders.contains(contender) { contenders.append(contender) }
    }
    return contenders.flatMap { contender -> [MeasuredEvidence] in
      let rows = table.rows.filter {
        [$0.fields[model], $0.fields[prompts]] == contender
      }
      func values(_ name: String, of rows: [CSV.Row]) -> [Double] {
        rows.filter { $0.fields[metric] == name }.compactMap { Double($0.fields[value]) }
      }
      let given = contender[1] == "none" ? "" : ", \(contender[1])"
      var found: [MeasuredEvidence] = []
      let errors = values("ece", of: rows)
      if !errors.isEmpty {
        found.append(
          MeasuredEvidence(
            participant: contender[0], item: .calibration,
            statement: "expected calibration error \(digits(mean(errors), 3)) on \(dataset)\(given)"
          ))
      }
      for name in subgroups {
        guard let place = column("case_" + name) else { continue }
        let groups = Dictionary(grouping: rows) { $0.fields[place] }
          .filter { !$0.key.isEmpty }.mapValues { values("dice", of: $0) }
          .filter { !$0.value.isEmpty }.mapValues(mean).sorted { $0.key < $1.key }
        guard let best = groups.max(by: { $0.value < $1.value }),
          let worst = groups.min(by: { $0.value < $1.value }), groups.count > 1
        else { continue }
        let gap = digits((best.value - worst.value) * 100, 1)
        found.append(
          MeasuredEvidence(
            participant: contender[0], item: .fairness,
            statement:
              "Dice by \(name) on \(dataset)\(given): \(worst.key) lies \(gap) points below "
              + best.key))
      }
      return found
    }
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private static func digits(_ value: Double, _ count: Int) -> String {
    let power = (0..<count).reduce(1.0) { product, _ in product * 10 }
    return Cell.text((value * power).rounded() / power)
  }
}

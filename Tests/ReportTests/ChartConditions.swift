// Data that charts must survive: empty, lonely, constant, broken, huge, many or hostile.

import Charts
import Testing

/// Data that charts must survive.
enum Condition: String, CaseIterable, CustomTestStringConvertible {
  case usual
  case empty
  case one
  case constant
  case broken
  case huge
  case many
  case hostile

  var testDescription: String { rawValue }

  var subjects: [Subject] {
    let count = self == .empty ? 0 : self == .one ? 1 : self == .many ? 15 : 4
    return (0..<count).map { place in
      let name = self == .hostile ? Hostile.texts[place] : "contender \(place + 1) with a name"
      let flag = place % 3 == 1 ? (self == .hostile ? Hostile.texts[16] : "contaminated") : nil
      return Subject(name, style: SeriesStyle(place), flag: flag)
    }
  }

  func value(_ generator: inout SeededGenerator) -> Double? {
    switch self {
    case .empty: nil
    case .constant: 0.5
    case .huge: (generator.uniform() - 0.5) * 1e290
    case .broken: [nil, .nan, .infinity, -.infinity, 0.3, -1e15][Int(generator.next() % 6)]
    default: min(max(0.7 + 0.1 * generator.normal(), 0), 1)
    }
  }

  func estimate(_ generator: inout SeededGenerator) -> Estimate {
    Estimate(value(&generator), low: value(&generator), high: value(&generator))
  }

  /// Made once for all tests.
  var charts: [any Chart] { Self.made[self] ?? [] }

  private static let made = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0, $0.makeCharts()) })

  func makeCharts() -> [any Chart] {
    var generator = SeededGenerator(seed: 31)
    let subjects = subjects
    let title = self == .hostile ? Hostile.texts[0] : "Title"
    let quantity = Quantity(self == .hostile ? Hostile.texts[1] : "Dice", lowest: 0, highest: 1)
    let length = self == .empty ? 0 : self == .one ? 1 : self == .many ? 120 : 30
    let cases = (0..<length).map { self == .hostile ? Hostile.texts[$0 % 20] : "case \($0)" }
    let levels = self == .many ? 8 : 3
    let steps = (0..<(self == .many ? 20 : 4)).map {
      self == .hostile ? Hostile.texts[$0 + 12] : "step \($0) of the prompts"
    }
    return [
      BoxPlot(
        title: title, quantity: quantity, cases: cases,
        rows: subjects.map { subject in
          .init(
            subject, values: cases.map { _ in value(&generator) }, mean: estimate(&generator))
        }),
      ForestPlot(
        title: title, quantity: quantity,
        groups: [
          .init(title, rows: subjects.map { .init($0, estimate(&generator)) }),
          .init("Second", rows: subjects.map { .init($0, estimate(&generator)) }),
        ]),
      SignificanceMatrix(
        title: title, subjects: subjects,
        cells: subjects.indices.flatMap { row in
          // One column too many, as a careless caller might ask for.
          (0...subjects.count).map { column in
            .init(
              row: row, column: column, p: abs(value(&generator) ?? .nan),
              advantage: (value(&generator) ?? 0) - 0.7)
          }
        }, above: "permutation test of the mean", below: "Wilcoxon signed-rank test"),
      RankStabilityPlot(
        title: title, subjects: subjects,
        frequencies: subjects.map { _ in subjects.map { _ in abs(value(&generator) ?? 0) } },
        resamples: 1000),
      line(.steps(steps, areJoined: true), title, quantity, subjects, &generator),
      line(.steps(steps, areJoined: false), title, quantity, subjects, &generator),
      line(.logarithmic, title, quantity, subjects, &generator),
      ReliabilityDiagram(
        title: title, subject: subjects.first ?? Subject("x", style: SeriesStyle(0)),
        bins: (0..<(self == .empty ? 0 : 10)).map { bin in
          .init(
            low: Double(bin) / 10, high: Double(bin + 1) / 10, count: bin * 1000,
            confidence: value(&generator), frequency: value(&generator))
        }, remark: title),
      CostScatter(
        title: title, cost: quantity.name, quantity: quantity,
        entries: subjects.map { subject in
          .init(
            subject, cost: abs(value(&generator) ?? 0) * (generator.next() % 4 == 0 ? 0 : 50),
            score: estimate(&generator))
        }),
      DotPlot(
        title: title, quantity: quantity,
        parts: (0..<levels).map { self == .hostile ? Hostile.texts[$0] : "level \($0) (n = 9)" },
        rows: subjects.map { subject in
          .init(
            subject, estimates: (0..<levels).map { _ in estimate(&generator) }, remark: "0.041",
            remarkDetail: title)
        }, remarkTitle: "worst-group gap"),
      DotPlot(
        title: title, quantity: quantity, parts: ["published", "measured"],
        rows: subjects.map { subject in
          .init(subject, estimates: [estimate(&generator), estimate(&generator)])
        }, firstIsForeign: true),
      training(title, subjects.map(\.name), epochs: length, &generator),
      training(
        title, (0..<(self == .empty ? 0 : 103)).map { "class \($0)" }, epochs: length, &generator),
    ]
  }

  private func training(
    _ title: String, _ names: [String], epochs: Int, _ generator: inout SeededGenerator
  ) -> TrainingChart {
    TrainingChart(
      title: title, classNames: names,
      epochs: (0..<epochs).map { number in
        .init(
          // Some out of order, and broken numbers beside broken values.
          number: self == .broken && number % 7 == 3 ? [-1, .max][number % 2] : number ^ 1,
          rate: value(&generator) ?? .nan, loss: value(&generator) ?? .nan,
          validationLoss: value(&generator),
          dice: names.indices.map { _ in generator.next() % 5 == 0 ? nil : value(&generator) },
          smoothedDice: self == .constant ? nil : value(&generator),
          seconds: value(&generator) ?? .nan)
      }, plannedEpochs: self == .huge ? .max : self == .broken ? -3 : 50)
  }

  private func line(
    _ axis: LineChart.Axis, _ title: String, _ quantity: Quantity, _ subjects: [Subject],
    _ generator: inout SeededGenerator
  ) -> LineChart {
    LineChart(
      title: title, quantity: quantity, axisTitle: "Clicks", axis: axis,
      lines: subjects.map { subject in
        .init(
          subject,
          points: [-1.0, 0, 1, 2, 3, .nan, 1e300].map { .init(x: $0, estimate(&generator)) })
      }, levels: subjects.prefix(2).map { .init($0, estimate(&generator)) })
  }
}

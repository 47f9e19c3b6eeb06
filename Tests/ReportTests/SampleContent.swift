// A study that never took place, complete enough to show every part of a report.

import Foundation
import Report
import Statistics

/// Invented scores of existing kinds of models; the same on every machine.
struct SampleContent {
  var cases = 28
  /// Contenders per group.
  var contenders = 5
  /// Turns names and texts of users into others, e.g. hostile ones.
  var rename: @Sendable (String) -> String = { $0 }

  typealias Content = ReportContent

  static let metrics = [
    Content.Metric(
      id: "dice", name: "Dice", highest: 1,
      definition: "2·|A∩B| / (|A| + |B|). Undefined where both masks are empty, 0 where one is."),
    Content.Metric(
      id: "nsd", name: "NSD 2 px", highest: 1,
      definition: "Normalised surface Dice: the share of both borders within 2 px of the other."),
    Content.Metric(
      id: "hd95", name: "HD95", unit: "px", higherIsBetter: false, decimals: 1,
      definition: "The larger of the two directed 95th percentiles of border distances. Undefined "
        + "where a mask is empty."),
  ]

  private static let automatic = [
    ("lwnet", "drive", "task-specific network"), ("u-net", "drive", "task-specific network"),
    ("meshnet-2d", "untrained (formula weights)", "task-specific network"),
    ("frangi filter", "none needed", "classical"), ("otsu", "none needed", "classical"),
  ]
  private static let prompted = [
    "sam-vit-b", "sam-vit-l", "medsam", "efficientsam-ti", "random walker",
  ]

  func content() -> ReportContent {
    let groups = Self.kinds.map { kind in names(kind).map { "\(kind.id)/\($0)" } }
    let scores = columns(groups)
    var content = ReportContent(
      header: header(), warnings: warnings(), metrics: Self.metrics.map(renamed),
      primaryMetric: "dice", contenders: contenderList(), cases: caseList(), scores: scores)
    content.groups = zip(Self.kinds, groups).map { kind, ids in
      Content.Group(
        id: kind.id, title: rename(kind.title), note: rename(kind.note), contenders: ids,
        results: Self.metrics.map { result($0, ids, scores) })
    }
    content.findings =
      FindingSentences(content).sentences()
      + [rename("Caution: with 28 cases, differences in Dice below 0.02 cannot be told apart.")]
    addEvidence(to: &content)
    return content
  }

  struct Kind {
    let id: String
    let title: String
    let note: String
    let given: Content.Given
    /// Added to the quality of every contender.
    let help: Double
  }

  static let kinds = [
    Kind(
      id: "automatic", title: "Automatic",
      note: "These contenders were given the image and nothing else.", given: .init(), help: 0),
    Kind(
      id: "point", title: "One oracle point",
      note: "One point per object, at the voxel farthest from the border of the reference.",
      given: .init(origin: .oracle, prompts: 1, description: "1 point"), help: -0.02),
    Kind(
      id: "box", title: "Jittered box",
      note: "The bounding box of the reference, each side moved by up to 5 px.",
      given: .init(origin: .jittered, prompts: 1, description: "box, each side ± 5 px"),
      help: 0.06),
  ]

  func names(_ kind: Kind) -> [String] {
    let known = kind.id == "automatic" ? Self.automatic.map(\.0) : Self.prompted
    return (0..<contenders).map { place in
      place < known.count
        ? known[place] : "\(known[place % known.count]) v\(place / known.count + 1)"
    }
  }

  private func header() -> Content.Header {
    Content.Header(
      title: rename("Vessels of the retina: five automatic and five prompted models"),
      dataset: rename("Sample retina, test split"), date: "2026-03-14", version: "0.4.0",
      cases: cases, patients: cases * 5 / 7, labels: [rename("vessel")],
      protocolDigest: "9f2c4e0b7a31d58866cf0a1be2d47390cc51ffeb0912837465ab7cd8e90f1234",
      seed: 20_260_314,
      facts: [.init("Image size", rename("565 × 584 px"))])
  }

  private func warnings() -> [Content.Warning] {
    [
      .init(
        .contamination,
        rename("u-net was trained on 20 images of this dataset; its scores are marked †."),
        items: [rename("u-net")]),
      .init(
        .power,
        rename("28 cases tell apart differences in Dice of 0.02 or more with a power of 0.8.")),
      .init(
        .failedCases, rename("otsu gave no answer for one case; it was counted as 0."),
        items: [rename("case-07")]),
      .init(
        .nearDuplicates, rename("Two pairs of images are nearly the same."),
        items: (1...8).map { rename("case-\($0) and case-\($0 + 10)") }),
      .init(
        .untrainedWeights,
        rename("meshnet-2d ran with formula weights, which learnt nothing.")),
    ]
  }

  private func renamed(_ metric: Content.Metric) -> Content.Metric {
    var metric = metric
    metric.name = rename(metric.name)
    metric.definition = rename(metric.definition)
    return metric
  }

  private func contenderList() -> [Content.Contender] {
    Self.kinds.flatMap { kind in
      names(kind).enumerated().map { place, name in
        let known = kind.id == "automatic" ? Self.automatic[place % Self.automatic.count] : nil
        return Content.Contender(
          id: "\(kind.id)/\(name)", name: rename(name), model: name,
          family: rename(known?.2 ?? "promptable model"), given: kind.given,
          weights: rename(known?.1 ?? "sa1b"), isUntrained: name.hasPrefix("meshnet"),
          trainedOn: known == nil ? [rename("SA-1B")] : known?.1 == "drive" ? ["DRIVE"] : [],
          contamination: name == "u-net"
            ? rename("20 of the test images were in its training set") : nil)
      }
    }
  }

  private func caseList() -> [Content.Case] {
    (0..<cases).map { number in
      Content.Case(
        id: rename("case-\(number < 9 ? "0" : "")\(number + 1)"),
        patient: rename("P\(number * 5 / 7 + 1)"),
        attributes: [.init(rename("Camera"), rename(Self.cameras[number % 3]))])
    }
  }

  static let cameras = ["Canon CR5", "Topcon NW", "Zeiss 450"]

  private func columns(_ groups: [[String]]) -> [Content.ScoreColumn] {
    var generator = SeededGenerator(seed: 7)
    let difficulty = (0..<cases).map { _ in generator.normal() * 0.05 }
    var columns: [Content.ScoreColumn] = []
    for (kind, ids) in zip(Self.kinds, groups) {
      for (place, id) in ids.enumerated() {
        let untrained = id.contains("meshnet")
        let quality = (untrained ? 0.22 : 0.79 - 0.025 * Double(place)) + kind.help
        let dice = (0..<cases).map { number in
          let camera = number % 3 == 2 ? -0.05 : 0.02
          return min(
            max(quality + difficulty[number] + camera + generator.normal() * 0.03, 0), 0.99)
        }
        let fails = id == "automatic/otsu" && cases > 7
        columns += Self.metrics.map { metric in
          column(metric.id, id, dice, fails: fails, generator: &generator)
        }
      }
    }
    return columns
  }

  private func column(
    _ metric: String, _ id: String, _ dice: [Double], fails: Bool,
    generator: inout SeededGenerator
  ) -> Content.ScoreColumn {
    var values: [Double?] = dice.map { value in
      switch metric {
      case "dice": value
      case "nsd": min(value + 0.08, 1)
      default: 2 + (1 - value) * 40 * (1 + generator.uniform())
      }
    }
    if fails { values[6] = metric == "hd95" ? nil : 0 }
    return Content.ScoreColumn(
      contender: id, metric: metric, values: values,
      failures: fails ? [.init(caseIndex: 6, reason: rename("no voxel above the threshold"))] : [],
      contaminatedCases: id == "box/medsam" && cases > 3 ? [1, 3] : [])
  }

  private func result(
    _ metric: Content.Metric, _ ids: [String], _ scores: [Content.ScoreColumn]
  ) -> Content.MetricResult {
    let columns = ids.map { id in
      scores.first { $0.contender == id && $0.metric == metric.id }?.values ?? []
    }
    let summaries = columns.map(SampleStatistics.summary)
    let pairs = ids.count * (ids.count - 1) / 2
    var result = Content.MetricResult(
      metric: metric.id,
      summaries: zip(ids, summaries).map { id, summary in
        let failed = id == "automatic/otsu" && cases > 7 ? 1 : 0
        return .init(
          contender: id, summary: summary, failed: failed,
          failurePolicy: failed > 0 ? "counted as 0" : nil)
      })
    for first in ids.indices {
      for second in ids.indices where second > first {
        result.comparisons.append(
          SampleStatistics.pair(
            ids[first], columns[first], ids[second], columns[second], family: pairs))
      }
    }
    let better = metric.higherIsBetter
    result.rankings = [
      SampleStatistics.ranking(
        .meanThenRank, ids, summaries.map(\.mean), higherIsBetter: better),
      SampleStatistics.ranking(
        .medianThenRank, ids, summaries.map(\.median), higherIsBetter: better),
      SampleStatistics.ranking(
        .testBased, ids, ids.map { id in wins(id, result.comparisons, better) },
        higherIsBetter: true),
    ]
    result.stability = [SampleStatistics.stability(ids, columns, higherIsBetter: better)]
    result.subgroups = [cameras(metric, ids, columns)]
    return result
  }

  private func wins(_ id: String, _ pairs: [PairedComparison], _ higherIsBetter: Bool) -> Double {
    let won = pairs.count { pair in
      guard let p = pair.permutationHolm, p < 0.05, let mean = pair.meanDifference else {
        return false
      }
      return (mean > 0) == higherIsBetter ? pair.first == id : pair.second == id
    }
    return Double(won) / Double(max(contenders - 1, 1))
  }

  private func cameras(
    _ metric: Content.Metric, _ ids: [String], _ columns: [[Double?]]
  ) -> Content.Breakdown {
    let levels = Self.cameras.enumerated().map { level, name in
      let members = (0..<cases).filter { $0 % 3 == level }
      return Content.Level(
        name: rename(name), cases: members.count,
        scores: zip(ids, columns).map { id, column in
          let known = members.compactMap { column[$0] }
          return .init(
            contender: id, mean: SampleStatistics.mean(known),
            interval: SampleStatistics.interval(known, seed: 5, of: SampleStatistics.mean),
            defined: known.count)
        })
    }
    let gaps = ids.indices.compactMap { place -> Content.Gap? in
      let means = levels.compactMap { level in
        level.scores[place].mean.map { (level.name, metric.higherIsBetter ? $0 : -$0) }
      }
      guard let best = means.max(by: { $0.1 < $1.1 }), let worst = means.min(by: { $0.1 < $1.1 })
      else { return nil }
      return .init(
        contender: ids[place], best: best.0, worst: worst.0, gap: best.1 - worst.1)
    }
    return Content.Breakdown(attribute: rename("camera"), levels: levels, gaps: gaps)
  }
}

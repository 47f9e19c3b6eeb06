// The scores of the sample, and what the statistics say of them.

import Report
import Statistics

extension SampleContent {
  func columns(_ groups: [[String]]) -> [Content.ScoreColumn] {
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

  func result(
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

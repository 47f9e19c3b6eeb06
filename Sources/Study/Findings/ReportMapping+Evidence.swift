// What stands beside the scores of a study: calibration, costs, published values, and how it was made.

import Foundation
import Metrics
import Models
import Prompts
import Report
import Segmentation

extension ReportMapping {
  func calibration() throws -> [ReportContent.Calibration] {
    try results.contenders.compactMap { contender in
      let all = results.records(of: contender).compactMap {
        $0.record.at(contender.level)?.calibration
      }
      guard var merged = all.first else { return nil }
      for other in all.dropFirst() { try merged.merge(other) }
      return ReportContent.Calibration(
        contender: contender.name,
        bins: merged.bins.map {
          ReportContent.Bin(
            low: $0.low, high: $0.high, count: $0.count, meanConfidence: $0.meanConfidence,
            frequency: $0.frequency)
        },
        expectedError: merged.expectedError,
        maximumError: merged.bins.compactMap { bin in
          bin.meanConfidence.flatMap { mean in bin.frequency.map { abs(mean - $0) } }
        }.max(),
        note: "Foreground probability of every voxel of all cases together.")
    }
  }

  func costs() -> ReportContent.Costs {
    ReportContent.Costs(
      machine: Machine.description,
      rows: results.contenders.compactMap(cost),
      note: "Medians over the cases, in a process of its own for each model, without caches. "
        + "Reading the image is counted for every level of prompts that needs it.")
  }

  private func cost(_ contender: Contender) -> ReportContent.Cost? {
    let answered = results.records(of: contender).compactMap { item in
      item.record.at(contender.level).flatMap { $0.failure == nil ? ($0, item.record) : nil }
    }
    guard let first = answered.first else { return nil }
    let participant = plan.participants.first { $0.name == contender.participant }
    if participant?.kind == .predictions { return nil }
    let budget = participant?.budget
    // What happens before the first prompt, and all else; costs.csv has every stage.
    let before: Set = ["prepare", "embed"]
    let examples = median(answered.map { level, _ in level.seconds["examples"] ?? 0 })
    func seconds(_ isBefore: Bool) -> Double {
      median(
        answered.map { level, _ in
          level.seconds.filter { before.contains($0.key) == isBefore && $0.key != "examples" }
            .values.reduce(0, +)
        })
    }
    let joules = answered.compactMap(\.1.joules)
    let operations = answered.compactMap { level, record in
      record.operations.map { counted in
        // A dense network's inputs are counted whole.
        let isWhole = counted.prompt == nil && counted.example == nil
        return Double(counted.image) * Double(isWhole ? 1 : level.work.imagesRead)
          + Double(counted.prompt ?? 0) * Double(level.work.promptsDecoded)
          + Double(counted.example ?? 0) * Double(level.work.examplesRead ?? 0)
      }
    }
    return ReportContent.Cost(
      contender: contender.name, parameters: first.1.parameters,
      flops: operations.isEmpty ? nil : median(operations),
      stages: [
        ReportContent.Stage("read image", seconds: seconds(true)),
        ReportContent.Stage("answer", seconds: seconds(false)),
      ] + (examples > 0 ? [ReportContent.Stage("read examples", seconds: examples)] : []),
      peakMemoryBytes: answered.map(\.1.peakMemory).max(),
      cpuSeconds: median(answered.map(\.0.cpuSeconds)),
      joules: joules.isEmpty ? nil : median(joules),
      energyMethod: joules.isEmpty
        ? nil : "RAPL counters of the whole machine while it answered, all levels of a case",
      trainingSeconds: budget?.minutes.map { $0 * 60 },
      labelledCases: budget?.cases
        ?? answered.map(\.0.examples).max().flatMap { $0 > 0 ? $0 : nil })
  }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  func publishedScores() -> [ReportContent.PublishedScore] {
    results.contenders.flatMap { contender in
      let participant = plan.participants.first { $0.name == contender.participant }
      let entry = participant?.entrant.model.flatMap { try? Registry.model($0) }
      let names = [contender.participant, entry?.card.id, entry?.card.name].compactMap(\.self)
      return published.filter {
        $0.concerns(model: names, dataset: plan.datasetName, isNamed: plan.isNamed)
      }
      .filter { plan.study.metrics.contains($0.metric) }.map { value in
        let summary = value.metric == plan.study.primary ? summary(of: contender) : nil
        return ReportContent.PublishedScore(
          contender: contender.name, metric: value.metric, value: value.value,
          measured: summary?.mean, measuredInterval: summary?.meanInterval,
          dataset: value.dataset, difference: "another split and protocol",
          source: ReportContent.Reference(
            value.source, url: value.source.hasPrefix("http") ? value.source : nil))
      }
    }
  }

  func methods() throws -> ReportContent.Methods {
    ReportContent.Methods(
      paragraphs: [
        ReportContent.Paragraph(
          "Simulated prompts",
          "Boxes, clicks and strokes are taken from the reference by rule (Documentation/prompts.md): "
            + "the first click lies farthest from the border of the object, each later one in the "
            + "largest error; a jittered box misses each edge by up to a tenth of its side. Objects: "
            + "\(plan.study.objects.rawValue). Seed \(plan.study.seed)."),
        ReportContent.Paragraph(
          "Scores",
          "Each case counts once: with several structures its score is the mean over those that are "
            + "defined. A failed case counts as \(plan.study.failures == .worst ? "the worst value where a metric has one" : "undefined")."
        ),
        ReportContent.Paragraph(
          "Statistics",
          "Intervals, tests, corrections and rankings are those of Documentation/statistics.md: "
            + "\(plan.study.statistics.resamples) resamples"
            + (plan.study.statistics.cluster.map { " of whole groups by '\($0)'" } ?? "")
            + ", confidence \(plan.study.statistics.confidence), level \(plan.study.statistics.alpha) after "
            + "Holm's correction. Rankings are drawn anew by bootstrap, as challengeR does.",
          references: [
            ReportContent.Reference(
              "Wiesenfarth et al., Methods and open-source toolkit for analyzing and visualizing challenge "
                + "results, Scientific Reports 11 (2021) 2369",
              url: "https://doi.org/10.1038/s41598-021-82017-6"),
            ReportContent.Reference(
              "Maier-Hein, Reinke et al., Metrics reloaded, Nature Methods 21 (2024) 195",
              url: "https://doi.org/10.1038/s41592-023-02151-z"),
          ]),
        ReportContent.Paragraph(
          "What models may have seen",
          "The data sets that cards, protocol and provenance state are compared with the name of this one, "
            + "and hashes, looks and patients of listed training images with those of the cases. "
            + "Nothing found means nothing known: undisclosed training data cannot be seen."),
      ],
      software: [
        ReportContent.Fact("Vesalius", version),
        ReportContent.Fact("Machine", Machine.description),
      ], protocolYAML: try plan.study.yaml())
  }

  private var failures: String {
    plan.study.failures == .worst
      ? "counts as the worst value of an overlap; it has no distance, and like a case without one comes last "
        + "in rankings."
      : "is left out."
  }

  func reproduction() -> ReportContent.Reproduction {
    ReportContent.Reproduction(
      commands: [
        command.map(Self.quoted).joined(separator: " "),
        "vesalius compare --protocol protocol.yaml --out again",
      ],
      note:
        "results.csv holds every score and is the same, byte for byte, whenever the protocol, the data "
        + "and the program are.")
  }

  private static func quoted(_ text: String) -> String {
    text.allSatisfy { $0.isLetter || $0.isNumber || "._-/,=@:".contains($0) }
      ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}

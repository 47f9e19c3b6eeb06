// The parts of the sample beside its scores.

import Foundation
import Report
import Statistics

extension SampleContent {
  func addEvidence(to content: inout ReportContent) {
    let summaries = content.groups.flatMap { $0.results.first?.summaries ?? [] }
    let mean = { (id: String) -> Double in
      summaries.first { $0.contender == id }?.summary.mean ?? 0.5
    }
    let interval = { (value: Double, half: Double) in
      Interval(low: value - half, high: value + half, level: 0.95, method: "BCa bootstrap")
    }
    let automatic = names(Self.kinds[0]).map { "automatic/\($0)" }
    let points = names(Self.kinds[1]).map { "point/\($0)" }
    let boxes = names(Self.kinds[2]).map { "box/\($0)" }
    content.effort = [
      .init(
        title: rename("Corrective clicks"), metric: "dice", axis: rename("Clicks per object"),
        steps: (1...8).map { "\($0)" }, isCumulative: true,
        series: points.enumerated().map { place, id in
          .init(
            contender: id,
            points: (0..<8).map { step in
              let value =
                0.93 - (0.93 - mean(id)) * pow(min(0.62 + 0.04 * Double(place), 0.9), Double(step))
              return .init(
                x: Double(step), mean: value,
                interval: interval(value, 0.03 - 0.002 * Double(step)),
                cases: cases)
            })
        },
        references: automatic.prefix(1).map {
          .init(contender: $0, mean: mean($0), interval: interval(mean($0), 0.02))
        },
        needed: points.enumerated().map { place, id in
          .init(
            contender: id, target: 0.85, meanPrompts: 3.1 + Double(place), limit: 8,
            reached: cases - place, cases: cases)
        }),
      .init(
        title: rename("Kinds of prompt"), metric: "dice", axis: rename("Kind of prompt"),
        steps: ["1 point", "3 points", "scribble", "box ± 5 px", "box", "mask of the day before"],
        isCumulative: false,
        series: points.enumerated().map { place, id in
          .init(
            contender: id,
            points: [0.0, 0.03, 0.05, 0.08, 0.1, 0.12].enumerated().map { step, gain in
              let value = mean(id) + gain - 0.006 * Double(place * step % 4)
              return .init(x: Double(step), mean: value, interval: interval(value, 0.02))
            })
        }),
    ]
    content.breakEven = [
      .init(
        metric: "dice",
        series: automatic.prefix(2).enumerated().map { place, id in
          .init(
            contender: id,
            points: [1.0, 2, 4, 8, 16].map { size in
              let value = 0.82 - 0.3 / size.squareRoot() - 0.02 * Double(place)
              return .init(
                x: size, mean: value, interval: interval(value, 0.06 / size.squareRoot()))
            })
        },
        references: points.prefix(2).map {
          .init(contender: $0, mean: mean($0), interval: interval(mean($0), 0.02))
        },
        crossings: automatic.prefix(2).flatMap { id in
          points.prefix(2).map { reference in
            .init(
              trained: id, reference: reference, cases: id == automatic[0] ? 6.4 : nil,
              interval: id == automatic[0]
                ? Interval(low: 4.1, high: 11.2, level: 0.95, method: "bootstrap over cases") : nil,
              remark: id == automatic[0] ? nil : rename("not reached with 16 cases"))
          }
        })
    ]
    content.calibration = automatic.prefix(3).enumerated().map { place, id in
      .init(
        contender: id,
        bins: (0..<10).map { bin in
          let middle = Double(bin) / 10 + 0.05
          return .init(
            low: Double(bin) / 10, high: Double(bin + 1) / 10,
            count: bin == 0 ? 900_000 : 4000 + 900 * bin * bin, meanConfidence: middle,
            frequency: min(1, pow(middle, 1 + 0.35 * Double(place))))
        }, expectedError: 0.012 + 0.02 * Double(place), maximumError: 0.1 + 0.05 * Double(place),
        brier: 0.031 + 0.004 * Double(place),
        note: rename("Foreground probability of every pixel inside the field of view."))
    }
    content.costs = costs(automatic: automatic, prompted: points + boxes)
    content.published = automatic.prefix(2).enumerated().map { place, id in
      .init(
        contender: id, metric: "dice", value: 0.815 - 0.01 * Double(place), standardDeviation: 0.02,
        measured: mean(id), measuredInterval: interval(mean(id), 0.018), dataset: rename("DRIVE"),
        difference: rename("other test images; threshold tuned on the validation set"),
        source: .init(
          rename("A. Author, B. Author. A sample paper. Journal of Samples, 2021."),
          url: "https://example.org/paper?a=1&b=2"))
    }
    content.gallery = gallery(Array(automatic.prefix(3)) + boxes.prefix(2))
    content.methods = methods()
    content.reproduction = .init(
      commands: [
        "vesalius compare sample-retina/ --protocol protocol.yaml --seed 20260314 \\",
        "  --out report/",
      ],
      note: rename("The same protocol, data and seed give the same bytes."),
      citations: [
        .init("Vesalius 0.4.0.", url: "https://example.org/vesalius"),
        .init(rename("The dataset: C. Collector. Sample retina, 2020.")),
      ])
  }

  private func costs(automatic: [String], prompted: [String]) -> ReportContent.Costs {
    let rows = (automatic + prompted).enumerated().map { place, id in
      let isLarge = prompted.contains(id)
      let isTrained = !isLarge && place < 3
      let step = Double(place % contenders)
      return ReportContent.Cost(
        contender: id,
        parameters: isLarge
          ? Int(91e6 * pow(1.8, step)) : isTrained ? Int(7e4 * pow(3, step)) : nil,
        flops: isLarge ? 7.4e11 * (1 + step) : isTrained ? 2.1e9 * (1 + step) : nil,
        stages: [
          .init("Reading", seconds: 0.012),
          .init("Encoding", seconds: isLarge ? 2.3 * pow(1.5, step) : 0),
          .init("Decoding", seconds: isLarge ? 0.04 : 0.05 * pow(2.2, step)),
        ],
        peakMemoryBytes: Int((isLarge ? 1.4e9 : 9e7) * (1 + step / 2)),
        cpuSeconds: (isLarge ? 4.4 : 0.09) * pow(1.6, step),
        joules: (isLarge ? 60.0 : 1.4) * pow(1.6, step),
        energyMethod: "CPU seconds × 13.5 W (no counter on this machine)",
        trainingSeconds: isTrained ? 3600 * (1 + step) : nil,
        labelledCases: isTrained ? 20 : 0)
    }
    return .init(
      machine: rename("two cores of a server processor with AVX-512, 8 GB; median over all cases"),
      rows: rows)
  }

  private func gallery(_ ids: [String]) -> ReportContent.Gallery {
    var items: [ReportContent.Picture] = []
    for (number, id) in ids.enumerated() {
      for (step, place) in ReportContent.Picture.Place.allCases.enumerated() {
        let shift = 0.02 + 0.08 * Double(step) + 0.01 * Double(number)
        items.append(
          .init(
            contender: id, place: place, caseID: rename("case-\(11 + step * 5)"),
            scores: [.init("Dice", "0.\(91 - 14 * step)"), .init("HD95", "\(3 + 6 * step).2 px")],
            format: .png, bytes: SamplePictures.png(side: 96, shift: shift), width: 96, height: 96,
            isContaminated: id == "automatic/u-net"))
      }
    }
    return .init(
      items: items,
      legend: [
        .init("reference", red: 0, green: 200, blue: 150, stroke: .solid),
        .init("prediction", red: 255, green: 170, blue: 0, stroke: .dashed),
      ], note: rename("The best, the median and the worst case of each contender by Dice."))
  }

  private func methods() -> ReportContent.Methods {
    .init(
      paragraphs: [
        .init(
          "Confidence intervals",
          rename("Bias-corrected and accelerated bootstrap over cases, 10 000 resamples."),
          references: [
            .init("B. Efron. Better bootstrap confidence intervals. JASA 82, 1987.")
          ]),
        .init(
          "Tests",
          rename(
            "Two-sided paired permutation test of the mean and Wilcoxon signed-rank test; Holm’s "
              + "correction over all pairs of a group."),
          references: [
            .init("S. Holm. A simple sequentially rejective multiple test procedure. 1979."),
            .init(
              "M. Wiesenfarth et al. Methods and open-source toolkit for analyzing and visualizing "
                + "challenge results. Scientific Reports 11, 2021.",
              url: "https://doi.org/10.1038/s41598-021-82017-6"),
          ]),
        .init(
          "Simulated prompts",
          rename("Points lie at the maximum of the distance transform of the reference.")),
      ],
      software: [
        .init("Vesalius", "0.4.0"), .init("Swift", "6.3.1"), .init("libtorch", "2.9.0"),
        .init("Processor", rename("x86-64, AVX-512")),
      ],
      protocolYAML: rename(
        """
        dataset: sample-retina
        split: test
        metrics:
          - {name: dice, primary: true, bothEmpty: undefined}
          - {name: nsd, tolerance: 2 px}
          - {name: hd95}
        contenders:
          - {model: lwnet/drive}
          - {model: sam-vit-b, prompts: {kind: point, from: oracle, count: 1}}
        seed: 20260314
        """))
  }
}

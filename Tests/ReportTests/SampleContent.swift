// A study that never took place, complete enough to show every part of a report.

import Foundation
import Report

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
}

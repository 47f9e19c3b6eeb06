// `vesalius survey show`: all that is known of a model or of a data set, and what is not.

import ArgumentParser
import Foundation
import Survey

struct ShowSurvey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a model, or with --dataset a data set.",
    discussion: """
      What nobody has published is said as such. Costs are GPU-hours times a price table: the one that \
      ships holds round assumed prices; --prices takes your own.
      """)

  @Argument(help: "Id or name.")
  var name: String

  @Flag(help: "NAME is a data set.")
  var dataset = false

  @Option(
    help: ArgumentHelp("A CSV with the columns gpu and dollars_per_hour.", valueName: "file"))
  var prices: String?

  @OptionGroup var store: SurveyStore

  @Flag(help: "Print one JSON object.")
  var json = false

  struct Shown: Encodable {
    let page: ModelPage
    let here: [SurveyImplementation]
  }

  func run() throws {
    let database = try store.opened()
    if dataset {
      let page = try database.page(dataset: name)
      return try json ? Output.result(page) : Output.result(text(page))
    }
    let table = try prices.map { try PriceTable(contentsOf: $0) } ?? PriceTable.assumed()
    let page = try database.page(model: name, prices: table)
    let here = SurveyImplementation.of(page.model.id)
    if json { return try Output.result(Shown(page: page, here: here)) }
    try Output.result(text(page, here))
  }

  private func text(_ page: ModelPage, _ here: [SurveyImplementation]) -> String {
    let model = page.model
    var rows: [(String, String)] = [
      ("model", model.id), ("name", model.name), ("title", model.title ?? Self.unknown),
      (
        "branch",
        [model.branch.title, model.fusionLevel, model.adaptation].compactMap(\.self)
          .joined(separator: ", ")
      ),
      ("architecture", Self.list(model.architecture)),
      ("backbone", model.visualBackbone ?? Self.unknown),
      ("parameters", model.paramsMillions.map { "\(Self.number($0)) million" } ?? Self.unknown),
      ("operations", model.gflops.map { "\(Self.number($0)) GFLOPS" } ?? Self.unknown),
      ("training", page.cost?.text ?? Self.unknown),
      (
        "memory",
        model.trainVRAMTotalGB.map { "\(Self.number($0)) GB in training" }
          ?? Self.unknown
      ),
      (
        "published",
        [model.firstDate, model.firstVenue, model.firstLink].compactMap(\.self)
          .joined(separator: ", ")
      ),
      (
        "by",
        Self.list(model.affiliations)
          + (page.countries.isEmpty ? "" : " (\(page.countries.joined(separator: ", ")))")
      ),
      ("code", model.codeURL ?? Self.unknown),
    ]
    rows +=
      here.isEmpty
      ? [("runs here", "no")]
      : here.map { ("runs here", "\($0.id): weights \($0.weightsLicence); \($0.parity)") }
    for dimension in page.dimensions {
      for item in dimension.items {
        if item.item == .trainingHours, page.cost != nil { continue }
        rows.append(
          (
            dimension.dimension.rawValue,
            "\(item.item.title): "
              + (item.evidence.isEmpty
                ? Self.unknown
                : item.evidence.map { "\($0.statement) (\($0.basis.rawValue), \($0.origin))" }
                  .joined(separator: "; "))
          ))
      }
    }
    rows += page.doubts.map { ("doubt", $0) }
    return Self.aligned(rows) + "\n\n"
      + values(page.published, page.measured, heading: "DATA SET") { $0.datasetName }
      + "\n\(page.missing.count) data sets without a published value"
  }

  private func text(_ page: DatasetPage) -> String {
    let dataset = page.dataset
    let rows: [(String, String)] =
      [
        ("data set", dataset.id), ("name", dataset.name),
        ("full name", dataset.fullName ?? Self.unknown), ("modality", Self.list(dataset.modality)),
        ("structure", Self.list(dataset.mainStructure)), ("region", Self.list(dataset.region)),
        (
          "images",
          (dataset.total.map { "\($0)" } ?? Self.unknown)
            + (dataset.labelled.map { ", \($0) labelled" } ?? "")
        ),
        ("objects", Self.list(dataset.objects)), ("related", Self.list(dataset.related)),
      ] + dataset.links.map { ("link", $0) } + page.doubts.map { ("doubt", $0) }
    return Self.aligned(rows) + "\n\n"
      + values(page.ranking, page.measured, heading: "MODEL") { $0.modelName }
  }

  private func values(
    _ published: [SurveyRow], _ measured: [SurveyRow], heading: String,
    name: (SurveyRow) -> String
  ) -> String {
    let rows = published + measured
    guard !rows.isEmpty else { return "no value is known" }
    return table(
      [heading, "DICE", "KIND", "SOURCE"],
      rows.map { [name($0), SurveyText.value($0), $0.kind.rawValue, SurveyText.source($0)] })
      + rows.flatMap { row in
        row.doubts.map { "\n? \(name(row)), \(row.kind.rawValue): \($0)" }
      }.joined()
  }

  private static let unknown = "not known"

  private static func list(_ items: [String]) -> String {
    items.isEmpty ? unknown : items.joined(separator: ", ")
  }

  private static func number(_ value: Double) -> String { String(format: "%g", value) }

  private static func aligned(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $1 }
      .joined(separator: "\n")
  }
}

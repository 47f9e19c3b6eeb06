// `vesalius models`: what there is, where it comes from, and whether it computes what it should.

import ArgumentParser
import Foundation
import Models
import Segmentation

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List, show, pull and check models.",
    subcommands: [
      ListModels.self, ShowModel.self, PullModel.self, VerifyWeights.self, CheckParity.self,
    ])
}

struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all models with their task, size and licence.")

  @Flag(help: "Print one JSON object.")
  var json = false

  struct Row: Encodable {
    let id: String
    let name: String
    let branch: String
    let task: String
    let modality: String
    let dimensions: Int
    let parameters: Int
    let classes: Int
    let weightsLicence: String
    let isPulled: Bool
  }

  func run() throws {
    let store = ModelStore()
    let rows = Registry.models.map { model in
      Row(
        id: model.id, name: model.card.name, branch: model.card.branch.rawValue,
        task: model.card.task, modality: model.card.modality, dimensions: model.card.dimensions,
        parameters: model.parameters, classes: model.checkpoint?.labels.count ?? 0,
        weightsLicence: model.checkpoint?.licence ?? "none", isPulled: store.has(model))
    }
    if json { return try Output.result(["models": rows]) }
    try Output.result(
      table(
        ["MODEL", "TASK", "MODALITY", "DIM", "CLASSES", "PARAMETERS", "WEIGHTS", "HERE"],
        rows.map {
          [
            $0.id, $0.task, $0.modality, "\($0.dimensions)-D", "\($0.classes)", "\($0.parameters)",
            $0.weightsLicence, $0.isPulled ? "yes" : "no",
          ]
        }))
  }
}

struct ShowModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a model's card, weights, preparation and labels.")

  @Argument(help: "MODEL or MODEL/TAG.")
  var id: String

  @Flag(help: "Print one JSON object.")
  var json = false

  struct Shown: Encodable {
    let id: String
    let parameters: Int
    let card: Card
    let checkpoint: Checkpoint?
    let path: String
  }

  func run() throws {
    let model = try Registry.model(id)
    let path = ModelStore().path(of: model).path
    if json {
      return try Output.result(
        Shown(
          id: model.id, parameters: model.parameters, card: model.card,
          checkpoint: model.checkpoint, path: path))
    }
    let card = model.card
    var rows = [
      ("model", model.id), ("name", card.name), ("branch", card.branch.rawValue),
      ("backbone", card.backbone), ("parameters", "\(model.parameters)"),
      ("task", card.task), ("modality", "\(card.modality), \(card.dimensions)-D"),
      ("paper", card.paper), ("code", "\(card.implementation), \(card.codeLicence)"),
      ("use", card.intendedUse), ("limits", card.limits),
    ]
    if let checkpoint = model.checkpoint {
      rows += [
        (
          "weights",
          "\(checkpoint.file), \(checkpoint.bytes.map { "\($0)" } ?? "unknown") bytes, "
            + checkpoint.licence
        ),
        (
          "from",
          checkpoint.isShipped
            ? "this product" : checkpoint.url ?? checkpoint.page ?? "unknown"
        ),
        ("sha256", checkpoint.sha256 ?? "unknown"), ("kept at", path),
        ("trained on", checkpoint.trainedOn.joined(separator: "; ")),
        ("labels", checkpoint.labels.enumerated().map { "\($0)=\($1)" }.joined(separator: " ")),
      ]
    }
    let width = rows.map(\.0.count).max() ?? 0
    for (name, value) in rows {
      try Output.result(name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + value)
    }
  }
}

struct PullModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Fetch a model's published weights and check their hash.",
    discussion: """
      Goes on where an earlier pull broke off. The weights are kept in the folder that VESALIUS_CACHE \
      names, else in the user's cache folder.
      """)

  @Argument(help: "MODEL or MODEL/TAG.")
  var id: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let model = try Registry.model(id)
    if let licence = model.checkpoint?.licence {
      Output.line("\(model.id): weights under \(licence)")
    }
    let bar = TransferBar(model.checkpoint?.file ?? model.id)
    defer { bar.clear() }
    let pulled = try await ModelStore().pull(model, report: bar.show)
    bar.clear()
    if json { try Output.result(pulled) } else { try Output.result(pulled.path) }
  }
}

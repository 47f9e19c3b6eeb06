// Which models of the survey run here: the registry's variants under the survey's names.

import Models
import Survey

/// A variant of the registry that is a model of the survey.
struct SurveyImplementation: Encodable, Sendable {
  /// As `--model` takes it.
  let id: String
  let parameters: Int
  let codeLicence: String
  let weightsLicence: String
  let trainedOn: [String]
  /// What its numbers were held against.
  let parity: String

  /// The survey's names of the registry's models, where they differ.
  private static let names: [String: String] = [
    "sam-vit-b": "sam", "sam-vit-l": "sam", "sam-vit-h": "sam", "nnunet": "nnu-net",
    "medsam": "medsam", "universeg": "universeg",
  ]

  /// The variants that are a model of the survey.
  static func of(_ id: String) -> [SurveyImplementation] {
    Registry.models.filter { names[$0.card.id] == id }.map { model in
      SurveyImplementation(
        id: model.id, parameters: model.parameters, codeLicence: model.card.codeLicence,
        weightsLicence: model.checkpoint?.licence ?? "none published",
        trainedOn: model.checkpoint?.trainedOn ?? [],
        parity: model.manifest.map { "parity with the official implementation: \($0)" }
          ?? "no parity manifest")
    }
  }

  /// The same for the explorer.
  static func pages(_ id: String) -> [SurveySite.Implementation] {
    of(id).map {
      SurveySite.Implementation(
        id: $0.id, weightsLicence: $0.weightsLicence, parity: $0.parity)
    }
  }

  /// The survey's id of a participant of a comparison, which may name its weights after a slash.
  static func surveyID(of participant: String) -> String? {
    let name = participant.split(separator: "/").first.map(String.init) ?? participant
    return names[name]
  }
}

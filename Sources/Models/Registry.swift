// Every model that the toolkit knows; a model that is not here does not exist.

public import Weights

/// One variant of a model, as the command line names it.
public struct RegisteredModel: Sendable {
  public let card: Card
  public let tag: String
  public let parameters: Int
  public let checkpoint: Checkpoint?
  /// The parity manifest that describes this variant.
  public let manifest: String?
  /// Whether it segments what prompts point at.
  public let takesPrompts: Bool
  /// Whether it can be prompted with a grid of points, so that it finds everything in an image.
  public let findsEverything: Bool
  /// Whether it is given its task as images with masks.
  public let takesExamples: Bool
  /// Builds the network and checks that the weights are its own.
  public let load: @Sendable (Weights) throws -> any Model

  /// `model/tag`.
  public var id: String { "\(card.id)/\(tag)" }

  init<M: Model>(_ type: M.Type, _ variant: Variant<M.Configuration>) {
    card = variant.card ?? type.card
    tag = variant.tag
    parameters = variant.parameters
    checkpoint = variant.checkpoint
    manifest = variant.manifest
    takesPrompts = type is any PromptableModel.Type || type is any InteractiveModel.Type
    findsEverything = type is any PromptableModel.Type
    takesExamples = type is any InContextModel.Type
    load = { w in
      let model = try type.init(w, variant.configuration)
      try w.finish()
      return model
    }
  }
}

/// The models by name.
public enum Registry {
  /// All variants, model by model in the order of the survey's branches.
  public static let models: [RegisteredModel] =
    register(SegmentAnything.self) + register(EfficientSAM.self) + register(UniverSeg.self)
    + register(InteractiveUNet.self)
    + register(LittleWNet.self) + register(NucleiUNet.self) + register(MeshNet.self)
    + register(NNUNet.self)

  /// The variant called `model/tag`, or the first variant of `model`.
  public static func model(_ id: String) throws -> RegisteredModel {
    if let found = models.first(where: { $0.id == id || $0.card.id == id }) { return found }
    let name = id.split(separator: "/").first.map(String.init) ?? id
    let tags = models.filter { $0.card.id == name }.map(\.tag)
    throw tags.isEmpty
      ? ModelError.unknownModel(id, known: models.map(\.id))
      : ModelError.unknownTag(id, known: tags)
  }

  /// The variant that a parity manifest describes.
  public static func model(manifest: String) throws -> RegisteredModel {
    guard let found = models.first(where: { $0.manifest == manifest }) else {
      throw ModelError.unknownManifest(manifest, known: models.compactMap(\.manifest))
    }
    return found
  }

  private static func register<M: Model>(_ type: M.Type) -> [RegisteredModel] {
    type.variants.map { RegisteredModel(type, $0) }
  }
}

/// What can go wrong between a model's name and a model that runs.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  case unknownModel(String, known: [String])
  case unknownTag(String, known: [String])
  case unknownManifest(String, known: [String])
  case weightsMissing(id: String, place: String)
  case neverPublished(id: String)
  case wrongHash(path: String, id: String)
  case badManifest(path: String, reason: String)

  public var description: String {
    switch self {
    case .unknownModel(let id, let known):
      "there is no model \(id); known are \(known.joined(separator: ", "))"
    case .unknownTag(let id, let known):
      "there are no weights \(id); this model has \(known.joined(separator: ", "))"
    case .unknownManifest(let id, let known):
      "no model has the parity manifest \(id); known are \(known.joined(separator: ", "))"
    case .weightsMissing(let id, let place):
      "the weights of \(id) are not at \(place); run `vesalius models pull \(id)` or name a file "
        + "with --weights"
    case .neverPublished(let id):
      "\(id) has no published weights; see `vesalius models list` for models that have some"
    case .wrongHash(let path, let id):
      "\(path) is not the published file of \(id): its SHA-256 differs; pull it again"
    case .badManifest(let path, let reason): "\(path) is not a parity manifest: \(reason)"
    }
  }
}

// What a model is: a card, its variants, and a constructor that loads.

public import Tensors
public import Weights

/// A network that the toolkit can run.
///
/// Constructing it loads it: `init` asks `Weights` for every tensor by its official name.
public protocol Model: Sendable {
  associatedtype Configuration: Sendable

  /// What the model is, where it comes from and what it is for.
  static var card: Card { get }
  /// The model's sizes and published weights, the recommended one first.
  static var variants: [Variant<Configuration>] { get }

  init(_ w: Weights, _ configuration: Configuration) throws

  /// Named outputs for named inputs, as the parity manifests call them.
  func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor]
}

/// Is told the name and value of a network's stages.
typealias Observer = (String, Tensor) -> Void

/// A network that gives a class to every pixel or voxel.
public protocol DenseModel: Model {
  /// Unnormalised scores (B, classes, spatial…) of an image (B, C, spatial…) that `Preparation` made.
  func logits(_ x: Tensor) throws -> Tensor
}

/// A dense volume model that can work through a volume slab by slab, with bounded memory and the same
/// result as `logits`.
public protocol StreamingModel: DenseModel {
  /// Hands out the scores (1, classes, planes, H, W) of consecutive slabs of `x` (1, C, D, H, W), each
  /// as it becomes complete, in order and without gaps.
  func stream(_ x: Tensor, planes: Int, emit: (Tensor) throws -> Void) throws
}

/// One size of a model, with its published weights where there are some.
public struct Variant<Configuration: Sendable>: Sendable {
  /// Name after the slash: `model/tag`.
  public let tag: String
  public let configuration: Configuration
  /// Learned values in the network.
  public let parameters: Int
  public let checkpoint: Checkpoint?
  /// The parity manifest that describes this variant.
  public let manifest: String?
  /// Its own description where sizes or trainings of one network count as models; else the model's.
  public let card: Card?

  public init(
    tag: String, configuration: Configuration, parameters: Int, checkpoint: Checkpoint?,
    manifest: String? = nil, card: Card? = nil
  ) {
    self.tag = tag
    self.configuration = configuration
    self.parameters = parameters
    self.checkpoint = checkpoint
    self.manifest = manifest
    self.card = card
  }
}

// A protocol with everything looked up that it names: what runs, on which files, scored against what.

import Datasets
public import Prompts

/// A study that is ready to run.
public struct StudyPlan: Codable, Sendable, Equatable {
  /// An image with its reference.
  public struct Case: Codable, Sendable, Equatable {
    public let id: String
    public let image: String
    public let reference: String
    /// SHA-256 of the image files and of the reference.
    public let imageHash: String
    public let referenceHash: String
    /// Further columns of the dataset's table.
    public let attributes: [String: String]
    /// Whether it is a single slice.
    public let isFlat: Bool
    public let fingerprint: ImageFingerprint?

    public var patient: String? { attributes["patient"] }
  }

  /// A label that is scored.
  public struct Label: Codable, Sendable, Hashable {
    public let value: Int32
    public let name: String
  }

  /// An entrant with what it runs from.
  public struct Participant: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable {
      /// A network that gives every pixel a class.
      case dense
      /// A network that answers prompts.
      case promptable
      case baseline
      /// Masks made elsewhere.
      case predictions
    }

    public let entrant: Entrant
    public let kind: Kind
    /// What it is given, one set of results for each.
    public let levels: [PromptLevel]
    /// The file of its weights; nil where it has none or they follow from a formula.
    public let weights: String?
    public let weightsHash: String?
    /// For each label of the model the label of the dataset that it stands for.
    public let labels: ByLabel<Int32>
    /// For masks made elsewhere the file of each case.
    public let files: [String: String]

    public var name: String { entrant.name }
    public var isUntrained: Bool { entrant.weights == "untrained" }
  }

  public let study: StudyProtocol
  public let datasetName: String
  /// Whether reference values number objects.
  public let instances: Bool
  /// The value of voxels that take no part.
  public let ignored: Int32?
  /// Label names as the dataset declares them, which decide how its masks are read.
  public let declared: ByLabel<String>
  public let labels: [Label]
  public let cases: [Case]
  /// Cases that may be learnt from; with no split the same as `cases`, of which another patient's are used.
  public let training: [Case]
  public let participants: [Participant]
  /// What a reader must know before the figures.
  public let remarks: [Problem]

  /// How the dataset's masks are to be read.
  var description: DatasetDescription {
    DatasetDescription(
      name: datasetName, labels: declared.values, instances: instances, ignoredLabel: ignored)
  }

  /// The cases that may be learnt from when `item` is scored: none of its patient, never itself.
  public func training(for item: Case) -> [Case] {
    training.filter { other in
      other.id != item.id && other.imageHash != item.imageHash
        && (other.patient == nil || other.patient != item.patient)
    }
  }
}

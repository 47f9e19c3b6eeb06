// A protocol with everything looked up that it names: what runs, on which files, scored against what.

import Datasets
public import Prompts
public import Segmentation

/// A study that is ready to run.
public struct StudyPlan: Codable, Sendable, Equatable {
  /// A file as it was checked; what was made of one that has changed is made anew.
  public struct HashedFile: Codable, Sendable, Equatable {
    public let path: String
    public let sha256: String
  }

  /// An image with its reference.
  public struct Case: Codable, Sendable, Equatable {
    public let id: String
    public let image: String
    public let reference: String
    /// SHA-256 of the image and of the reference.
    public let imageHash: String
    public let referenceHash: String
    /// Further columns of the dataset's table.
    public let attributes: [String: String]
    /// Whether it is a single slice.
    public let isFlat: Bool
    public let fingerprint: ImageFingerprint?
    /// Channels in files of their own, after that of `image`; models of one channel do not see them.
    public private(set) var furtherChannels: [HashedFile] = []

    public var patient: String? { attributes["patient"] }
  }

  /// A label that is scored.
  public struct Label: Codable, Sendable, Hashable {
    public let value: Int32
    public let name: String
  }

  /// What a trained self-configuring model consists of.
  public struct Trained: Codable, Sendable, Equatable {
    /// One for each fold.
    public let checkpoints: [String]
    /// The plan's, such as "3d_fullres".
    public let configuration: String
    public let folds: [String]
    /// Names of the dataset that it was trained on.
    public let datasets: [String]
    /// The learning curve that it is a point of, where it was trained for the study.
    var curve: String?
  }

  /// An entrant with what it runs from.
  public struct Participant: Codable, Sendable, Equatable {
    public enum Kind: String, Codable, Sendable {
      /// A network that gives every pixel a class.
      case dense
      /// A network that answers prompts.
      case promptable
      /// A network that learns from other cases while it answers.
      case inContext
      /// A self-configuring model that somebody trained.
      case trained
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
    public let files: [String: HashedFile]
    /// Whether masks made elsewhere tell objects apart, where the dataset does.
    public let numbersObjects: Bool
    /// For trained self-configuring models what they consist of.
    public let trained: Trained?

    init(
      _ entrant: Entrant, _ kind: Kind, _ levels: [PromptLevel], weights: String? = nil,
      weightsHash: String? = nil, labels: [Int32: Int32] = [:],
      files: [String: HashedFile] = [:], numbersObjects: Bool = false,
      trained: Trained? = nil
    ) {
      self.entrant = entrant
      self.kind = kind
      self.levels = levels
      self.weights = weights
      self.weightsHash = weightsHash
      self.labels = ByLabel(labels)
      self.files = files
      self.numbersObjects = numbersObjects
      self.trained = trained
    }

    public var name: String { entrant.name }
    public var isUntrained: Bool { entrant.weights == "untrained" }
  }

  public let study: StudyProtocol
  public let datasetName: String
  /// Whether the dataset states that name; else it is that of its folder.
  public let isNamed: Bool
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
  /// Models that take part once they are trained; the study cannot run before.
  public let trainings: [PlannedTraining]
  /// The table of published values, read.
  public let published: [PublishedValue]
  /// What a reader must know before the figures.
  public let remarks: [Problem]

  /// How the dataset's masks are to be read.
  var description: DatasetDescription {
    DatasetDescription(
      name: datasetName, labels: declared.values, instances: instances, ignoredLabel: ignored)
  }

  /// The cases that may be learnt from when `item` is scored: none of its patient, never itself.
  public func training(for item: Case) -> [Case] { item.others(in: training) }
}

extension StudyPlan.Case {
  /// Those of other images and patients.
  func others(in cases: [StudyPlan.Case]) -> [StudyPlan.Case] {
    cases.filter { other in
      other.id != id && other.imageHash != imageHash
        && (other.patient == nil || other.patient != patient)
    }
  }
}

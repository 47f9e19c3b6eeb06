// What a trained model must know of its dataset: channels, labels or regions, and the files' ending.

public import Datasets

/// A dataset's description as prediction needs it.
public struct ModelDataset: Sendable, Equatable {
  /// What the dataset calls itself.
  public let name: String?
  /// Names of the channels in the order in which the model reads them.
  public let channels: [String]
  /// How the channels of scores become labels.
  public let rule: LabelRule
  /// What each channel of scores stands for.
  public let classNames: [String]
  /// Labels of the foreground, ascending; those that a cascade's second stage reads, one channel each.
  public let foreground: [Int32]
  /// What is evaluated, in the file's order: each label by itself, or the labels of each region.
  public let evaluated: [[Int32]]
  /// The value of voxels that nobody labelled; never predicted.
  public let ignoredLabel: Int32?
  /// Ending of images and labels, such as ".nii.gz".
  public let fileEnding: String

  /// - Parameters:
  ///   - description: The content of `dataset.json`.
  ///   - channels: Channels that the plan normalises.
  ///   - path: Where it comes from, for messages.
  /// - Throws: ``SelfConfiguredError/malformed(path:reason:)`` for a description without labels, or with
  ///   regions and no order of them.
  public init(_ description: DatasetDescription, channels: Int, path: String) throws {
    name = description.name
    self.channels = description.channelNames(count: channels)
    fileEnding = description.fileEnding ?? ".nii.gz"
    ignoredLabel = description.ignoredLabel
    let values = Set(description.labels.keys).union(description.regions.flatMap(\.values))
    foreground = description.instances ? [1] : values.subtracting([0]).sorted()
    guard !foreground.isEmpty else {
      throw SelfConfiguredError.malformed(path: path, reason: "it names no labels")
    }
    let regions = description.regions
    guard !regions.isEmpty else {
      rule = .largest([0] + foreground)
      classNames = ["background"] + foreground.map { description.name(of: $0) }
      evaluated = foreground.map { [$0] }
      return
    }
    guard description.regionsClassOrder.count == regions.count else {
      throw SelfConfiguredError.malformed(
        path: path,
        reason: "regions_class_order must name a label for each of its \(regions.count) regions")
    }
    rule = .regions(description.regionsClassOrder)
    classNames = regions.map(\.name)
    evaluated = regions.map(\.values)
  }

  /// Channels that the network reads: the image's, and in a cascade one for each label of the foreground.
  public func inputChannels(isCascade: Bool) -> Int {
    channels.count + (isCascade ? foreground.count : 0)
  }
}

// What a trained model must know of its dataset: channels, labels or regions, and the files' ending.

public import Foundation
import Weights

/// nnU-Net v2's `dataset.json` as prediction needs it.
public struct ModelDataset: Sendable, Equatable {
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

  /// Reads a `dataset.json`.
  ///
  /// - Throws: ``SelfConfiguredError/malformed(path:reason:)``
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw SelfConfiguredError.malformed(path: path, reason: "it does not exist")
    }
    try self.init(json: data, path: path)
  }

  /// Reads the bytes of a `dataset.json`; the order of its regions matters, so that they must be the file's
  /// own and not an encoding of an unordered table.
  ///
  /// - Throws: ``SelfConfiguredError/malformed(path:reason:)``, naming `path`.
  public init(json: Data, path: String) throws {
    func fault(_ reason: String) -> SelfConfiguredError { .malformed(path: path, reason: reason) }
    let file: JSONText
    do {
      file = try JSONText.parse(Array(json), path: path, format: "dataset.json")
    } catch let error as WeightsError {
      throw fault(error.description)
    }
    guard case .object(let named)? = file["channel_names"] ?? file["modality"] else {
      throw fault("it has no channel_names")
    }
    channels = try named.map { member in
      guard let number = Int(member.key) else {
        throw fault("channel '\(member.key)' is no number")
      }
      return (number, member.value.text ?? member.key)
    }.sorted { $0.0 < $1.0 }.map(\.1)
    fileEnding = file["file_ending"]?.text ?? ".nii.gz"

    let classes = try Classes(file, fault)
    ignoredLabel = classes.ignored
    foreground = Set(classes.named.flatMap(\.labels)).subtracting([0]).sorted()
    guard classes.hasRegions else {
      let labels = [0] + foreground
      rule = .largest(labels)
      classNames = labels.map { label in
        label == 0
          ? "background" : classes.named.first { $0.labels == [label] }?.name ?? "label \(label)"
      }
      evaluated = foreground.map { [$0] }
      return
    }
    let regions = classes.named.filter { Set($0.labels) != [0] }
    guard let order = file["regions_class_order"]?.integers, order.count == regions.count else {
      throw fault("regions_class_order must name a label for each of its \(regions.count) regions")
    }
    rule = .regions(order.map { Int32(clamping: $0) })
    classNames = regions.map(\.name)
    evaluated = regions.map(\.labels)
  }

  /// Channels that the network reads: the image's, and in a cascade one for each label of the foreground.
  public func inputChannels(isCascade: Bool) -> Int {
    channels.count + (isCascade ? foreground.count : 0)
  }
}

/// The entries of `labels`, the ignored one apart.
private struct Classes {
  var named: [(name: String, labels: [Int32])] = []
  var ignored: Int32?

  var hasRegions: Bool { named.contains { $0.labels.count > 1 } }

  init(_ file: JSONText, _ fault: (String) -> SelfConfiguredError) throws {
    guard case .object(let members)? = file["labels"] else { throw fault("it has no labels") }
    for member in members {
      let values: [Int]
      switch member.value {
      case .integer(let value): values = [value]
      case .array: values = member.value.integers ?? []
      // The Decathlon's files name values instead of valuing names.
      case .string(let name):
        guard let value = Int(member.key).flatMap({ Int32(exactly: $0) }) else { fallthrough }
        named.append((name, [value]))
        continue
      default: values = []
      }
      let labels = values.compactMap { Int32(exactly: $0) }
      guard !labels.isEmpty, labels.count == values.count else {
        throw fault("the label '\(member.key)' is neither a number nor a list of numbers")
      }
      if member.key == "ignore" { ignored = labels[0] } else { named.append((member.key, labels)) }
    }
    guard named.contains(where: { $0.labels == [0] }) else {
      throw fault("its labels lack the background 0")
    }
  }
}

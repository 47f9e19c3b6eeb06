// How a dataset looks in nnU-Net's raw layout: endings, names and consecutive labels, decided before writing.

import Foundation
import Imaging

/// What is written for a dataset, found by reading all of its masks once.
struct NNUNetDataset: Sendable {
  /// One case under a name that nnU-Net's patterns accept.
  struct Item: Sendable {
    let source: DatasetCase
    let name: String
  }

  let items: [Item]
  /// `.png` where all files are photographs with 8 or 16 bits, else `.nii.gz`.
  let ending: String
  let channelNames: [String]
  /// The value that each label has in the written masks: 0, 1, 2, … as nnU-Net demands.
  let values: [Int32: Int32]
  /// Names of labels and regions with their written values, in the order in which they are written.
  let labels: [(name: String, values: [Int32])]
  let ignoredValue: Int32?
  let regionsClassOrder: [Int32]

  init(_ dataset: DatasetFolder, threads: Int) throws {
    items = try Self.items(of: dataset)
    let description = dataset.description
    let photographs = dataset.cases.allSatisfy { item in
      (item.images + [item.label].compactMap { $0 }).allSatisfy(Self.isPhotograph)
    }
    let first = try items.first.map { try Self.images(of: $0.source) } ?? []
    let fits = first.allSatisfy { [VoxelType.uint8, .uint16].contains($0.voxels.type) }
    ending = photographs && fits ? ".png" : ".nii.gz"
    channelNames = description.channelNames(count: first.reduce(0) { $0 + $1.channels })

    let labelled = items.compactMap(\.source.label)
    let found = try CaseWorkers.map(labelled.count, threads: threads) { index in
      Set(try LabelMap(contentsOf: labelled[index]).semantic(description).counts.keys)
    }
    let met = found.reduce(into: Set<Int32>()) { $0.formUnion($1) }
    let numbering = try Self.numbering(met, description, place: dataset.path)
    values = numbering
    ignoredValue = description.ignoredLabel.flatMap { numbering[$0] }
    let grouped = description.regions.map { region in
      (name: region.name, values: region.values.compactMap { numbering[$0] })
    }
    let single = numbering.keys.sorted().filter { $0 != 0 && $0 != description.ignoredLabel }
      .map { (name: description.name(of: $0), values: [numbering[$0] ?? 0]) }
    labels =
      [(name: "background", values: [0])] + Self.unique(grouped.isEmpty ? single : grouped)
    regionsClassOrder = description.regionsClassOrder.compactMap { numbering[$0] }
  }

  /// Numbers labels from 0 without gaps, the ignored one last.
  private static func numbering(
    _ met: Set<Int32>, _ description: DatasetDescription, place: String
  ) throws -> [Int32: Int32] {
    if let negative = met.min(), negative < 0 {
      throw DatasetError.mismatch(
        path: place, met: "the label \(negative) in its masks", expected: "labels from 0")
    }
    var all = met.union(description.labels.keys.filter { $0 >= 0 }).union([0])
    if description.instances { all = all.filter { $0 <= 1 } }
    all.formUnion(description.regions.flatMap(\.values))
    if let ignored = description.ignoredLabel { all.remove(ignored) }
    var result: [Int32: Int32] = [:]
    for (number, label) in all.sorted().enumerated() { result[label] = Int32(number) }
    if let ignored = description.ignoredLabel { result[ignored] = Int32(result.count) }
    return result
  }

  /// nnU-Net finds a label by its name; two of one name, or the reserved ones, are told apart by their values.
  private static func unique(
    _ labels: [(name: String, values: [Int32])]
  ) -> [(name: String, values: [Int32])] {
    var taken: Set<String> = ["background", "ignore"]
    return labels.map { label in
      let name =
        taken.contains(label.name) ? "\(label.name) \(label.values.first ?? 0)" : label.name
      taken.insert(name)
      return (name, label.values)
    }
  }

  private static func items(of dataset: DatasetFolder) throws -> [Item] {
    guard !dataset.cases.isEmpty else {
      throw DatasetError.mismatch(path: dataset.path, met: "no cases", expected: "one or more")
    }
    let named = dataset.cases.map { item in
      Item(source: item, name: item.nnUNetName)
    }
    var known: [String: String] = [:]
    for item in named {
      if let other = known.updateValue(item.source.id, forKey: item.name) {
        throw DatasetError.ambiguous(name: item.name, first: other, second: item.source.id)
      }
    }
    return named
  }

  static func isPhotograph(_ path: String) -> Bool {
    [".png", ".jpg", ".jpeg", ".tif", ".tiff"].contains(ImageFile.ending(of: path) ?? "")
  }

  static func images(of item: DatasetCase) throws -> [Volume] {
    try item.images.map { try Volume(contentsOf: $0) }
  }
}

extension DatasetCase {
  /// The case's name where nnU-Net's layout is written: no part of it may be a folder.
  public var nnUNetName: String { String(id.map { $0 == "/" ? "_" : $0 }) }
}

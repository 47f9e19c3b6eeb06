// What dataset.json says about a dataset: its name, its labels, and how the masks are to be read.

public import Foundation

/// The description beside a dataset; everything is optional, an absent file is an empty description.
public struct DatasetDescription: Sendable, Equatable {
  /// Several labels that are learned and predicted as one; regions may overlap.
  public struct Region: Sendable, Equatable {
    public let name: String
    public let values: [Int32]

    public init(name: String, values: [Int32]) {
      self.name = name
      self.values = values
    }
  }

  public var name: String?
  public var modality: String?
  /// Names of the label values, the background 0 included where it is named.
  public var labels: [Int32: String]
  /// Whether mask values number objects of one kind instead of naming kinds.
  public var instances: Bool
  /// The value of voxels that nobody labelled (nnU-Net's `ignore`); they take no part in a score.
  public var ignoredLabel: Int32?
  /// Ending that images and masks share in nnU-Net's layout.
  public var fileEnding: String?
  /// Names of the channels in their order, where a table of them is given.
  public var channelNames: [String]
  /// What is learned where labels are grouped, in the order of the file, without the background; a label
  /// that stands alone is a region of one value. Empty where no region has several values.
  public var regions: [Region]
  /// The value that each region paints into a label map, later ones over earlier ones.
  public var regionsClassOrder: [Int32]

  public init(
    name: String? = nil, modality: String? = nil, labels: [Int32: String] = [:],
    instances: Bool = false, ignoredLabel: Int32? = nil, fileEnding: String? = nil,
    channelNames: [String] = [], regions: [Region] = [], regionsClassOrder: [Int32] = []
  ) {
    self.name = name
    self.modality = modality
    self.labels = labels
    self.instances = instances
    self.ignoredLabel = ignoredLabel
    self.fileEnding = fileEnding
    self.channelNames = channelNames
    self.regions = regions
    self.regionsClassOrder = regionsClassOrder
  }

  /// Reads a `dataset.json`: ours, nnU-Net's (`{"liver": 1}`), or the Medical Segmentation Decathlon's
  /// (`{"1": "liver"}`).
  ///
  /// nnU-Net's regions (`{"whole tumour": [1, 2]}`) overlap and therefore name no value in ``labels``.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DatasetError.notFound(path: path)
    }
    do {
      try self.init(json: data)
    } catch DatasetError.malformed(_, let reason) {
      throw DatasetError.malformed(path: path, reason: reason)
    }
  }

  /// Reads the bytes of a `dataset.json`, as checkpoints carry it.
  public init(json data: Data) throws {
    func malformed(_ reason: String) -> DatasetError {
      .malformed(path: "dataset.json", reason: reason)
    }
    let file: DescriptionFile
    do {
      file = try JSONDecoder().decode(DescriptionFile.self, from: data)
    } catch {
      throw malformed(Self.reason(error))
    }
    self.init(
      name: file.name, modality: file.modality?.text ?? file.channelNames?.text,
      instances: file.instances ?? false, fileEnding: file.fileEnding,
      channelNames: (file.channelNames ?? file.modality)?.names ?? [])
    for (key, value) in file.labels ?? [:] {
      switch (Int32(key), value) {
      case (nil, .number(let label)) where key == "ignore": ignoredLabel = label
      case (nil, .number(let label)): labels[label] = key
      case (let label?, .text(let name)): labels[label] = name
      case (nil, .region(let values)) where values.count == 1: labels[values[0]] = key
      case (nil, .region): continue
      default:
        throw malformed(
          "the label '\(key)' is neither a name with a value nor a value with a name")
      }
    }
    try readRegions(file, order: JSONKeys.keys(ofObject: "labels", in: data)) { malformed($0) }
  }

  /// Regions in the order of the file, which is the order of a network's outputs.
  private mutating func readRegions(
    _ file: DescriptionFile, order: [String], fault: (String) -> DatasetError
  ) throws {
    let written = file.labels ?? [:]
    guard written.values.contains(where: \.isGroup) else { return }
    regions = order.compactMap { key in
      guard key != "ignore", let values = written[key]?.values, Set(values) != [0] else {
        return nil
      }
      return Region(name: key, values: values)
    }
    // Scoring masks needs no order, so that its absence is left to those who train.
    guard let classOrder = file.regionsClassOrder else { return }
    guard classOrder.count == regions.count else {
      throw fault(
        "'regions_class_order' has \(classOrder.count) values for \(regions.count) regions")
    }
    regionsClassOrder = classOrder
  }

  /// Names for the channels of images that have `count` of them, made up where the description gives none.
  ///
  /// A single modality names a single channel, so that "CT" is prepared as CT.
  public func channelNames(count: Int) -> [String] {
    if channelNames.count == count { return channelNames }
    if count == 1, let modality { return [modality] }
    if count == 3 { return ["R", "G", "B"] }
    if count == 4 { return ["R", "G", "B", "alpha"] }
    return (0..<count).map { "channel \($0)" }
  }

  /// The name of a label, made from its value where the description gives none.
  public func name(of label: Int32) -> String { labels[label] ?? "label \(label)" }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.keyNotFound(_, let context):
      "unexpected value at '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
    default: "it is not valid JSON"
    }
  }
}

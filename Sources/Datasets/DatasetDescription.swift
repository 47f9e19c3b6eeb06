// What dataset.json says about a dataset: its name, its labels, and how the masks are to be read.

import Foundation

/// The description beside a dataset; everything is optional, an absent file is an empty description.
public struct DatasetDescription: Sendable, Equatable {
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

  public init(
    name: String? = nil, modality: String? = nil, labels: [Int32: String] = [:],
    instances: Bool = false, ignoredLabel: Int32? = nil, fileEnding: String? = nil
  ) {
    self.name = name
    self.modality = modality
    self.labels = labels
    self.instances = instances
    self.ignoredLabel = ignoredLabel
    self.fileEnding = fileEnding
  }

  /// Reads a `dataset.json`: ours, nnU-Net's (`{"liver": 1}`), or the Medical Segmentation Decathlon's
  /// (`{"1": "liver"}`).
  ///
  /// nnU-Net's regions (`{"whole tumour": [1, 2]}`) overlap and therefore name no value; they are left out.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DatasetError.notFound(path: path)
    }
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: data)
    } catch {
      throw DatasetError.malformed(path: path, reason: Self.reason(error))
    }
    self.init(
      name: file.name, modality: file.modality?.text ?? file.channelNames?.text,
      instances: file.instances ?? false, fileEnding: file.fileEnding)
    for (key, value) in file.labels ?? [:] {
      switch (Int32(key), value) {
      case (nil, .number(let label)) where key == "ignore": ignoredLabel = label
      case (nil, .number(let label)): labels[label] = key
      case (let label?, .text(let name)): labels[label] = name
      case (nil, .region): continue
      default:
        throw DatasetError.malformed(
          path: path,
          reason: "the label '\(key)' is neither a name with a value nor a value with a name")
      }
    }
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

/// The file as it is written.
private struct File: Decodable {
  var name: String?
  var modality: Channels?
  var channelNames: Channels?
  var labels: [String: Label]?
  var instances: Bool?
  var fileEnding: String?

  enum CodingKeys: String, CodingKey {
    case name
    case modality
    case channelNames = "channel_names"
    case labels
    case instances
    case fileEnding = "file_ending"
  }
}

/// One modality, or nnU-Net's table of channels.
private enum Channels: Decodable {
  case one(String)
  case many([String: String])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .one(text)
    } else {
      self = .many(try container.decode([String: String].self))
    }
  }

  var text: String {
    switch self {
    case .one(let text): text
    case .many(let table): table.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", ")
    }
  }
}

/// A label's value, its name, or the values of a region.
private enum Label: Decodable {
  case number(Int32)
  case text(String)
  case region([Int32])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int32.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .region(try container.decode([Int32].self))
    }
  }
}

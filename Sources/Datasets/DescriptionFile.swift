// dataset.json as it is written, in any of the dialects that are read.

/// The file as it is written.
struct DescriptionFile: Decodable {
  var name: String?
  var modality: Channels?
  var channelNames: Channels?
  var labels: [String: Label]?
  var instances: Bool?
  var fileEnding: String?
  var regionsClassOrder: [Int32]?

  enum CodingKeys: String, CodingKey {
    case name
    case modality
    case channelNames = "channel_names"
    case labels
    case instances
    case fileEnding = "file_ending"
    case regionsClassOrder = "regions_class_order"
  }

  /// One modality, or nnU-Net's table of channels.
  enum Channels: Decodable {
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
      case .many: names.joined(separator: ", ")
      }
    }

    /// By their numbers; none where only a modality is named.
    var names: [String] {
      guard case .many(let table) = self else { return [] }
      return table.sorted { (Int($0.key) ?? 0, $0.key) < (Int($1.key) ?? 0, $1.key) }.map(\.value)
    }
  }

  /// A label's value, its name, or the values of a region.
  enum Label: Decodable {
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

    /// The values that are learned together; nil for the Decathlon's names.
    var values: [Int32]? {
      switch self {
      case .number(let value): [value]
      case .text: nil
      case .region(let values): values
      }
    }

    var isGroup: Bool { (values?.count ?? 0) > 1 }
  }
}

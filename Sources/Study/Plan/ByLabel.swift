// Tables by label that are the same bytes whenever they hold the same.

/// Values by label. A dictionary with numbers for keys is coded in an order that differs from process to
/// process; this one is an object with the labels as names, which encoders can sort.
public struct ByLabel<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
  public var values: [Int32: Value]

  public init(_ values: [Int32: Value]) { self.values = values }

  public init(from decoder: any Decoder) throws {
    let table = try decoder.singleValueContainer().decode([String: Value].self)
    values = [:]
    for (text, value) in table {
      guard let label = Int32(text) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no label"))
      }
      values[label] = value
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      Dictionary(values.map { (String($0), $1) }, uniquingKeysWith: { first, _ in first }))
  }
}

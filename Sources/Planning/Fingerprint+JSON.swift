// dataset_fingerprint.json in nnU-Net's layout; what ours adds stands under keys that nnU-Net passes over.

public import Foundation

extension Fingerprint {
  /// Reads a fingerprint that we or nnU-Net v2 wrote.
  ///
  /// - Throws: ``PlanningError`` that names the file and what is wrong with it.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PlanningError.file(
        path: path, reason: "it does not exist or cannot be read; give a dataset_fingerprint.json")
    }
    self = try PlanningError.naming(path) { try Fingerprint(json: data) }
  }

  /// Reads a fingerprint from the bytes of a file.
  public init(json: Data) throws {
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: json)
    } catch {
      throw PlanningError.malformed(
        place: "dataset_fingerprint.json", met: "no valid JSON", expected: "an object")
    }
    try self.init(value)
  }

  /// The bytes of a file: indented, with sorted keys, equal for equal fingerprints.
  public func json() throws -> Data { try value.data() }

  /// Writes the fingerprint; an existing file is replaced only once the new one is complete.
  public func write(to path: String) throws {
    do {
      try json().write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw PlanningError.file(path: path, reason: "it cannot be written; \(error)")
    }
  }
}

extension Fingerprint: Codable {
  public init(from decoder: any Decoder) throws { try self.init(JSONValue(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

  private init(_ value: JSONValue) throws {
    let file = try JSONMembers(value, at: "")
    let shapes = try file.numberRows("shapes_after_crop")
    self.init(
      spacings: try file.numberRows("spacings"),
      shapesAfterCrop: try shapes.map { row in
        try row.map { length in
          guard let voxels = Int(exactly: length) else {
            throw file.fault("shapes_after_crop", .numbers(row), "whole numbers")
          }
          return voxels
        }
      },
      foregroundIntensities: try IntensityProperties.byChannel(
        file.members("foreground_intensity_properties_per_channel")),
      medianRelativeSizeAfterCropping: try file.number("median_relative_size_after_cropping"),
      cases: file.has("cases") ? try file.objects("cases").map(Case.init) : [],
      fileEnding: file.has("file_ending") ? try file.text("file_ending") : nil)
  }

  private var value: JSONValue {
    var members: [String: JSONValue] = [
      "spacings": .array(spacings.map { .numbers($0) }),
      "shapes_after_crop": .array(shapesAfterCrop.map { .integers($0) }),
      "foreground_intensity_properties_per_channel": .object(
        foregroundIntensities.mapValues(\.value)),
      "median_relative_size_after_cropping": .plain(medianRelativeSizeAfterCropping),
    ]
    if !cases.isEmpty { members["cases"] = .array(cases.map(\.value)) }
    members["file_ending"] = fileEnding.map { .text($0) }
    return .object(members)
  }
}

extension Fingerprint.Case {
  fileprivate init(_ file: JSONMembers) throws {
    self.init(
      id: try file.text("id"), originalShape: try file.integers("original_shape"),
      classSizes: try file.counts("class_sizes"),
      components: try file.counts("connected_components"))
  }

  fileprivate var value: JSONValue {
    func counts(_ table: [Int32: Int]) -> JSONValue {
      .object(Dictionary(uniqueKeysWithValues: table.map { (String($0.key), .integer($0.value)) }))
    }
    return .object([
      "id": .text(id), "original_shape": .integers(originalShape),
      "class_sizes": counts(classSizes), "connected_components": counts(components),
    ])
  }
}

extension JSONMembers {
  fileprivate func numberRows(_ key: String) throws -> [[Double]] {
    try array(key).map { row in
      guard case .array(let values) = row else { throw fault(key, row, "lists of numbers") }
      return try JSONMembers(.object([key: .array(values)]), at: place).numbers(key)
    }
  }

  fileprivate func objects(_ key: String) throws -> [JSONMembers] {
    try array(key).enumerated().map { try JSONMembers($0.element, at: "\(path(key)).\($0.offset)") }
  }

  fileprivate func counts(_ key: String) throws -> [Int32: Int] {
    let table = try members(key)
    var result: [Int32: Int] = [:]
    for name in table.values.keys {
      guard let label = Int32(name) else { throw fault(key, .text(name), "label values") }
      result[label] = try table.integer(name)
    }
    return result
  }
}

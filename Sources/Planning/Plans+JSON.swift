// plans.json as nnU-Net v2 writes and reads it: configurations inherit, what is inherited is not repeated.

public import Foundation

extension Plans {
  /// Reads a plan that we or nnU-Net v2 wrote, in its present layout or that of its first releases.
  ///
  /// - Throws: ``PlanningError/file(path:reason:)``, naming what is absent, unknown or not supported.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PlanningError.file(
        path: path, reason: "it does not exist or cannot be read; give a plans.json")
    }
    self = try PlanningError.naming(path) { try Plans(json: data) }
  }

  /// Reads a plan from the bytes of a file.
  ///
  /// - Throws: ``PlanningError``, for example ``PlanningError/unsupported(place:met:supported:)``.
  public init(json: Data) throws {
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: json)
    } catch {
      throw PlanningError.file(path: "plans.json", reason: "it is not valid JSON")
    }
    try self.init(value)
  }

  /// The bytes of a file: indented, with sorted keys, equal for equal plans.
  public func json() throws -> Data { try value.data() }

  /// Writes the plan; an existing file is replaced only once the new one is complete.
  public func write(to path: String) throws {
    do {
      try json().write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw PlanningError.file(path: path, reason: "it cannot be written; \(error)")
    }
  }

  /// A configuration with everything that it inherits.
  ///
  /// - Throws: ``PlanningError/unknownConfiguration(_:known:)`` with the names that there are.
  public func configuration(_ name: String) throws -> PlannedConfiguration {
    guard let entry = configurations[name] else {
      throw PlanningError.unknownConfiguration(name, known: configurations.keys.sorted())
    }
    return entry.configuration
  }

  public init(from decoder: any Decoder) throws { try self.init(JSONValue(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}

extension Plans {
  init(_ value: JSONValue) throws {
    typealias Key = CodingKeys
    let file = try JSONMembers(value, at: "")
    let written = try file.members(Key.configurations.rawValue)
    var configurations: [String: Entry] = [:]
    for name in written.values.keys {
      let full = try Self.resolved(name, in: written)
      let own = try written.members(name)
      configurations[name] = Entry(
        try PlannedConfiguration(full, at: written.path(name)),
        inheritsFrom: own.has(inheritance) ? try own.text(inheritance) : nil)
    }
    // Checkpoints of the first releases call it after modalities.
    let former = "foreground_intensity_properties_by_modality"
    let intensities = Key.foregroundIntensities.rawValue
    self.init(
      datasetName: try file.text(Key.datasetName.rawValue),
      plansName: try file.text(Key.plansName.rawValue),
      originalMedianSpacing: try file.numbers(Key.originalMedianSpacing.rawValue),
      originalMedianShape: try file.numbers(Key.originalMedianShape.rawValue),
      imageReaderWriter: try file.text(Key.imageReaderWriter.rawValue),
      transposeForward: try file.axes(Key.transposeForward.rawValue),
      transposeBackward: try file.axes(Key.transposeBackward.rawValue),
      configurations: configurations,
      experimentPlannerUsed: file.has(Key.experimentPlannerUsed.rawValue)
        ? try file.text(Key.experimentPlannerUsed.rawValue) : "ExperimentPlanner",
      labelManager: file.has(Key.labelManager.rawValue)
        ? try file.text(Key.labelManager.rawValue) : "LabelManager",
      foregroundIntensities: try IntensityProperties.byChannel(
        file.members(file.has(intensities) || !file.has(former) ? intensities : former)))
  }

  var value: JSONValue {
    typealias Key = CodingKeys
    let written = configurations.mapValues { entry -> JSONValue in
      guard case .object(var own) = entry.configuration.value else { return .null }
      guard let parent = entry.inheritsFrom else { return .object(own) }
      own[inheritance] = .text(parent)
      if let base = configurations[parent], case .object(let inherited) = base.configuration.value {
        own = own.filter { inherited[$0.key] != $0.value }
        // An absent member would be inherited, so that what the child lacks is said to be null.
        for key in inherited.keys where entry.configuration.lacks(key) { own[key] = .null }
      }
      return .object(own)
    }
    return .object([
      Key.datasetName.rawValue: .text(datasetName), Key.plansName.rawValue: .text(plansName),
      Key.originalMedianSpacing.rawValue: .numbers(originalMedianSpacing),
      Key.originalMedianShape.rawValue: .numbers(originalMedianShape),
      Key.imageReaderWriter.rawValue: .text(imageReaderWriter),
      Key.transposeForward.rawValue: .integers(transposeForward),
      Key.transposeBackward.rawValue: .integers(transposeBackward),
      Key.configurations.rawValue: .object(written),
      Key.experimentPlannerUsed.rawValue: .text(experimentPlannerUsed),
      Key.labelManager.rawValue: .text(labelManager),
      Key.foregroundIntensities.rawValue: .object(foregroundIntensities.mapValues(\.value)),
    ])
  }

  /// A configuration's members over those of the one that it inherits from, and so on up.
  private static func resolved(
    _ name: String, in written: JSONMembers, _ path: [String] = []
  ) throws -> JSONValue {
    guard written.values[name] != nil else {
      throw PlanningError.unknownConfiguration(name, known: written.values.keys.sorted())
    }
    guard !path.contains(name) else { throw PlanningError.circularInheritance(path + [name]) }
    let own = try written.members(name)
    guard own.has(inheritance) else { return .object(own.values) }
    let parent = try own.text(inheritance)
    let base = try JSONMembers(
      resolved(parent, in: written, path + [name]), at: written.path(parent))
    return .object(base.values.merging(own.values) { _, mine in mine })
  }
}

private let inheritance = "inherits_from"

extension JSONMembers {
  /// An order of the three axes.
  fileprivate func axes(_ key: String) throws -> [Int] {
    let axes = try integers(key)
    guard axes.sorted() == [0, 1, 2] else {
      throw fault(key, .integers(axes), "each of the axes 0, 1 and 2 once")
    }
    return axes
  }
}

extension IntensityProperties {
  static func byChannel(_ members: JSONMembers) throws -> [String: IntensityProperties] {
    var result: [String: IntensityProperties] = [:]
    for channel in members.values.keys {
      result[channel] = try IntensityProperties(members.members(channel))
    }
    return result
  }

  init(_ members: JSONMembers) throws {
    typealias Key = CodingKeys
    self.init(
      max: try members.number(Key.max.rawValue), mean: try members.number(Key.mean.rawValue),
      median: try members.number(Key.median.rawValue), min: try members.number(Key.min.rawValue),
      percentile005: try members.number(Key.percentile005.rawValue),
      percentile995: try members.number(Key.percentile995.rawValue),
      std: try members.number(Key.std.rawValue))
  }

  var value: JSONValue {
    typealias Key = CodingKeys
    return .object([
      Key.max.rawValue: .plain(max), Key.mean.rawValue: .plain(mean),
      Key.median.rawValue: .plain(median), Key.min.rawValue: .plain(min),
      Key.percentile005.rawValue: .plain(percentile005),
      Key.percentile995.rawValue: .plain(percentile995), Key.std.rawValue: .plain(std),
    ])
  }
}

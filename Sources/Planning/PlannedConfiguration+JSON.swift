// A configuration as plans.json writes it.

import Foundation

extension PlannedConfiguration {
  public init(from decoder: any Decoder) throws {
    try self.init(JSONValue(from: decoder), at: "configuration")
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

  init(_ value: JSONValue, at place: String) throws {
    let file = try JSONMembers(value, at: place)
    let patch = try file.integers("patch_size")
    guard patch.count == 2 || patch.count == 3, patch.allSatisfy({ $0 > 0 }) else {
      throw file.fault("patch_size", .integers(patch), "two or three numbers from 1")
    }
    let spacing = try file.numbers("spacing")
    guard spacing.count == patch.count, spacing.allSatisfy({ $0 > 0 }) else {
      throw file.fault(
        "spacing", .numbers(spacing), "a number above 0 for each of the \(patch.count) axes")
    }
    let schemes = try file.texts("normalization_schemes").map { name in
      guard let scheme = NormalisationScheme(rawValue: name) else {
        throw PlanningError.unsupported(
          place: file.path("normalization_schemes"), met: "'\(name)'",
          supported: NormalisationScheme.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return scheme
    }
    let masks = try file.bools("use_mask_for_norm")
    guard masks.count == schemes.count else {
      throw file.fault(
        "use_mask_for_norm", .array(masks.map { .bool($0) }), "\(schemes.count), one per channel")
    }
    self.init(
      dataIdentifier: try file.text("data_identifier"),
      preprocessor: try file.text("preprocessor_name"),
      batchSize: try file.integer("batch_size"), patchSize: patch,
      medianImageSize: try file.numbers("median_image_size_in_voxels"), spacing: spacing,
      normalisation: schemes, usesMaskForNormalisation: masks,
      dataResampling: try ResamplingRule(file, "resampling_fn_data"),
      labelResampling: try ResamplingRule(file, "resampling_fn_seg"),
      probabilityResampling: try ResamplingRule(file, "resampling_fn_probabilities"),
      architecture: try PlannedArchitecture(file, axes: patch.count),
      batchDice: try file.bool("batch_dice"),
      previousStage: file.has(previous) ? try file.text(previous) : nil,
      nextStage: file.has(next) ? try Self.only(file, next) : nil)
  }

  var value: JSONValue {
    var members: [String: JSONValue] = [
      "data_identifier": .text(dataIdentifier), "preprocessor_name": .text(preprocessor),
      "batch_size": .integer(batchSize), "patch_size": .integers(patchSize),
      "median_image_size_in_voxels": .numbers(medianImageSize), "spacing": .numbers(spacing),
      "normalization_schemes": .array(normalisation.map { .text($0.rawValue) }),
      "use_mask_for_norm": .array(usesMaskForNormalisation.map { .bool($0) }),
      "architecture": architecture.value, "batch_dice": .bool(batchDice),
    ]
    let rules = [
      "resampling_fn_data": dataResampling, "resampling_fn_seg": labelResampling,
      "resampling_fn_probabilities": probabilityResampling,
    ]
    for (name, rule) in rules {
      members[name] = .text(rule.function)
      members[name + "_kwargs"] = rule.value
    }
    members[previous] = previousStage.map { .text($0) }
    members[next] = nextStage.map { .text($0) }
    return .object(members)
  }

  /// Whether a member that a parent may have is absent here.
  func lacks(_ key: String) -> Bool {
    (key == previous && previousStage == nil) || (key == next && nextStage == nil)
  }

  /// nnU-Net writes a name and also reads a list of them.
  private static func only(_ file: JSONMembers, _ key: String) throws -> String {
    guard case .array(let names)? = file[key] else { return try file.text(key) }
    guard names.count == 1, case .text(let name) = names[0] else {
      throw file.fault(key, .array(names), "one name")
    }
    return name
  }
}

private let previous = "previous_stage"
private let next = "next_stage"

extension ResamplingRule {
  static let supported = "resample_data_or_seg_to_shape"

  /// Reads the function's name and its arguments; absent ones have the defaults of nnU-Net's function.
  init(_ file: JSONMembers, _ name: String) throws {
    let function = try file.text(name)
    guard function == Self.supported else {
      throw PlanningError.unsupported(
        place: file.path(name), met: "'\(function)'", supported: Self.supported)
    }
    try self.init(file.members(name + "_kwargs"), function: function)
  }

  public init(from decoder: any Decoder) throws {
    let members = try JSONMembers(JSONValue(from: decoder), at: "resampling")
    try self.init(
      members, function: members.has("function") ? members.text("function") : Self.supported)
  }

  public func encode(to encoder: any Encoder) throws {
    guard case .object(var members) = value else { return }
    members["function"] = .text(function)
    try JSONValue.object(members).encode(to: encoder)
  }

  private init(_ arguments: JSONMembers, function: String) throws {
    let force: Bool?
    switch arguments.values["force_separate_z"] {
    case .null?: force = nil
    case nil: force = false
    case .some: force = try arguments.bool("force_separate_z")
    }
    self.init(
      function: function, order: arguments.has("order") ? try arguments.integer("order") : 3,
      orderZ: arguments.has("order_z") ? try arguments.integer("order_z") : 0,
      isSegmentation: arguments.has("is_seg") ? try arguments.bool("is_seg") : false,
      forceSeparateZ: force)
  }

  /// The arguments alone; the function's name stands beside them in the file.
  var value: JSONValue {
    .object([
      "is_seg": .bool(isSegmentation), "order": .integer(order), "order_z": .integer(orderZ),
      "force_separate_z": forceSeparateZ.map { .bool($0) } ?? .null,
    ])
  }
}

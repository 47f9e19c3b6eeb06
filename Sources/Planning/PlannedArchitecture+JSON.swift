// The network of a configuration as plans.json writes it: a Python class with its arguments.

import Foundation

extension PlannedArchitecture {
  public init(from decoder: any Decoder) throws {
    try self.init(network: JSONMembers(JSONValue(from: decoder), at: "architecture"), axes: nil)
  }

  public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

  /// Reads the network of a configuration, in the present layout or that of nnU-Net's first v2 releases.
  init(_ configuration: JSONMembers, axes: Int) throws {
    if configuration.has("architecture") {
      try self.init(network: configuration.members("architecture"), axes: axes)
    } else {
      try self.init(formerLayout: configuration, axes: axes)
    }
  }

  private init(network file: JSONMembers, axes: Int?) throws {
    let kind = try Self.kind(file, "network_class_name")
    let arguments = try file.members("arch_kwargs")
    let axes = try Self.checkOperations(arguments, axes: axes)
    let stages = try arguments.integer("n_stages")
    guard stages >= 1 else { throw arguments.fault("n_stages", .integer(stages), "1 or more") }
    try self.init(
      kind: kind, features: arguments.integers("features_per_stage", count: stages),
      kernels: arguments.integerRows("kernel_sizes", count: stages, axes: axes),
      strides: arguments.integerRows("strides", count: stages, axes: axes),
      encoderBlocks: arguments.integers(kind.blocks, count: stages),
      decoderConvolutions: arguments.integers("n_conv_per_stage_decoder", count: stages - 1))
    try check(stages: stages, axes: axes, at: arguments.place)
  }

  /// `UNet_class_name` and lists beside the other members, as checkpoints of 2023 carry it.
  private init(formerLayout file: JSONMembers, axes: Int) throws {
    guard file.has("UNet_class_name") else {
      throw PlanningError.malformed(
        place: file.path("architecture"), met: "nothing", expected: "a network")
    }
    let blocks = try file.integers("n_conv_per_stage_encoder")
    let base = try file.integer("UNet_base_num_features")
    let cap = try file.integer("unet_max_num_features")
    guard base > 0, cap > 0, !blocks.isEmpty, blocks.count < 32 else {
      throw file.fault(
        "UNet_base_num_features", .integer(base), "features from 1 and 1 to 31 stages")
    }
    let stages = blocks.count
    try self.init(
      kind: Self.kind(file, "UNet_class_name"),
      features: Self.features(base: base, cap: cap, stages: stages),
      kernels: file.integerRows("conv_kernel_sizes", count: stages, axes: axes),
      strides: file.integerRows("pool_op_kernel_sizes", count: stages, axes: axes),
      encoderBlocks: blocks,
      decoderConvolutions: file.integers("n_conv_per_stage_decoder", count: stages - 1))
    try check(stages: stages, axes: axes, at: file.place)
  }

  /// Twice as many with each stage, up to a limit.
  static func features(base: Int, cap: Int, stages: Int) -> [Int] {
    (0..<stages).map { min(cap, base << min($0, 20)) }
  }

  var value: JSONValue {
    let axes = kernels.first?.count ?? 3
    return .object([
      "network_class_name": .text(kind.rawValue),
      "arch_kwargs": .object([
        "n_stages": .integer(stages), "features_per_stage": .integers(features),
        "conv_op": .text("torch.nn.modules.conv.Conv\(axes)d"),
        "kernel_sizes": .array(kernels.map { .integers($0) }),
        "strides": .array(strides.map { .integers($0) }),
        kind.blocks: .integers(encoderBlocks),
        "n_conv_per_stage_decoder": .integers(decoderConvolutions), "conv_bias": .bool(true),
        "norm_op": .text("torch.nn.modules.instancenorm.InstanceNorm\(axes)d"),
        "norm_op_kwargs": .object(["eps": .number(1e-5), "affine": .bool(true)]),
        "dropout_op": .null, "dropout_op_kwargs": .null, "nonlin": .text("torch.nn.LeakyReLU"),
        "nonlin_kwargs": .object(["inplace": .bool(true)]),
      ]),
      "_kw_requires_import": .array(
        ["conv_op", "norm_op", "dropout_op", "nonlin"].map { .text($0) }),
    ])
  }

  private func check(stages: Int, axes: Int, at place: String) throws {
    let counts = [
      ("features", features.count, stages), ("kernel sizes", kernels.count, stages),
      ("strides", strides.count, stages), ("encoder blocks", encoderBlocks.count, stages),
      ("decoder convolutions", decoderConvolutions.count, stages - 1),
    ]
    for (name, met, expected) in counts where met != expected {
      throw PlanningError.malformed(place: place, met: "\(met) \(name)", expected: "\(expected)")
    }
    for (name, rows) in [("kernel sizes", kernels), ("strides", strides)] {
      guard rows.allSatisfy({ $0.count == axes && $0.allSatisfy { $0 > 0 } }) else {
        throw PlanningError.malformed(
          place: place, met: "\(name) \(rows)", expected: "\(axes) numbers from 1 for each stage")
      }
    }
    guard (features + encoderBlocks + decoderConvolutions).allSatisfy({ $0 > 0 }) else {
      throw PlanningError.malformed(
        place: place, met: "a number below 1",
        expected: "features, blocks and convolutions from 1")
    }
  }

  /// Modules move between releases, so the class' own name decides, as in nnU-Net.
  private static func kind(_ file: JSONMembers, _ key: String) throws -> Kind {
    let name = try file.text(key)
    let known = ["PlainConvUNet": Kind.plain, "ResidualEncoderUNet": .residualEncoder]
    guard let kind = known[lastName(name)] else {
      throw PlanningError.unsupported(
        place: file.path(key), met: "the network '\(name)'",
        supported: known.keys.sorted().joined(separator: ", "))
    }
    return kind
  }

  /// Refuses operations that our networks do not have, and returns the number of spatial axes.
  private static func checkOperations(_ file: JSONMembers, axes: Int?) throws -> Int {
    func refuse(_ key: String, _ supported: String) -> PlanningError {
      let met = (file[key] ?? .null).summary
      return .unsupported(place: file.path(key), met: met, supported: supported)
    }
    let convolution = lastName(try file.text("conv_op"))
    guard let met = ["Conv2d": 2, "Conv3d": 3][convolution], met == axes ?? met else {
      throw refuse("conv_op", axes.map { "Conv\($0)d, after the patch" } ?? "Conv2d, Conv3d")
    }
    guard file.has("norm_op"), lastName(try file.text("norm_op")) == "InstanceNorm\(met)d" else {
      throw refuse("norm_op", "InstanceNorm\(met)d")
    }
    let normalisation = try file.members("norm_op_kwargs")
    let epsilon = normalisation.has("eps") ? try normalisation.number("eps") : 1e-5
    guard normalisation["affine"] == .bool(true), abs(epsilon - 1e-5) < 1e-12,
      normalisation["track_running_stats"] ?? .bool(false) == .bool(false)
    else { throw refuse("norm_op_kwargs", "affine true, eps 1e-05, no running statistics") }
    guard file["conv_bias"] == .bool(true) else { throw refuse("conv_bias", "true") }
    guard file.has("nonlin"), lastName(try file.text("nonlin")) == "LeakyReLU" else {
      throw refuse("nonlin", "LeakyReLU")
    }
    if file.has("nonlin_kwargs") {
      let arguments = try file.members("nonlin_kwargs")
      let key = "negative_slope"
      guard try !arguments.has(key) || arguments.number(key) == 0.01 else {
        throw refuse("nonlin_kwargs", "a negative_slope of 0.01")
      }
    }
    for key in ["dropout_op", "block", "bottleneck_channels", "stem_channels"] where file.has(key) {
      throw refuse(key, "null")
    }
    guard file["nonlin_first"] ?? .bool(false) == .bool(false) else {
      throw refuse("nonlin_first", "false")
    }
    return met
  }

  private static func lastName(_ name: String) -> String {
    name.split(separator: ".").last.map(String.init) ?? name
  }
}

extension PlannedArchitecture.Kind {
  /// What the arguments call the blocks of the encoder.
  fileprivate var blocks: String {
    switch self {
    case .plain: "n_conv_per_stage"
    case .residualEncoder: "n_blocks_per_stage"
    }
  }
}

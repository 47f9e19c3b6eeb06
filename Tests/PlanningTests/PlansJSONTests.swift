// plans.json: what nnunetv2 wrote is read, what we write says the same, and what we cannot build is named.

import Foundation
import Planning
import TestSupport
import Testing

@Suite struct PlansJSONTests {
  static let files = ["plans-ct-isotropic-512-plain.json", "plans-flat-1024-residual-m.json"]

  @Test(arguments: files)
  func writesWhatNNUNetWrote(file: String) throws {
    let plans = try Plans(contentsOf: Golden.path(file))
    let original = try Self.object(Data(contentsOf: URL(fileURLWithPath: Golden.path(file))))
    #expect(try Self.object(plans.json()) == original)
    try Temporary.withFolder { folder in
      try plans.write(to: folder + "/plans.json")
      #expect(try Plans(contentsOf: folder + "/plans.json") == plans)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/plans.json"))
      #expect(try Plans(json: bytes).json() == bytes)
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("\"eps\" : 1e-05") && text.contains("\"batch_size\" : "))
    }
  }

  @Test func isCodableInsideOtherFiles() throws {
    let plans = try Plans(contentsOf: Golden.path(Self.files[0]))
    let coded = try JSONEncoder().encode(["plan": plans])
    #expect(try JSONDecoder().decode([String: Plans].self, from: coded)["plan"] == plans)
    let configuration = try plans.configuration("3d_lowres")
    let part = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(PlannedConfiguration.self, from: part) == configuration)
    let rule = try JSONEncoder().encode(ResamplingRule.labels)
    #expect(try JSONDecoder().decode(ResamplingRule.self, from: rule) == .labels)
    let network = try JSONEncoder().encode(configuration.architecture)
    #expect(
      try JSONDecoder().decode(PlannedArchitecture.self, from: network)
        == configuration.architecture)
  }

  @Test func resolvesInheritance() throws {
    let plans = try Plans(contentsOf: Golden.path(Self.files[0]))
    let full = try plans.configuration("3d_fullres")
    var expected = full
    expected.previousStage = "3d_lowres"
    #expect(try plans.configuration("3d_cascade_fullres") == expected)
    #expect(plans.configurations["3d_cascade_fullres"]?.inheritsFrom == "3d_fullres")
    #expect(
      throws: PlanningError.unknownConfiguration(
        "3d", known: ["2d", "3d_cascade_fullres", "3d_fullres", "3d_lowres"])
    ) { try plans.configuration("3d") }
  }

  @Test func inheritsOverSeveralStepsAndFindsCircles() throws {
    let edited = try Self.edited { file in
      var configurations = try #require(file["configurations"] as? [String: Any])
      configurations["b"] = ["inherits_from": "3d_cascade_fullres", "batch_size": 7]
      configurations["c"] = ["inherits_from": "b", "previous_stage": NSNull()] as [String: Any]
      file["configurations"] = configurations
    }
    let plans = try Plans(json: edited)
    #expect(try plans.configuration("b").previousStage == "3d_lowres")
    #expect(try plans.configuration("c").batchSize == 7)
    #expect(try plans.configuration("c").previousStage == nil)
    #expect(try Plans(json: plans.json()) == plans)

    let circle = try Self.edited { file in
      var configurations = try #require(file["configurations"] as? [String: Any])
      configurations["b"] = ["inherits_from": "c"]
      configurations["c"] = ["inherits_from": "b"]
      file["configurations"] = configurations
    }
    #expect(throws: PlanningError.self) { try Plans(json: circle) }
  }

  /// The layout of nnU-Net's releases of 2023, which put the network's numbers beside the others.
  @Test func readsTheFormerLayout() throws {
    let expected = try Plans(contentsOf: Golden.path(Self.files[0]))
    let former = try Self.edited { file in
      var configurations = try #require(file["configurations"] as? [String: [String: Any]])
      for (name, configuration) in configurations {
        guard let network = configuration["architecture"] as? [String: Any] else { continue }
        let arguments = try #require(network["arch_kwargs"] as? [String: Any])
        var old = configuration
        old["architecture"] = nil
        old["UNet_class_name"] = "PlainConvUNet"
        old["UNet_base_num_features"] = 32
        old["unet_max_num_features"] = name == "2d" ? 512 : 320
        old["n_conv_per_stage_encoder"] = arguments["n_conv_per_stage"]
        old["n_conv_per_stage_decoder"] = arguments["n_conv_per_stage_decoder"]
        old["conv_kernel_sizes"] = arguments["kernel_sizes"]
        old["pool_op_kernel_sizes"] = arguments["strides"]
        old["num_pool_per_axis"] = [5, 5, 5]
        configurations[name] = old
      }
      file["configurations"] = configurations
      file["foreground_intensity_properties_by_modality"] =
        file.removeValue(forKey: "foreground_intensity_properties_per_channel")
    }
    #expect(try Plans(json: former) == expected)
  }

  @Test(arguments: [
    ("network_class_name", "x.y.PrimusM" as (any Sendable)?, "PrimusM"),
    ("conv_op", "torch.nn.modules.conv.Conv3d", "Conv3d"),
    ("norm_op", "torch.nn.modules.batchnorm.BatchNorm2d", "BatchNorm2d"), ("norm_op", nil, "null"),
    ("norm_op_kwargs", ["eps": 1e-5, "affine": false] as [String: any Sendable], "affine"),
    ("nonlin", "torch.nn.ReLU", "ReLU"), ("conv_bias", false, "false"),
    ("nonlin_kwargs", ["negative_slope": 0.2], "negative_slope"),
    ("dropout_op", "torch.nn.Dropout3d", "Dropout3d"), ("nonlin_first", true, "true"),
  ])
  func namesWhatIsNotSupported(key: String, value: (any Sendable)?, named: String) throws {
    let plans = try Self.edited { file in
      try Self.edit(&file, configuration: "2d") { configuration in
        var network = try #require(configuration["architecture"] as? [String: Any])
        if key == "network_class_name" {
          network[key] = value
        } else {
          var arguments = try #require(network["arch_kwargs"] as? [String: Any])
          arguments[key] = value ?? NSNull()
          network["arch_kwargs"] = arguments
        }
        configuration["architecture"] = network
      }
    }
    let fault = #expect(throws: PlanningError.self) { try Plans(json: plans) }
    let text = try #require(fault).description
    #expect(text.contains(named) && text.contains("2d") && text.contains(key), "\(text)")
  }

  @Test(arguments: [
    ("normalization_schemes", ["FancyNorm"] as any Sendable), ("patch_size", [128]),
    ("spacing", [1.0, 0.0]), ("batch_size", "two"), ("resampling_fn_data", "resample_by_magic"),
    ("use_mask_for_norm", [true, false]), ("patch_size", [1.5, 3.0]),
  ])
  func namesWhatIsWrong(key: String, value: any Sendable) throws {
    let plans = try Self.edited { file in
      try Self.edit(&file, configuration: "2d") { $0[key] = value }
    }
    let fault = #expect(throws: PlanningError.self) { try Plans(json: plans) }
    #expect(try #require(fault).description.contains("configurations.2d.\(key)"))
  }

  @Test func tellsOfWhichFile() throws {
    let fault = #expect(throws: PlanningError.self) { try Plans(contentsOf: "/nowhere/plans.json") }
    #expect(fault?.description.contains("/nowhere/plans.json") == true)
    try Temporary.withFolder { folder in
      let path = folder + "/plans.json"
      try Data("{\"dataset_name\": 3}".utf8).write(to: URL(fileURLWithPath: path))
      let fault = #expect(throws: PlanningError.self) { try Plans(contentsOf: path) }
      #expect(fault?.description.hasPrefix(path) == true)
    }
  }

  @Test func neverTrapsOnDamage() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Golden.path(Self.files[1])))
    var random = SeededRandom(state: 3)
    for _ in 0..<60 {
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int.random(in: 0..<bytes.count, using: &random)] =
          [0x30, 0x39, 0x2D, 0x22, 0x5B, 0x7D].randomElement(using: &random) ?? 0
      }
      if let plans = try? Plans(json: damaged) { #expect(try Plans(json: plans.json()) == plans) }
    }
  }

  private static func object(_ data: Data) throws -> NSDictionary {
    try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
  }

  private static func edited(_ change: (inout [String: Any]) throws -> Void) throws -> Data {
    let data = try Data(contentsOf: URL(fileURLWithPath: Golden.path(files[0])))
    var file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    try change(&file)
    return try JSONSerialization.data(withJSONObject: file)
  }

  private static func edit(
    _ file: inout [String: Any], configuration name: String,
    _ change: (inout [String: Any]) throws -> Void
  ) throws {
    var configurations = try #require(file["configurations"] as? [String: Any])
    var configuration = try #require(configurations[name] as? [String: Any])
    try change(&configuration)
    configurations[name] = configuration
    file["configurations"] = configurations
  }
}

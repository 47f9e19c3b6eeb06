// What nnU-Net v2 writes when it has trained: the weights, and what its predictor must know besides.

/// A `checkpoint_final.pth` or `checkpoint_best.pth` of nnU-Net v2, read without running anything in it.
///
/// Source: `save_checkpoint` of nnunetv2 2.8. The file lists every layer of a block a second time and the
/// encoder once more below the decoder; those names are left out here.
public struct NNUNetCheckpoint: Sendable {
  public let path: String
  /// The Python class that trained it, such as "nnUNetTrainer".
  public let trainerName: String
  /// The configuration of the plan, such as "3d_fullres".
  public let configuration: String
  /// The part of the cross-validation that was held out, or "all".
  public let fold: String
  /// Axes of the patch along which the predictor may mirror; empty for none.
  public let mirroringAxes: [Int]
  /// Epochs that were trained.
  public let epochs: Int
  /// The tensors under the names that the network itself uses.
  public let weights: StateDict
  /// The arguments of the trainer, where `plans` and `dataset_json` lie as nested values.
  public let arguments: PickleValue

  /// Reads a checkpoint.
  ///
  /// - Throws: ``WeightsError``, also for a file that holds weights but is no checkpoint of nnU-Net v2.
  public init(contentsOf path: String) throws {
    try self.init(WeightFile(contentsOf: path))
  }

  /// Interprets a file that has been opened.
  ///
  /// - Throws: ``WeightsError``
  public init(_ file: WeightFile) throws {
    guard let root = file.root, let trainer = root["trainer_name"]?.text,
      let arguments = root["init_args"], root["network_weights"]?.dictionary != nil
    else {
      throw WeightsError.unsupported(
        path: file.path, feature: "a file without trainer_name, init_args and network_weights",
        remedy: "give the checkpoint_final.pth of an nnU-Net v2 training")
    }
    guard let configuration = arguments["configuration"]?.text else {
      throw WeightsError.malformed(
        path: file.path, format: "nnU-Net checkpoint", problem: "init_args name no configuration")
    }
    path = file.path
    trainerName = trainer
    self.configuration = configuration
    self.arguments = arguments
    fold =
      arguments["fold"].flatMap { $0.text ?? $0.integer.map(String.init) } ?? "unknown"
    mirroringAxes =
      root["inference_allowed_mirroring_axes"]?.items?.compactMap(\.integer) ?? []
    epochs = root["current_epoch"]?.integer ?? 0
    weights = try file.stateDict(at: "network_weights").withNetworkNames(path: file.path)
  }
}

extension StateDict {
  /// Without what parallel training and compilation put before each name, and without second names.
  fileprivate func withNetworkNames(path: String) throws -> StateDict {
    var list: [StoredTensor] = []
    var seen: Set<String> = []
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let plain = Self.withoutWrappers(name)
      guard seen.insert(plain).inserted else {
        throw WeightsError.malformed(
          path: path, format: "nnU-Net checkpoint", problem: "two tensors are called \(plain)")
      }
      list.append(tensor.named(plain))
    }
    return StateDict(
      key: key,
      list.filter { tensor in
        guard let first = Self.firstName(of: tensor.name) else { return true }
        return !first.contains(where: seen.contains)
      })
  }

  private static func withoutWrappers(_ name: String) -> String {
    var name = Substring(name)
    while let prefix = ["module.", "_orig_mod."].first(where: name.hasPrefix) {
      name = name.dropFirst(prefix.count)
    }
    return String(name)
  }

  /// The names under which a second name's tensor may be found first; nil for a first name.
  private static func firstName(of name: String) -> [String]? {
    if name.hasPrefix("decoder.encoder.") { return [String(name.dropFirst("decoder.".count))] }
    guard let range = name.firstRange(of: ".all_modules.") else { return nil }
    let block = name[..<range.lowerBound]
    let rest = name[range.upperBound...].split(separator: ".")
    guard rest.count == 2 else { return nil }
    return ["conv", "norm"].map { "\(block).\($0).\(rest[1])" }
  }
}

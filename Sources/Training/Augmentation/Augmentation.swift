// All changes of a training sample in nnU-Net's order: numbers that a run file states and a user can edit.

public import Datasets

/// What is done to a patch between the case and the network; a missing part is left out.
///
/// Every part draws from numbers of its own, so that editing one of them leaves what the others do to a sample.
/// Source: nnunetv2 2.8.1, `nnUNetTrainer.get_training_transforms`.
public struct Augmentation: Sendable, Codable, Equatable {
  public var spatial: SpatialTransform
  public var noise: GaussianNoise?
  public var blur: GaussianBlur?
  public var brightness: Brightness?
  public var contrast: Contrast?
  public var lowResolution: LowResolution?
  public var invertedGamma: Gamma?
  public var gamma: Gamma?
  public var mirroring: Mirroring?
  public var nonzeroMask: NonzeroMask?
  public var labelReplacement: LabelReplacement
  public var previousStage: PreviousStage?
  public var deepSupervision: DeepSupervision?
  /// Voxels that are cut from a case, so that what turns in has no empty corners.
  public var initialPatchSize: [Int]

  /// Voxels that the network gets.
  public var patchSize: [Int] { spatial.patchSize }

  /// Makes the network's sample of a patch of ``initialPatchSize``.
  public func apply(to patch: inout Patch, random: CounterRandom) {
    run(spatial, 1, &patch, random)
    run(noise, 2, &patch, random)
    run(blur, 3, &patch, random)
    run(brightness, 4, &patch, random)
    run(contrast, 5, &patch, random)
    run(lowResolution, 6, &patch, random)
    run(invertedGamma, 7, &patch, random)
    run(gamma, 8, &patch, random)
    run(mirroring, 9, &patch, random)
    run(nonzeroMask, 10, &patch, random)
    run(labelReplacement, 11, &patch, random)
    run(previousStage, 12, &patch, random)
    run(deepSupervision, 13, &patch, random)
    if patch.targets.isEmpty {
      patch.targets = [
        Patch.Target(labels: Array(patch.labels.prefix(patch.count)), shape: patch.shape)
      ]
    }
  }

  /// Finds settings that mean nothing.
  ///
  /// - Throws: ``SamplingError/settingInvalid(name:met:expected:)``.
  public func check() throws {
    let parts: [(any PatchTransform)?] = [
      spatial, noise, blur, brightness, contrast, lowResolution, invertedGamma, gamma, mirroring,
      nonzeroMask, labelReplacement, previousStage, deepSupervision,
    ]
    for part in parts { try part?.check() }
    let fits =
      initialPatchSize.count == patchSize.count
      && zip(initialPatchSize, patchSize).allSatisfy { $0 >= $1 }
    if !fits {
      throw SamplingError.settingInvalid(
        name: "initialPatchSize", met: "\(initialPatchSize)",
        expected: "at least the patch size \(patchSize) along each axis")
    }
    try checkAxes()
  }

  /// The part of an enlarged patch that ``apply(to:random:)`` will look at for the same numbers.
  func window(random: CounterRandom) -> PatchWindow {
    var random = random.stream(1)
    // The same two steps as in `applyByChance`.
    _ = random.happens(spatial.probability)
    return spatial.window(of: spatial.draw(&random), in: initialPatchSize)
  }

  private func checkAxes() throws {
    let dimensions = patchSize.count
    if let axis = mirroring?.axes.first(where: { $0 >= dimensions }) {
      throw SamplingError.settingInvalid(
        name: "Mirroring.axes", met: "\(axis)", expected: "axes below \(dimensions)")
    }
    if let scale = deepSupervision?.scales.first(where: { $0.count != dimensions }) {
      throw SamplingError.settingInvalid(
        name: "DeepSupervision.scales", met: "\(scale)", expected: "\(dimensions) shares")
    }
  }

  private func run(
    _ part: (some PatchTransform)?, _ purpose: UInt64, _ patch: inout Patch,
    _ random: CounterRandom
  ) {
    var numbers = random.stream(purpose)
    part?.applyByChance(to: &patch, random: &numbers)
  }
}

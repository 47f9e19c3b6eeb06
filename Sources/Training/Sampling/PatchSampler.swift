// Which case and which place of it each sample of a training is cut from, as nnU-Net v2 chooses.

internal import Datasets

/// Draws the place of every sample from a seed, the step and the sample's number alone.
///
/// The case is drawn uniformly. The last third of a batch is centred on a voxel of a class that is drawn
/// uniformly among those present in the case; all other places are uniform. Patches may reach beyond the image,
/// by half of what they are larger than the network's patch, or of what the image is too small.
/// Source: Isensee et al., Nature Methods 2021, arXiv 1809.10486; nnunetv2 2.8.1, `nnUNetDataLoader`.
public struct PatchSampler: Sendable {
  /// How samples are chosen.
  public struct Settings: Sendable, Codable, Equatable {
    /// Samples of a batch.
    public var batchSize: Int
    /// Share of samples that are centred on foreground (nnU-Net: 0.33).
    public var foregroundFraction: Double
    /// Whether each sample is centred by chance, instead of the last ones of each batch.
    public var isProbabilistic: Bool
    /// Whether data have an ignore label: other samples then are centred on annotated voxels.
    public var hasIgnoreLabel: Bool
    public var seed: UInt64

    public init(
      batchSize: Int = 2, foregroundFraction: Double = 0.33, isProbabilistic: Bool = false,
      hasIgnoreLabel: Bool = false, seed: UInt64 = 0
    ) {
      self.batchSize = batchSize
      self.foregroundFraction = foregroundFraction
      self.isProbabilistic = isProbabilistic
      self.hasIgnoreLabel = hasIgnoreLabel
      self.seed = seed
    }
  }

  public let cases: [any TrainingCase]
  public let settings: Settings
  /// Voxels of the patches that are cut, three axes.
  let size: [Int]
  /// Voxels by which they are larger than what the network gets.
  private let margin: [Int]
  let dimensions: Int
  /// Classes with voxels in each case, in ascending order.
  private let classes: [[Int]]

  /// - Parameters:
  ///   - cases: What patches are cut from; all with the same channels.
  ///   - initialPatchSize: Voxels that are cut, along two or three axes: `Augmentation.initialPatchSize`. With
  ///     two axes a plane of the first axis is drawn.
  ///   - patchSize: Voxels that the network gets.
  ///   - settings: How samples are chosen.
  /// - Throws: ``SamplingError`` if there are no cases, they differ, or a setting is out of range.
  public init(
    cases: [any TrainingCase], initialPatchSize: [Int], patchSize: [Int], settings: Settings
  ) throws {
    self.cases = cases
    self.settings = settings
    dimensions = patchSize.count
    let flat = Array(repeating: 1, count: max(0, 3 - patchSize.count))
    size = flat + initialPatchSize
    margin = zip(size, flat + patchSize).map { max(0, $0 - $1) }
    classes = cases.map { sample in
      let locations = sample.classLocations
      let present = locations.keys.filter { locations[$0]?.isEmpty == false }.sorted()
      let labelled = present.filter { $0 != CaseLocations.annotated }
      return labelled.isEmpty ? present : labelled
    }
    try Self.check(cases, initialPatchSize, patchSize, settings)
  }

  /// Where one sample of one step is cut.
  public func placement(step: Int, sample: Int) -> Placement {
    var random = random(step: step, sample: sample).stream(0)
    let number = random.index(below: cases.count)
    let isForeground = isForeground(sample, &random)
    let bounds = bounds(of: cases[number].shape)
    let centre = centre(in: number, isForeground, &random)
    let lower = bounds.indices.map { axis in
      guard let centre else { return random.integer(in: bounds[axis]) }
      return max(bounds[axis].lowerBound, Int(centre.voxel[axis]) - size[axis] / 2)
    }
    return Placement(
      caseNumber: number, lower: lower, size: size, isForeground: isForeground,
      chosenClass: centre?.label)
  }

  /// The numbers that one sample of one step is made with.
  func random(step: Int, sample: Int) -> CounterRandom {
    CounterRandom(seed: settings.seed, step: step, sample: sample)
  }

  private func isForeground(_ sample: Int, _ random: inout CounterRandom) -> Bool {
    if settings.isProbabilistic { return random.happens(settings.foregroundFraction) }
    let others = Double(settings.batchSize) * (1 - settings.foregroundFraction)
    return Double(sample) >= others.rounded(.toNearestOrEven)
  }

  /// First voxels that a patch may have along each axis.
  private func bounds(of shape: [Int]) -> [ClosedRange<Int>] {
    shape.indices.map { axis in
      let padding = max(margin[axis], size[axis] - shape[axis])
      let lower = -((padding + 1) / 2)
      return lower...max(lower, shape[axis] + padding / 2 + padding % 2 - size[axis])
    }
  }

  private func centre(
    in number: Int, _ isForeground: Bool, _ random: inout CounterRandom
  ) -> (label: Int, voxel: SIMD3<Int32>)? {
    let eligible: [Int] =
      isForeground ? classes[number] : settings.hasIgnoreLabel ? [CaseLocations.annotated] : []
    guard let label = random.choice(of: eligible),
      let voxel = random.choice(of: cases[number].classLocations[label] ?? [])
    else { return nil }
    return (label, voxel)
  }
}

/// A box of a case: what one sample is cut from.
public struct Placement: Sendable, Equatable {
  /// Index of the case among those of the sampler.
  public var caseNumber: Int
  /// First voxel along three axes; may lie before the image.
  public var lower: [Int]
  /// Voxels along three axes; may reach beyond the image.
  public var size: [Int]
  /// Whether the sample was to be centred on foreground.
  public var isForeground: Bool
  /// The class that it is centred on; `nil` where the place is uniform.
  public var chosenClass: Int?
}

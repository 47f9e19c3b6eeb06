// From an image and examples of what to look for to a mask on the grid of the image.

public import Imaging
public import Models
public import Tensors

/// Segments images of any size and range by examples, with a network that learns from them as it goes.
///
/// Examples are checked and prepared once; each slice of an image is scaled and resized to the network's
/// input, and its scores are resized back.
public struct InContextSegmenter: ImageSegmenter {
  public struct Settings: Sendable, Hashable, Codable {
    /// Examples that the network sees at once. Of more, as many are chosen for each slice of a volume that lie
    /// nearest to its place in theirs; for single images, or several draws, they are drawn at random.
    /// UniverSeg learned with up to 64.
    public var examplesAtOnce = 64
    /// Choices whose probabilities are averaged; with more than one all are random. Where all examples are seen
    /// at once there is nothing to choose, and one is made.
    public var draws = 1
    public var seed: UInt64 = 0
    /// Looks again at the part of each slice where something was found, with that part of each example, when
    /// the slice is larger than the network's input. Not part of the official method.
    public var looksCloser = false
    /// Averages over the image and its three mirror images, for each of which the examples are mirrored alike.
    public var mirrors = false

    public init(
      examplesAtOnce: Int = 64, draws: Int = 1, seed: UInt64 = 0, looksCloser: Bool = false,
      mirrors: Bool = false
    ) {
      self.examplesAtOnce = examplesAtOnce
      self.draws = draws
      self.seed = seed
      self.looksCloser = looksCloser
      self.mirrors = mirrors
    }
  }

  /// What is looked for, in ascending order.
  public var labels: [Int32] { support.labels }

  /// Slices of the examples that show what is looked for.
  public var slices: Int { support.whole.count }

  /// How often the network runs for one look at a slice, and how many examples it reads in these runs
  /// together.
  public var effort: (runs: Int, examples: Int) {
    (
      draws.count * labels.count * mirrorings.count,
      draws.joined().reduce(0) { $0 + $1.count } * mirrorings.count
    )
  }

  let model: any InContextModel
  let preparation: SlicePreparation
  let support: SupportSet
  let settings: Settings
  let device: Device
  /// For each draw and label the slices that are shown.
  let draws: [[[Int]]]

  /// - Parameters:
  ///   - model: The network, its weights on `device`.
  ///   - entry: What is known of it.
  ///   - examples: At least one image with its mask.
  ///   - labels: What to look for; `nil` for all labels of the masks. Others count as background.
  ///   - settings: How often and how closely to look.
  ///   - device: Where the network computes.
  /// - Throws: ``SupportError``, ``SegmentationError/noPreparation(_:)``, `ImagingError`, `TensorError`.
  public init(
    _ model: any Model, entry: RegisteredModel, examples: [SupportExample], labels: [Int32]? = nil,
    settings: Settings = Settings(), device: Device = .cpu
  ) throws {
    guard let model = model as? any InContextModel else {
      throw SupportError.notInContext(entry.id)
    }
    guard let preparation = entry.checkpoint?.preparation.flatMap(SlicePreparation.init) else {
      throw SegmentationError.noPreparation(entry.id)
    }
    try self.init(
      model, preparation, examples: examples, labels: labels, settings: settings, device: device)
  }

  init(
    _ model: any InContextModel, _ preparation: SlicePreparation, examples: [SupportExample],
    labels: [Int32]? = nil, settings: Settings = Settings(), device: Device = .cpu
  ) throws {
    for (name, value) in [
      ("examplesAtOnce", settings.examplesAtOnce), ("draws", settings.draws),
    ] where value < 1 {
      throw SupportError.settingInvalid(name: name, met: value)
    }
    self.model = model
    self.preparation = preparation
    self.settings = settings
    self.device = device
    let support = try SupportSet(
      examples, labels: labels, preparation: preparation, hasParts: settings.looksCloser)
    self.support = support
    let pairs = support.labels.map(support.pairs)
    let hasChoice = pairs.contains { $0.count > settings.examplesAtOnce }
    let generator = try RandomGenerator(seed: settings.seed)
    draws = try (0..<(hasChoice ? settings.draws : 1)).map { _ in
      try pairs.map { pairs in
        guard pairs.count > settings.examplesAtOnce else { return pairs }
        let order = try generator.permutation(pairs.count).values(as: Int64.self)
        return order.prefix(settings.examplesAtOnce).map { pairs[Int($0)] }.sorted()
      }
    }
  }

  /// Segments `volume` slice by slice; the mask lies on its grid. Volumes are cut as the first example that
  /// is a volume is, whatever their own orientation. A slice of one grey value is background, with
  /// probability 0 of anything else.
  ///
  /// Several labels share each pixel by the softmax of their scores, background having the score 0: what the
  /// logistic function is for one.
  ///
  /// - Throws: ``SegmentationError``, `ImagingError`, `TensorError`.
  public func segment(
    _ volume: Volume, stopwatch: inout Stopwatch, progress: (Double) -> Void = { _ in }
  ) throws -> Segmentation {
    let broken = volume.nonFiniteCount
    guard broken == 0 else { throw SegmentationError.nonFinite(broken) }
    progress(0)
    let isStack = volume.geometry.size.z > 1
    let image = isStack ? support.orientation.map(volume.reoriented) ?? volume : volume
    let slices = try stopwatch.measure("prepare") { try preparation.slices(of: image) }
    var found = LabelMap(geometry: image.geometry, labels: [])
    var probabilities: [Float] = []
    var inputs: [[Int]] = []
    for z in 0..<slices.count {
      let shares = try stopwatch.measure("infer") {
        try inference { try self.shares(slices, z, &inputs) }
      }
      stopwatch.measure("decide") {
        found.labels += decided(shares, area: slices.width * slices.height)
        if labels.count == 1 { probabilities += shares[0] }
      }
      progress(Double(z + 1) / Double(slices.count))
    }
    let shown = Volume(geometry: image.geometry, voxels: .float32(probabilities))
    let back = volume.geometry.orientation
    // The voxels return to their places; the geometry is the file's own, to the last digit.
    return Segmentation(
      labels: LabelMap(
        geometry: volume.geometry,
        labels: isStack ? found.reoriented(to: back).labels : found.labels),
      probabilities: labels.count > 1
        ? nil
        : Volume(
          geometry: volume.geometry,
          voxels: isStack ? shown.reoriented(to: back).voxels : shown.voxels),
      inputs: inputs)
  }

  /// The probability of each label in each pixel of a slice.
  private func shares(
    _ slices: SlicePreparation.Slices, _ z: Int, _ inputs: inout [[Int]]
  ) throws -> [[Float]] {
    let (width, height) = (slices.width, slices.height)
    guard let whole = try slices.whole(z) else {
      return labels.map { _ in [Float](repeating: 0, count: width * height) }
    }
    inputs.append([1] + whole.shape)
    let draws = choices(at: slices.position(z))
    var shares = try look(whole, draws, isClose: false, height: height, width: width)
    guard settings.looksCloser,
      let region = SliceRegion(
        around: decided(shares, area: width * height).map { $0 > 0 }, width: width, height: height),
      region.showsMore(
        thanSliceOf: width, height, side: (preparation.height, preparation.width)),
      let part = try slices.part(z, region)
    else { return shares }
    inputs.append([1] + part.shape)
    let (rows, columns) = (region.y.count, region.x.count)
    let closer = try look(part, draws, isClose: true, height: rows, width: columns)
    // A second look that loses what the first has found was misled.
    guard decided(closer, area: rows * columns).contains(where: { $0 > 0 }) else { return shares }
    for label in shares.indices {
      for row in 0..<rows {
        let start = (region.y.lowerBound + row) * width + region.x.lowerBound
        shares[label].replaceSubrange(
          start..<start + columns, with: closer[label][row * columns..<(row + 1) * columns])
      }
    }
    return shares
  }

  /// For each draw and label the slices that are shown to a slice at some place of its volume.
  private func choices(at position: Double?) -> [[[Int]]] {
    guard let position, draws.count == 1 else { return draws }
    return [
      labels.map {
        support.nearest(settings.examplesAtOnce, of: support.pairs(of: $0), to: position)
      }
    ]
  }

  /// Axes along which image and examples are mirrored together, from the last.
  private var mirrorings: [[Int]] { settings.mirrors ? [[], [-1], [-2], [-2, -1]] : [[]] }

  /// The probability of each label, averaged over all draws, on a grid of `height` × `width`.
  private func look(
    _ image: Tensor, _ draws: [[[Int]]], isClose: Bool, height: Int, width: Int
  ) throws -> [[Float]] {
    let target = try image.unsqueezed(0).to(device)  // (1, C, h, w)
    var sum: Tensor?
    for (draw, axes) in draws.flatMap({ draw in mirrorings.map { (draw, $0) } }) {
      let scores = try zip(labels, draw).map { label, chosen in
        let support = try support.tensors(of: label, chosen, isClose: isClose, device: device)
        return try model.logits(target.flipped(axes), support: support.flipped(axes)).flipped(axes)
      }
      let resized = try Tensor.concatenate(scores, axis: 1)  // (1, L, h, w)
        .resized(to: [height, width], .linear)
      try resized.requireNumbers()
      let background = try resized.slice(0..<1, axis: 1) * 0
      let shares = try Tensor.concatenate([background, resized], axis: 1).softmax(axis: 1)
      sum = try sum.map { try $0 + shares } ?? shares
    }
    guard let sum else { throw SupportError.settingInvalid(name: "draws", met: settings.draws) }
    let values = try (sum / Double(draws.count * mirrorings.count)).contiguous().floats()
    let area = height * width
    return labels.indices.map { Array(values[($0 + 1) * area..<($0 + 2) * area]) }
  }

  /// The label of each pixel: the one label above the threshold, or the most probable of several and
  /// background.
  private func decided(_ shares: [[Float]], area: Int) -> [Int32] {
    if labels.count == 1 {
      let threshold: Float =
        if case .threshold(let value) = preparation.preparation.decision { Float(value) } else {
          0.5
        }
      return shares[0].map { $0 > threshold ? labels[0] : 0 }
    }
    return (0..<area).map { pixel in
      var (best, label) = (1 - shares.reduce(0) { $0 + $1[pixel] }, Int32(0))
      for (index, share) in shares.enumerated() where share[pixel] > best {
        (best, label) = (share[pixel], labels[index])
      }
      return label
    }
  }
}

extension Tensor {
  /// The same along no axis.
  fileprivate func flipped(_ axes: [Int]) throws -> Tensor {
    try axes.reduce(self) { try $0.flipped($1) }
  }
}

extension SupportTensors {
  /// Images and masks mirrored alike.
  fileprivate func flipped(_ axes: [Int]) throws -> SupportTensors {
    try SupportTensors(images: images.flipped(axes), masks: masks.flipped(axes))
  }
}

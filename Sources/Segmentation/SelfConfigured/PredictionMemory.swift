// What a prediction will hold in memory, told before it starts.

public import Planning

/// Bytes of the largest things that a prediction holds at one time.
public struct PredictionMemory: Sendable, Equatable, CustomStringConvertible {
  /// The image as the file has it and as it was prepared, float32.
  public var image: Int
  /// Scores of the planes that windows can still change.
  public var band: Int
  /// Whether the band lies in a temporary file because it exceeds the limit.
  public var isBandInFile: Bool
  /// The networks' maps for one window.
  public var maps: Int
  /// The networks' weights.
  public var weights: Int
  /// Two planes of scores on the file's grid, the labels, and probabilities where they are asked for.
  public var output: Int

  public var total: Int { image + (isBandInFile ? 0 : band) + maps + weights + output }

  /// - Parameters:
  ///   - architecture: The network of the plan.
  ///   - patch: Voxels of a window.
  ///   - channels: Channels that the network reads.
  ///   - classes: Channels of scores.
  ///   - networks: Folds that are averaged.
  ///   - parameters: Weights of one network.
  ///   - grid: The prepared array and the file's.
  ///   - bandLimit: Bytes beyond which the band goes to a file.
  ///   - keepsProbabilities: Whether probabilities are kept.
  public init(
    architecture: PlannedArchitecture, patch: [Int], channels: Int, classes: Int, networks: Int,
    parameters: Int, grid: ExportGrid, bandLimit: Int, keepsProbabilities: Bool
  ) {
    let (prepared, full) = (grid.prepared.reduce(1, *), grid.full.reduce(1, *))
    image = 4 * channels * (prepared + full)
    band = ScoreBand.bytes(classes: classes, patch: patch, shape: grid.prepared)
    isBandInFile = band > bandLimit
    maps = Self.maps(architecture, patch: patch, classes: classes)
    weights = 4 * parameters * networks
    let plane = grid.box[1].count * grid.box[2].count
    output = 4 * (2 * classes * plane + full + (keepsProbabilities ? classes * full : 0))
  }

  /// One map of every encoder stage waits for the decoder; at the finest stage four more come and go.
  private static func maps(
    _ architecture: PlannedArchitecture, patch: [Int], classes: Int
  ) -> Int {
    var extents = patch
    var bytes = 0
    for (stage, features) in architecture.features.enumerated() {
      extents = zip(extents, architecture.strides[stage]).map { ($0 + $1 - 1) / $1 }
      let map = 4 * features * extents.reduce(1, *)
      bytes += stage == 0 ? 5 * map : map
    }
    return bytes + 8 * classes * patch.reduce(1, *)
  }

  public var description: String {
    "about \(Self.text(total)) of memory: image \(Self.text(image)), scores \(Self.text(band))"
      + (isBandInFile ? " in a temporary file" : "")
      + ", network \(Self.text(maps + weights)), output \(Self.text(output))"
  }

  private static func text(_ bytes: Int) -> String {
    let mebibytes = Double(bytes) / 1_048_576
    return mebibytes < 1024
      ? "\(Int(mebibytes.rounded(.up))) MiB"
      : "\((mebibytes / 102.4).rounded() / 10) GiB"
  }
}

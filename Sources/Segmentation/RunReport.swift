// What ran on what: the evidence that stands beside every result.

public import Foundation

/// The versions, hashes, settings and costs of one run, written as JSON beside its result.
public struct RunReport: Codable, Sendable {
  public struct File: Codable, Sendable {
    public var path: String
    public var sha256: String

    public init(path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  public var vesalius: String
  public var libtorch: String
  public var command: [String]
  public var started: Date
  public var model: String
  public var weights: File
  public var weightsLicence: String
  public var trainedOn: [String]
  public var image: File
  public var output: File
  public var device: String
  public var threads: Int
  /// What products are computed in: fp32, bf16 or int16.
  public var precision: String
  public var processor: [String]
  /// Voxels along x, y, z and their size in mm.
  public var size: [Int]
  public var spacing: [Double]
  /// Voxels of each label in the mask, by name.
  public var labelVoxels: [String: Int]
  /// Wall-clock seconds per stage.
  public var seconds: [String: Double]
  /// The largest resident memory of the process so far, in bytes.
  public var peakMemory: Int
  /// Whether a promptable network read the image or had read it before.
  public var embedding: EmbeddingUse.Origin?
  /// How everything was segmented; nil for other runs.
  public var automatic: Automatic?
  /// For each prompted object the overlap that the network expects of its candidates, the best first.
  public var predictedIoU: [[Double]]?
  /// How a self-configured model predicted; nil for other runs.
  public var selfConfigured: SelfConfigured?
  /// The examples that an in-context network learned from; nil for other runs.
  public var inContext: InContext?
  /// What was understood otherwise than it was written.
  public var remarks: [String]?

  /// A search for everything in one slice.
  public struct Automatic: Codable, Sendable {
    public var settings: AutomaticMasks.Settings
    public var schedule: AutomaticMasks.Schedule
    /// The slice along z.
    public var slice: Int
    /// How many masks were found.
    public var masks: Int

    public init(
      settings: AutomaticMasks.Settings, schedule: AutomaticMasks.Schedule, slice: Int, masks: Int
    ) {
      self.settings = settings
      self.schedule = schedule
      self.slice = slice
      self.masks = masks
    }
  }

  /// A trained self-configuring model and how it was used.
  public struct SelfConfigured: Codable, Sendable {
    /// The plan's dataset and configuration, such as "3d_fullres".
    public var dataset: String
    public var configuration: String
    public var folds: [String]
    /// The checkpoints of the folds.
    public var checkpoints: [File]
    /// All files of the case, one per channel or one that holds all.
    public var images: [File]
    /// Largest distance of neighbouring windows, in patches.
    public var step: Double
    /// Axes of the patch along which mirrored images were predicted too.
    public var mirroringAxes: [Int]
    /// Labels of which only the largest component stayed, step by step.
    public var largestComponentsOf: [[Int32]]
    /// Bytes of memory that were announced before it started.
    public var estimatedMemory: Int

    public init(
      dataset: String, configuration: String, folds: [String], checkpoints: [File], images: [File],
      step: Double, mirroringAxes: [Int], largestComponentsOf: [[Int32]], estimatedMemory: Int
    ) {
      self.dataset = dataset
      self.configuration = configuration
      self.folds = folds
      self.checkpoints = checkpoints
      self.images = images
      self.step = step
      self.mirroringAxes = mirroringAxes
      self.largestComponentsOf = largestComponentsOf
      self.estimatedMemory = estimatedMemory
    }
  }

  public init(
    vesalius: String, libtorch: String, command: [String], started: Date, model: String,
    weights: File, weightsLicence: String, trainedOn: [String], image: File, output: File,
    device: String, threads: Int, precision: String, processor: [String], size: [Int],
    spacing: [Double], labelVoxels: [String: Int], seconds: [String: Double], peakMemory: Int,
    embedding: EmbeddingUse.Origin? = nil
  ) {
    self.vesalius = vesalius
    self.libtorch = libtorch
    self.command = command
    self.started = started
    self.model = model
    self.weights = weights
    self.weightsLicence = weightsLicence
    self.trainedOn = trainedOn
    self.image = image
    self.output = output
    self.device = device
    self.threads = threads
    self.precision = precision
    self.processor = processor
    self.size = size
    self.spacing = spacing
    self.labelVoxels = labelVoxels
    self.seconds = seconds
    self.peakMemory = peakMemory
    self.embedding = embedding
  }

  /// Keys in alphabetical order, dates in ISO 8601, so that two reports can be compared line by line.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return try encoder.encode(self)
  }

  /// Where the report of a result lies.
  public static func path(beside output: String) -> String { output + ".json" }

  /// Writes the report into a file.
  public func write(to path: String) throws {
    try json().write(to: URL(fileURLWithPath: path))
  }
}

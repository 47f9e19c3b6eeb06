// What stands beside the scores: calibration, cost, what others published, and pictures.

public import Foundation
public import Statistics

extension ReportContent {
  /// Whether the stated probabilities are the frequencies that come true.
  public struct Calibration: Sendable, Equatable, Codable {
    public var contender: String
    /// In ascending order, without gaps.
    public var bins: [Bin]
    public var expectedError: Double?
    public var maximumError: Double?
    public var brier: Double?
    /// What was counted, e.g. "foreground probability of every voxel within 10 mm of the reference".
    public var note: String?

    public init(
      contender: String, bins: [Bin], expectedError: Double? = nil, maximumError: Double? = nil,
      brier: Double? = nil, note: String? = nil
    ) {
      self.contender = contender
      self.bins = bins
      self.expectedError = expectedError
      self.maximumError = maximumError
      self.brier = brier
      self.note = note
    }
  }

  public struct Bin: Sendable, Equatable, Codable {
    public var low: Double
    public var high: Double
    /// Voxels in it.
    public var count: Int
    public var meanConfidence: Double?
    /// The share of its voxels that are foreground in the reference.
    public var frequency: Double?

    public init(
      low: Double, high: Double, count: Int, meanConfidence: Double?, frequency: Double?
    ) {
      self.low = low
      self.high = high
      self.count = count
      self.meanConfidence = meanConfidence
      self.frequency = frequency
    }
  }

  /// What each contender costs, and on what it was measured.
  public struct Costs: Sendable, Equatable, Codable {
    /// E.g. "2 cores of an Intel Xeon, AVX-512, 8 GB; median over the cases after one warm-up".
    public var machine: String
    public var rows: [Cost]
    public var note: String?

    public init(machine: String, rows: [Cost], note: String? = nil) {
      self.machine = machine
      self.rows = rows
      self.note = note
    }
  }

  /// All per case unless it says otherwise.
  public struct Cost: Sendable, Equatable, Codable {
    public var contender: String
    public var parameters: Int?
    /// Floating-point operations, a multiplication and an addition counted as two.
    public var flops: Double?
    /// Wall-clock seconds, e.g. reading, encoding, decoding, writing; shown in this order.
    public var stages: [Stage]
    public var peakMemoryBytes: Int?
    /// Of all cores together.
    public var cpuSeconds: Double?
    public var joules: Double?
    /// E.g. "RAPL package counter" or "CPU seconds × 7.5 W".
    public var energyMethod: String?
    /// Wall-clock seconds, once.
    public var trainingSeconds: Double?
    /// Labelled cases of the task that were used to train it, once.
    public var labelledCases: Int?

    public init(
      contender: String, parameters: Int? = nil, flops: Double? = nil, stages: [Stage] = [],
      peakMemoryBytes: Int? = nil, cpuSeconds: Double? = nil, joules: Double? = nil,
      energyMethod: String? = nil, trainingSeconds: Double? = nil, labelledCases: Int? = nil
    ) {
      self.contender = contender
      self.parameters = parameters
      self.flops = flops
      self.stages = stages
      self.peakMemoryBytes = peakMemoryBytes
      self.cpuSeconds = cpuSeconds
      self.joules = joules
      self.energyMethod = energyMethod
      self.trainingSeconds = trainingSeconds
      self.labelledCases = labelledCases
    }

    /// The stages together; nil where none was measured.
    public var seconds: Double? {
      stages.isEmpty ? nil : stages.reduce(0) { $0 + $1.seconds }
    }
  }

  public struct Stage: Sendable, Equatable, Codable {
    public var name: String
    public var seconds: Double

    public init(_ name: String, seconds: Double) {
      self.name = name
      self.seconds = seconds
    }
  }

  /// A number that somebody printed, beside the one measured here.
  public struct PublishedScore: Sendable, Equatable, Codable {
    public var contender: String
    public var metric: String
    public var value: Double
    /// As printed with it.
    public var standardDeviation: Double?
    public var measured: Double?
    public var measuredInterval: Interval?
    /// The data it was published for.
    public var dataset: String
    /// In what the two differ, e.g. "other split; 2-D Dice averaged over slices".
    public var difference: String?
    public var source: Reference

    public init(
      contender: String, metric: String, value: Double, standardDeviation: Double? = nil,
      measured: Double? = nil, measuredInterval: Interval? = nil, dataset: String,
      difference: String? = nil, source: Reference
    ) {
      self.contender = contender
      self.metric = metric
      self.value = value
      self.standardDeviation = standardDeviation
      self.measured = measured
      self.measuredInterval = measuredInterval
      self.dataset = dataset
      self.difference = difference
      self.source = source
    }
  }

  /// Where something is written.
  public struct Reference: Sendable, Equatable, Codable {
    public var citation: String
    /// An http or https address; others are printed, not linked.
    public var url: String?

    public init(_ citation: String, url: String? = nil) {
      self.citation = citation
      self.url = url
    }
  }

  /// Pictures of cases.
  public struct Gallery: Sendable, Equatable, Codable {
    public var items: [Picture]
    public var legend: [LegendEntry]
    /// How cases were chosen, e.g. "best, median and worst by Dice".
    public var note: String?

    public init(items: [Picture], legend: [LegendEntry] = [], note: String? = nil) {
      self.items = items
      self.legend = legend
      self.note = note
    }
  }

  public struct Picture: Sendable, Equatable, Codable {
    public enum Place: String, Sendable, Codable, CaseIterable {
      case best
      case median
      case worst
    }

    public enum Format: String, Sendable, Codable {
      case png
      case jpeg
    }

    public var contender: String
    public var place: Place
    public var caseID: String
    /// Names and values as they shall be printed, e.g. "Dice" and "0.91".
    public var scores: [Fact]
    public var format: Format
    /// The encoded file.
    public var bytes: Data
    /// Pixels; nil where unknown.
    public var width: Int?
    public var height: Int?
    public var isContaminated: Bool

    public init(
      contender: String, place: Place, caseID: String, scores: [Fact], format: Format, bytes: Data,
      width: Int? = nil, height: Int? = nil, isContaminated: Bool = false
    ) {
      self.contender = contender
      self.place = place
      self.caseID = caseID
      self.scores = scores
      self.format = format
      self.bytes = bytes
      self.width = width
      self.height = height
      self.isContaminated = isContaminated
    }
  }

  /// What a colour of the pictures means.
  public struct LegendEntry: Sendable, Equatable, Codable {
    public enum Stroke: String, Sendable, Codable {
      case filled
      case solid
      case dashed
    }

    public var text: String
    /// Eight bits each.
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public var stroke: Stroke

    public init(_ text: String, red: UInt8, green: UInt8, blue: UInt8, stroke: Stroke) {
      self.text = text
      self.red = red
      self.green = green
      self.blue = blue
      self.stroke = stroke
    }
  }
}

// What each contender takes: time, memory, energy, and labelled cases.

extension ReportContent {
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
}

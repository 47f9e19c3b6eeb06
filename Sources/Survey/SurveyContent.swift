// The whole survey as plain records: what files hold, what the database is filled with, what is exported.

/// All records, each table in the order of its keys.
public struct SurveyContent: Sendable, Equatable {
  public internal(set) var affiliations: [Affiliation] = []
  public internal(set) var sources: [SurveySource] = []
  public internal(set) var models: [SurveyModel] = []
  public internal(set) var datasets: [SurveyDataset] = []
  public internal(set) var runs: [MeasuredRun] = []
  public internal(set) var results: [SurveyResult] = []
  public internal(set) var doubts: [Doubt] = []
  public internal(set) var evidence: [Evidence] = []

  public init() {}

  /// What is done with every table, in an order in which each refers to earlier ones only.
  protocol Visitor {
    mutating func visit<Record: SurveyRecord>(_ type: Record.Type) throws
  }

  static func visit(_ visitor: inout some Visitor) throws {
    try visitor.visit(Affiliation.self)
    try visitor.visit(SurveySource.self)
    try visitor.visit(SurveyModel.self)
    try visitor.visit(SurveyDataset.self)
    try visitor.visit(MeasuredRun.self)
    try visitor.visit(SurveyResult.self)
    try visitor.visit(Doubt.self)
    try visitor.visit(Evidence.self)
  }
}

/// Records with the places where they were read, so that what is wrong can be named.
struct Draft {
  var content = SurveyContent()
  /// For each table the place of each record.
  var places: [String: [Place]] = [:]

  mutating func add<Record: SurveyRecord>(_ record: Record, at place: Place) {
    content[keyPath: Record.place].append(record)
    places[Record.table, default: []].append(place)
  }

  func place<Record: SurveyRecord>(of index: Int, in type: Record.Type) -> Place {
    places[Record.table]?[index] ?? Place(file: Record.table, line: 1)
  }
}

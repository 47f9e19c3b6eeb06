// Pictures of cases, and what their colours mean.

public import Foundation

extension ReportContent {
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

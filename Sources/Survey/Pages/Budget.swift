// What a training cost, as far as the literature lets one tell: hours of devices times a stated price.

import Foundation
import Tables

/// Prices of training devices by the hour.
public struct PriceTable: Sendable, Equatable {
  /// US dollars by device, named as in the survey.
  public let dollarsPerHour: [String: Double]

  /// The prices that ship: round figures of the order of renting the device, assumed and not quoted.
  ///
  /// - Throws: ``SurveyError``
  public static func assumed() throws -> PriceTable {
    try PriceTable(contentsOf: Seed.folder + "/prices.csv")
  }

  /// Reads a table with the columns gpu and dollars_per_hour.
  ///
  /// - Throws: ``SurveyError``
  public init(contentsOf path: String) throws {
    let text = try TextFile.read(path)
    let file = TextFile.name(path)
    func fault(_ line: Int, _ rule: Rule, _ text: String) -> SurveyError {
      .refused([Place(file: file, line: line).finding(rule, text)])
    }
    let table: CSV
    do { table = try CSV(parsing: text) } catch { throw fault(1, .format, "\(error)") }
    guard table.header == ["gpu", "dollars_per_hour"] else {
      throw fault(1, .columns, "expected the columns gpu and dollars_per_hour")
    }
    var prices: [String: Double] = [:]
    for row in table.rows {
      do {
        prices[row.fields[0]] = try TextRule.number(.text(row.fields[1]), in: 0...100_000)
      } catch let cell as CellFault { throw fault(row.line, cell.rule, cell.text) }
    }
    dollarsPerHour = prices
  }
}

/// What training a model cost.
public struct TrainingCost: Sendable, Equatable, Codable {
  public let gpu: String
  public let count: Int
  /// Hours of the whole training; nil where nobody has published them.
  public let hours: Double?
  public let dollarsPerGPUHour: Double?

  /// Devices times hours.
  public var gpuHours: Double? { hours.map { $0 * Double(count) } }

  /// In US dollars by the price table.
  public var dollars: Double? {
    guard let gpuHours, let dollarsPerGPUHour else { return nil }
    return gpuHours * dollarsPerGPUHour
  }

  /// nil where the survey does not know the hardware.
  init?(_ model: SurveyModel, _ evidence: [Evidence], _ prices: PriceTable) {
    guard let gpu = model.trainGPU, let count = model.trainGPUsCount else { return nil }
    self.gpu = gpu
    self.count = count
    hours = evidence.first { $0.item == .trainingHours }.flatMap { Double($0.statement) }
    dollarsPerGPUHour = prices.dollarsPerHour[gpu]
  }

  /// In a sentence.
  public var text: String {
    let hardware = "\(count) × \(gpu)"
    guard let gpuHours else {
      guard let dollarsPerGPUHour else { return "\(hardware), hours not known" }
      let price = Self.money(dollarsPerGPUHour * Double(count))
      return "\(hardware), hours not known: about \(price) for each hour of training"
    }
    guard let dollars else { return "\(hardware), \(Cell.text(gpuHours)) GPU-hours" }
    return "\(hardware), \(Cell.text(gpuHours)) GPU-hours: about \(Self.money(dollars))"
  }

  private static func money(_ dollars: Double) -> String {
    dollars < 10 ? "$\(Cell.text((dollars * 100).rounded() / 100))" : "$\(Int(dollars.rounded()))"
  }
}

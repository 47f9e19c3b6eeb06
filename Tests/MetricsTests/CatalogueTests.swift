// The catalogue, the options and the evaluator that joins them with the functions.

import Foundation
import Metrics
import TestSupport
import Testing

@Suite struct CatalogueTests {
  @Test func idsAreUniqueAndInKebabCase() {
    let ids = Metric.all.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(Set(Metric.all.map(\.abbreviation)).count == ids.count)
    let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
    #expect(ids.allSatisfy { Set($0).isSubset(of: allowed) })
  }

  @Test func theWorstValueIsTheEndOfTheRange() {
    for metric in Metric.all {
      guard let worst = metric.worst else { continue }
      let ends = [metric.range.lowerBound, metric.range.upperBound]
      #expect(ends.map(metric.merit).min() == metric.merit(worst))
      #expect(metric.higherIsBetter)
    }
    #expect(Metric.volumeDifference.merit(-3) < Metric.volumeDifference.merit(2))
    #expect(!Metric.volumeDifference.higherIsBetter)
    #expect(Metric.hd95.merit(1) > Metric.hd95.merit(2))
  }

  @Test func everyMetricIsInTheIndexAndHasAGuide() throws {
    let index = try String(
      contentsOfFile: Repository.path("Documentation/metrics/README.md"), encoding: .utf8)
    for metric in Metric.all {
      #expect(index.contains("| `\(metric.id)` | [\(metric.title)](\(metric.guide)) |"))
    }
    for metric in Metric.all {
      let guide = Repository.path("Documentation/metrics/" + metric.guide)
      #expect(FileManager.default.fileExists(atPath: guide), "\(metric.guide)")
    }
  }

  @Test func namesAreFound() throws {
    #expect(try Metric.named(["dice", "HD95", "dice"]) == [.dice, .hd95])
    let error = #expect(throws: MetricsError.self) { try Metric(named: "dise") }
    #expect(error == .unknownMetric("dise", known: Metric.all.map(\.id)))
    #expect(error?.description.hasPrefix("There is no metric 'dise'; known are dice, iou") == true)
  }

  @Test func optionsNameOnlyWhatDiffers() throws {
    var options = MetricOptions()
    options.emptyPolicy = .one
    options.matchingComparison = .reaches
    options.calibrationBins = 10
    let whole = try JSONEncoder().encode(options)
    #expect(try JSONDecoder().decode(MetricOptions.self, from: whole) == options)
    let part = Data(
      #"{"emptyPolicy": "one", "matchingComparison": "reaches", "calibrationBins": 10}"#.utf8)
    #expect(try JSONDecoder().decode(MetricOptions.self, from: part) == options)
    #expect(
      try JSONDecoder().decode(MetricOptions.self, from: Data("{}".utf8)) == MetricOptions())
  }
}

// Options as a command line writes them.

import Metrics
import Testing

@Suite struct MetricOptionsTests {
  @Test func settingsBecomeOptions() throws {
    let options = try MetricOptions(settings: [
      "nsdToleranceMM=1", "surfaceReading=surfaceElements", "percentileDefinition=pooled",
      "emptySurface.oneEmpty=diagonal", "calibrationExcludesZero=true", "calibrationBins=15",
      "boundaryShare=0.05",
    ])
    var expected = MetricOptions()
    expected.nsdToleranceMM = 1
    expected.surfaceReading = .surfaceElements
    expected.percentileDefinition = .pooled
    expected.emptySurface.oneEmpty = .diagonal
    expected.calibrationExcludesZero = true
    expected.boundaryShare = 0.05
    #expect(options == expected)
    #expect(try MetricOptions(settings: []) == MetricOptions())
    #expect(
      try MetricOptions(settings: ["nsdToleranceMM=2", "nsdToleranceMM=3"]).nsdToleranceMM == 3)
  }

  @Test(arguments: [
    "nsdToleranceMM", "tolerance=2", "nsdToleranceMM=wide", "surfaceReading=edges",
    "emptySurface.neither=zero", "=3", "calibrationBins=true",
  ])
  func nonsenseIsRefused(setting: String) {
    #expect(throws: MetricsError.self) { try MetricOptions(settings: [setting]) }
  }
}

// The command that measures our surface metrics for Benchmarks/run: two label maps to one JSON of figures.

import Foundation
import Imaging
import Metrics

@main
struct MetricsBenchmark {
  static let usage = """
    usage: metrics-benchmark PREDICTION REFERENCE --like medpy|monai|surface-distance \
    --tolerance MM --output FOLDER
    """

  static func main() {
    do {
      let options = try Options(CommandLine.arguments.dropFirst())
      let figures = try Figures(options)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let file = URL(fileURLWithPath: options.output).appendingPathComponent("figures.json")
      try encoder.encode(figures).write(to: file)
    } catch {
      FileHandle.standardError.write(Data("metrics-benchmark: \(error)\n".utf8))
      exit(error is Options.Defect ? 2 : 1)
    }
  }
}

/// What a peer computes, in its own reading of each metric.
struct Figures: Encodable {
  /// Values by metric and label.
  var values: [String: Double] = [:]
  /// Wall seconds by stage.
  var seconds: [String: Double] = [:]

  init(_ options: Options) throws {
    let start = ContinuousClock.now
    let prediction = try LabelMap(contentsOf: options.prediction)
    let reference = try LabelMap(contentsOf: options.reference)
    let loaded = ContinuousClock.now
    let table = try SurfaceDistanceTable(
      prediction: prediction.labels, reference: reference.labels, size: reference.geometry.size,
      spacing: reference.geometry.spacing,
      reading: options.peer == .surfaceDistance ? .surfaceElements : .borderVoxels)
    for label in table.labels {
      let surfaces = table[label]
      let definition: PercentileDefinition? = options.peer == .medpy ? .pooled : nil
      values["hd95 \(label)"] = try surfaces.hausdorff(percentile: 95, definition: definition)
      if options.peer == .surfaceDistance {
        values["to reference \(label)"] = surfaces.averageDistanceToReference()
        values["to prediction \(label)"] = surfaces.averageDistanceToPrediction()
      } else {
        values["assd \(label)"] = surfaces.assd()
      }
      // MedPy has no surface Dice; it costs nothing here once the distances are known.
      if options.peer != .medpy {
        values["nsd \(label)"] = try surfaces.surfaceDice(tolerance: options.tolerance)
      }
    }
    seconds["load"] = (loaded - start) / .seconds(1)
    seconds["measure"] = (ContinuousClock.now - loaded) / .seconds(1)
  }
}

struct Options {
  enum Peer: String {
    case medpy
    case monai
    case surfaceDistance = "surface-distance"
  }

  /// Why the arguments cannot be used.
  struct Defect: Error, CustomStringConvertible {
    let description: String
  }

  var prediction = ""
  var reference = ""
  var peer = Peer.monai
  var tolerance = 1.0
  var output = "."

  init(_ arguments: ArraySlice<String>) throws {
    var files: [String] = []
    var arguments = arguments
    while let word = arguments.popFirst() {
      guard word.hasPrefix("--") else {
        files.append(word)
        continue
      }
      guard let value = arguments.popFirst() else { throw Defect(description: "\(word): no value") }
      switch (word, Peer(rawValue: value), Double(value)) {
      case ("--like", let peer?, _): self.peer = peer
      case ("--tolerance", _, let number?): tolerance = number
      case ("--output", _, _): output = value
      default: throw Defect(description: "\(word) \(value)\n\(MetricsBenchmark.usage)")
      }
    }
    guard files.count == 2 else { throw Defect(description: MetricsBenchmark.usage) }
    (prediction, reference) = (files[0], files[1])
  }
}

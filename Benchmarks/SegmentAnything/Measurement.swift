// What a reader of the comparison needs of one process: seconds of each step, and values to compare.

import Foundation
import Imaging
import Models
import Segmentation
import Tensors

/// The figures of one process, in seconds unless said otherwise.
struct Measurement: Encodable {
  /// Wall seconds of a step, and the processor seconds that all its threads took.
  struct Seconds: Encodable {
    var wall: [Double] = []
    var processor: [Double] = []

    mutating func measure<T>(_ body: () throws -> T) rethrows -> T {
      let (start, used) = (ContinuousClock.now, Self.processorTime)
      defer {
        wall.append((ContinuousClock.now - start) / .seconds(1))
        processor.append(Self.processorTime - used)
      }
      return try body()
    }

    private static var processorTime: Double {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
  }

  var load = Seconds()
  var encode = Seconds()
  var point = Seconds()
  var box = Seconds()
  /// From the start of the process to the first mask, where the caller told when it started.
  var endToEnd: Double?
  /// Every 509th value: a prime, so that all rows, columns and channels occur.
  var embedding: [Float] = []
  /// Lengths of the runs of equal pixels, row by row; the first counts pixels outside.
  var masks: [String: [Int]] = [:]

  static func run(_ options: Options) throws -> Measurement {
    var figures = Measurement()
    if let threads = options.threads { try Engine.setThreads(threads) }
    let entry = try Registry.model(options.model)
    let image = try Volume(contentsOf: options.image)
    let loaded = try figures.load.measure { try load(entry, options) }
    let sessions = try PromptSessions(loaded.model, entry: entry)
    var session = try figures.encode.measure { try sessions.open(image) }
    let prompts = [
      ("point", \Measurement.point, options.point.map { ObjectPrompt(points: [$0]) }),
      ("box", \Measurement.box, options.box.map { ObjectPrompt(box: $0) }),
    ]
    for (name, step, prompt) in prompts {
      guard let prompt else { continue }
      for _ in 0..<2 * options.runs {
        let found = try figures[keyPath: step].measure {
          try session.segment([prompt], multimask: false)
        }
        if figures.endToEnd == nil, let started = options.started {
          figures.endToEnd = Date().timeIntervalSince1970 - started
        }
        figures.masks[name] = runLengths(found.first?.first?.mask ?? [])
      }
    }
    for _ in 1..<options.runs {
      session = try figures.encode.measure { try sessions.open(image) }
    }
    let values = try (session as? Session)?.embedding.features.floats() ?? []
    figures.embedding = stride(from: 0, to: values.count, by: 509).map { values[$0] }
    return figures
  }

  private static func load(_ entry: RegisteredModel, _ options: Options) throws
    -> ModelStore.Loaded
  {
    let precision: PrecisionChoice
    if options.precision == "auto" {
      precision = .automatic
    } else if let named = Precision(rawValue: options.precision) {
      precision = .exactly(named)
    } else {
      throw Options.Defect(reason: "there is no precision \(options.precision)")
    }
    return try ModelStore().load(entry, weights: options.weights, precision: precision)
  }

  private static func runLengths(_ mask: [UInt8]) -> [Int] {
    var lengths: [Int] = []
    var start = 0
    var inside: UInt8 = 0
    for (pixel, value) in mask.enumerated() where value != inside {
      lengths.append(pixel - start)
      start = pixel
      inside = value
    }
    return lengths + [mask.count - start]
  }
}

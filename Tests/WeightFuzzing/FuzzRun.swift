// Feeds broken files to every reader and measures that none hangs, grows or misbehaves.

import Foundation
import Weights

/// One run over many mutated inputs.
public struct FuzzRun: Sendable {
  /// What a run saw.
  public struct Report: Sendable, CustomStringConvertible {
    public var inputs = 0
    public var accepted = 0
    public var refused = 0
    /// Errors of another type, or whose text is not one line.
    public var complaints: [String] = []
    public var slowestSeconds = 0.0
    public var slowestInput = 0
    /// How far the peak memory rose after the first inputs, in bytes.
    public var memoryGrowth = 0

    public var description: String {
      "\(inputs) inputs, \(accepted) read, \(refused) refused, \(complaints.count) complaints, "
        + "slowest \(Int(slowestSeconds * 1000)) ms (input \(slowestInput)), "
        + "peak memory +\(memoryGrowth >> 20) MiB"
    }
  }

  private let mutator: Mutator
  private let watchdog: Watchdog

  /// Prepares a run; `onHang` is called with the number of an input that takes over five seconds.
  public init(
    seed: UInt64, samples: [Sample], onHang: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    mutator = Mutator(seed: seed, samples: samples)
    watchdog = Watchdog(limit: 5, onHang: onHang)
  }

  /// Feeds the inputs of the given numbers; `before` sees each number first.
  public func run(_ numbers: Range<Int>, before: (Int) -> Void = { _ in }) -> Report {
    var report = Report()
    watchdog.start()
    defer { watchdog.stop() }
    var peak = Self.peakMemory()
    for number in numbers {
      before(number)
      let sample = mutator.input(number)
      watchdog.enter(number)
      let start = DispatchTime.now().uptimeNanoseconds
      exercise(sample, number, &report)
      let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
      watchdog.leave()
      if seconds > report.slowestSeconds {
        report.slowestSeconds = seconds
        report.slowestInput = number
      }
      report.inputs += 1
      if report.inputs == min(1000, numbers.count / 2) { peak = Self.peakMemory() }
    }
    report.memoryGrowth = Self.peakMemory() - peak
    return report
  }

  private func exercise(_ sample: Sample, _ number: Int, _ report: inout Report) {
    var wasRead = false
    let readers: [() throws -> Void] = [
      {
        let file = try WeightFile(bytes: sample.bytes, name: "fuzz")
        wasRead = true
        for name in file.names { _ = try? file.tensors[name]?.contiguousBytes() }
        _ = try file.stateDict()
      },
      {
        guard sample.name.hasPrefix("npy") else { return }
        _ = try NumpyFile(bytes: sample.bytes, name: "fuzz").tensor.contiguousBytes()
      },
      {
        guard sample.name.hasPrefix("index") else { return }
        try WeightFile.checkIndex(bytes: sample.bytes, name: "fuzz")
        wasRead = true
      },
    ]
    for reader in readers {
      do {
        try reader()
      } catch let error as WeightsError {
        if error.description.contains(where: \.isNewline) {
          report.complaints.append("input \(number): the error has several lines")
        }
      } catch {
        report.complaints.append("input \(number): \(error)")
      }
    }
    if wasRead { report.accepted += 1 } else { report.refused += 1 }
  }

  private static func peakMemory() -> Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #endif
  }
}

/// Notices an input that does not come back.
// Safe because a lock guards every access to the mutable state.
private final class Watchdog: @unchecked Sendable {
  private let lock = NSLock()
  private let limit: Double
  private let onHang: @Sendable (Int) -> Void
  private var current: (number: Int, since: DispatchTime)?
  private var isRunning = false

  init(limit: Double, onHang: @escaping @Sendable (Int) -> Void) {
    self.limit = limit
    self.onHang = onHang
  }

  func start() {
    lock.withLock { isRunning = true }
    let thread = Thread { [self] in
      while lock.withLock({ isRunning }) {
        Thread.sleep(forTimeInterval: 0.25)
        guard let current = lock.withLock({ current }) else { continue }
        let elapsed = DispatchTime.now().uptimeNanoseconds - current.since.uptimeNanoseconds
        if Double(elapsed) / 1e9 > limit { onHang(current.number) }
      }
    }
    thread.start()
  }

  func enter(_ number: Int) { lock.withLock { current = (number, .now()) } }

  func leave() { lock.withLock { current = nil } }

  func stop() { lock.withLock { isRunning = false } }
}

// How far a download is, how fast it goes and how long it still takes, on one line.

import Foundation
import Segmentation

/// A bar for a download, drawn only where somebody can see it.
// Safe because every access holds the lock.
final class TransferBar: @unchecked Sendable {
  private let lock = NSLock()
  private let bar: ProgressBar
  private var begun: (bytes: Int, time: ContinuousClock.Instant)?
  private var drawn: ContinuousClock.Instant?

  init(_ label: String) { bar = ProgressBar(label) }

  func show(_ progress: PullProgress) {
    lock.withLock {
      let now = ContinuousClock.now
      // More often than eyes can follow would cost more than it tells.
      if let drawn, now - drawn < .milliseconds(100) { return }
      drawn = now
      switch progress {
      case .waiting: bar.show("waits for another pull of this file")
      case .received(let bytes, let total):
        let begun = begun ?? (bytes, now)
        self.begun = begun
        bar.show(
          Self.text(
            bytes: bytes, total: total, fetched: bytes - begun.bytes,
            seconds: (now - begun.time) / .seconds(1)))
      }
    }
  }

  func clear() { bar.clear() }

  /// Bytes that are here and in all, with the speed of those `fetched` in this run.
  static func text(bytes: Int, total: Int?, fetched: Int, seconds: Double) -> String {
    let rate = seconds > 0 ? max(0, Double(fetched)) / seconds : 0
    let speed = String(format: "%.1f MB/s", rate / 1e6)
    guard let total, total > 0 else {
      return String(format: "%.1f MB  ", Double(bytes) / 1e6) + speed
    }
    let filled = Int((min(Double(bytes) / Double(total), 1) * 16).rounded())
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 16 - filled)
    let size = String(format: " %.1f of %.1f MB  ", Double(bytes) / 1e6, Double(total) / 1e6)
    guard rate > 0 else { return bar + size + speed }
    let clock = TimedBar.clock(Double(total - bytes) / rate)
    return bar + size + speed + "  \(clock) left"
  }
}

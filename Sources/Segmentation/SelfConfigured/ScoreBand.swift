// The weighted sums of overlapping windows, for as many planes as windows can still change.

import Foundation
import Tensors

/// Sums of scores in a band of planes that moves along the first axis.
final class ScoreBand {
  private let classes: Int
  private let patch: [Int]
  private let shape: [Int]
  private let weights: [Float]
  /// The classes' sums (classes, depth, H, W), and the sums of the weights behind them.
  private let memory: ScratchMemory
  private let depth: Int
  private let area: Int
  /// The plane of the image that is plane 0 of the band.
  private var start = 0

  init(classes: Int, patch: [Int], shape: [Int], weights: [Float], limit: Int) throws {
    self.classes = classes
    self.patch = patch
    self.shape = shape
    self.weights = weights
    depth = min(patch[0], shape[0])
    area = shape[1] * shape[2]
    memory = try ScratchMemory(count: (classes + 1) * depth * area, limit: limit)
  }

  static func bytes(classes: Int, patch: [Int], shape: [Int]) -> Int {
    (classes + 1) * min(patch.count == 2 ? 1 : patch[0], shape[0]) * shape[1] * shape[2] * 4
  }

  /// Adds `share` of a window's scores (classes, patch) that lie mirrored along `flipped`.
  func add(_ scores: [Float], of window: Window, flipped: [Bool], share: Float) throws {
    // Safe because every class writes a part of its own.
    nonisolated(unsafe) let sums = memory.floats
    let (depth, area, start, weights, count) = (depth, area, start, weights, patch.reduce(1, *))
    let width = shape[2]
    let (planes, rows, columns) = (window.inside(0), window.inside(1), window.inside(2))
    _ = try concurrentMap(classes) { label in
      scores.withUnsafeBufferPointer { scores in
        weights.withUnsafeBufferPointer { weights in
          for plane in planes {
            for row in rows {
              let line =
                ((label * depth + window.start[0] + plane - start) * area)
                + (window.start[1] + row) * width + window.start[2]
              let weight = window.place(plane, row, [false, false, false])
              let score = label * count + window.place(plane, row, flipped)
              if flipped[2] {
                let last = score + window.patch[2] - 1
                for column in columns {
                  sums[line + column] += weights[weight + column] * share * scores[last - column]
                }
              } else {
                for column in columns {
                  sums[line + column] += weights[weight + column] * share * scores[score + column]
                }
              }
            }
          }
        }
      }
    }
  }

  /// Notes that a window's voxels have been seen once more.
  func count(_ window: Window) {
    let sums = memory.floats
    let columns = window.inside(2)
    weights.withUnsafeBufferPointer { weights in
      for plane in window.inside(0) {
        for row in window.inside(1) {
          let line =
            ((classes * depth + window.start[0] + plane - start) * area)
            + (window.start[1] + row) * shape[2] + window.start[2]
          let weight = window.place(plane, row, [false, false, false])
          for column in columns { sums[line + column] += weights[weight + column] }
        }
      }
    }
  }

  /// Normalises and hands out the planes before `end`, then moves the band there.
  func emit(upTo end: Int, _ body: (ScorePlanes) throws -> Void) throws {
    guard end > start else { return }
    let sums = memory.floats
    let done = (end - start) * area
    let divisors = sums + classes * depth * area
    for label in 0..<classes {
      let scores = sums + label * depth * area
      var total: Float = 0
      for index in 0..<done {
        scores[index] /= divisors[index]
        // Stays 0 for every number, and becomes NaN with the first that is none.
        total += scores[index] * 0
      }
      if total.isNaN { throw SegmentationError.notNumbers }
    }
    try body(
      ScorePlanes(
        planes: start..<end, extents: [shape[1], shape[2]],
        channels: (0..<classes).map {
          UnsafeBufferPointer(start: sums + $0 * depth * area, count: done)
        }))
    let rest = depth * area - done
    for channel in 0...classes {
      let scores = sums + channel * depth * area
      scores.update(from: scores + done, count: rest)
      (scores + rest).update(repeating: 0, count: done)
    }
    start = end
  }
}

// Prepared cases on disk: what goes in comes out, and nothing that is damaged or stale is ever used.

import Datasets
import Foundation
import TestSupport
import Testing

@testable import Planning

@Suite struct PreparationStoreTests {
  @Test(arguments: [0, 40_000, 1 << 24])
  func boxesComeOutAsTheyWentIn(cacheLimit: Int) throws {
    try Temporary.withFolder { folder in
      let prepared = Self.preparedCase([37, 40, 9], channels: 2)
      let store = CaseStore(folder: folder, cacheLimit: cacheLimit)
      try CaseFile.write(
        prepared, id: "a", key: "k", block: [16, 16, 8], groups: nil, threads: 2,
        to: store.path(of: "a"))
      let mapped = try store.open("a")
      #expect(mapped.shape == prepared.image.shape)
      #expect(mapped.placement == prepared.placement)
      #expect(mapped.channels == 2)
      #expect(store.ids == ["a"])
      let boxes: [([Int], [Int])] = [
        ([0, 0, 0], [37, 40, 9]), ([-3, 5, -1], [10, 20, 12]), ([30, 35, 7], [16, 16, 16]),
        ([16, 16, 0], [1, 1, 1]), ([50, 0, 0], [4, 4, 4]), ([-9, -9, -9], [60, 60, 30]),
      ]
      let failures = Failures()
      DispatchQueue.concurrentPerform(iterations: 24) { turn in
        let (lower, size) = boxes[turn % boxes.count]
        let isRight = Self.box(mapped, lower, size).map {
          $0 == Self.expected(prepared, lower, size)
        }
        if isRight != true { failures.add("\(lower) \(size)") }
      }
      #expect(failures.list.isEmpty)
      #expect(store.cache.bytes <= cacheLimit)
    }
  }

  @Test func locationsAreVoxelsOfTheirLabels() throws {
    try Temporary.withFolder { folder in
      let prepared = Self.preparedCase([12, 11, 10], channels: 1)
      let store = CaseStore(folder: folder)
      let path = store.path(of: "x/y")
      try CaseFile.write(
        prepared, id: "x/y", key: "k", block: [8, 8, 8], groups: [[1], [1, 2], [9], [-1, 0]],
        threads: 1, to: path)
      #expect(store.ids == ["x/y"])
      let mapped = try store.open("x/y")
      #expect(mapped.classes == [[1], [1, 2], [-1, 0]])
      let labels = try #require(prepared.labels).labels
      for (number, group) in mapped.classes.enumerated() {
        let all = Set(labels.indices.filter { group.contains(labels[$0]) })
        #expect(mapped.locationCount(of: number) == all.count)
        let met = (0..<all.count).map { index in
          let voxel = mapped.location(of: number, at: index)
          return (voxel[0] * 11 + voxel[1]) * 10 + voxel[2]
        }
        #expect(Set(met) == all)
      }
      #expect(mapped.labelCounts[1] == labels.filter { $0 == 1 }.count)
    }
  }

  @Test func manyVoxelsAreDrawnEvenly() {
    let labels = (0..<120_000).map { Int16($0 % 3) }
    let drawn = ClassLocations.sampled(from: labels, groups: [[1], [1, 2]])
    for draw in drawn {
      #expect(draw.voxels.count == 10_000)
      #expect(zip(draw.voxels, draw.voxels.dropFirst()).allSatisfy { $0 < $1 })
      #expect(draw.voxels.allSatisfy { draw.labels.contains(labels[Int($0)]) })
      // A tenth of the array holds about a tenth of the draw.
      let tenths = Dictionary(grouping: draw.voxels) { $0 / 12_000 }.values.map(\.count)
      #expect(tenths.count == 10)
      #expect(tenths.allSatisfy { (850...1150).contains($0) })
    }
    #expect(drawn == ClassLocations.sampled(from: labels, groups: [[1], [1, 2]]))
  }

  private static func preparedCase(_ shape: [Int], channels: Int) -> PreparedCase {
    let count = shape.reduce(1, *)
    let image = ImageArray(
      channels: (0..<channels).map {
        PreparationGolden.noise(count, seed: UInt64($0)).map { Float($0) - 0.5 }
      }, shape: shape, spacing: [1, 2, 3])
    let labels = PreparationGolden.noise(count, seed: 77).map { Int16($0 * 4) - 1 }
    return PreparedCase(
      image: image, labels: LabelArray(labels: labels, shape: shape, spacing: [1, 2, 3]),
      placement: Placement(
        transposeForward: [0, 1, 2], transposeBackward: [0, 1, 2], fileShape: shape,
        fileSpacing: [1, 2, 3], shapeBeforeCrop: shape, cropLower: [0, 0, 0],
        shapeAfterCrop: shape, spacing: [1, 2, 3], preparedShape: shape,
        preparedSpacing: [1, 2, 3]))
  }

  private struct Box: Equatable {
    var image: [Float]
    var labels: [Int16]
  }

  private static func box(_ mapped: MappedCase, _ lower: [Int], _ size: [Int]) -> Box? {
    let count = size.reduce(1, *)
    var box = Box(
      image: Array(repeating: .nan, count: count * mapped.channels),
      labels: Array(repeating: 99, count: count))
    let isRead: Void? = try? box.image.withUnsafeMutableBufferPointer { image in
      try box.labels.withUnsafeMutableBufferPointer { labels in
        try mapped.read(lower: lower, size: size, image: image, labels: labels)
      }
    }
    return isRead.map { box }
  }

  private static func expected(
    _ prepared: PreparedCase, _ lower: [Int], _ size: [Int]
  ) -> Box {
    let shape = prepared.image.shape
    let places = PreparationGolden.voxels(size).map { voxel -> Int? in
      let place = (0..<3).map { voxel[$0] + lower[$0] }
      guard (0..<3).allSatisfy({ (0..<shape[$0]).contains(place[$0]) }) else { return nil }
      return (place[0] * shape[1] + place[1]) * shape[2] + place[2]
    }
    return Box(
      image: prepared.image.channels.flatMap { channel in places.map { $0.map { channel[$0] } ?? 0 }
      },
      labels: places.map { $0.flatMap { prepared.labels?.labels[$0] } ?? -1 })
  }
}

/// What went wrong on several threads.
private final class Failures: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var found: [String] = []

  func add(_ failure: String) { lock.withLock { found.append(failure) } }
  var list: [String] { lock.withLock { found } }
}

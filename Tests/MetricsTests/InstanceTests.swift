// Connected components against a flood fill, and overlaps of objects against every pair of sets.

import Metrics
import Testing

@Suite struct InstanceTests {
  /// Numbers of components by flood fill, in the order of their first voxels.
  private static func flooded(
    _ labels: [Int32], _ size: SIMD3<Int>, _ connectivity: Connectivity
  ) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: labels.count)
    var last: Int32 = 0
    for start in labels.indices where labels[start] != 0 && numbers[start] == 0 {
      last += 1
      numbers[start] = last
      var open = [start]
      while let voxel = open.popLast() {
        let place = [voxel % size.x, voxel / size.x % size.y, voxel / (size.x * size.y)]
        for step in 0..<27 {
          let offset = [step % 3 - 1, step / 3 % 3 - 1, step / 9 - 1]
          let distance = offset.reduce(0) { $0 + abs($1) }
          guard distance == 1 || (distance > 1 && connectivity == .full) else { continue }
          let next = zip(place, offset).map { $0 + $1 }
          guard (0..<3).allSatisfy({ (0..<size[$0]).contains(next[$0]) }) else { continue }
          let index = next[0] + size.x * (next[1] + size.y * next[2])
          if labels[index] == labels[start], numbers[index] == 0 {
            numbers[index] = last
            open.append(index)
          }
        }
      }
    }
    return numbers
  }

  @Test(arguments: Connectivity.allCases)
  func componentsAgreeWithFloodFill(connectivity: Connectivity) throws {
    for pair in VolumePair.many {
      let found = try Instances.components(
        of: pair.prediction, size: pair.size, connectivity: connectivity)
      let expected = Self.flooded(pair.prediction, pair.size, connectivity)
      #expect(found.numbers == expected, "seed \(pair.seed)")
      for (index, object) in found.all.enumerated() {
        let voxels = expected.indices.filter { expected[$0] == index + 1 }
        #expect(object.voxels == voxels.count, "seed \(pair.seed)")
        #expect(voxels.allSatisfy { pair.prediction[$0] == object.label }, "seed \(pair.seed)")
      }
    }
  }

  @Test func diagonalNeighbours() throws {
    let mask: [Int32] = [1, 0, 0, 1]
    let size = SIMD3(2, 2, 1)
    #expect(try Instances.components(of: mask, size: size).all.count == 1)
    #expect(
      try Instances.components(of: mask, size: size, connectivity: .faces).all.count == 2)
    // Across slices a corner is enough as well.
    let stack: [Int32] = [1, 0, 0, 0, 0, 0, 0, 1]
    #expect(try Instances.components(of: stack, size: SIMD3(2, 2, 2)).all.count == 1)
  }

  /// A spiral joins late, so that its parts must be united again and again.
  @Test func comb() throws {
    let size = SIMD3(101, 50, 1)
    let mask = (0..<size.x * size.y).map { index -> Int32 in
      index % size.x % 2 == 0 || index / size.x == size.y - 1 ? 1 : 0
    }
    let found = try Instances.components(of: mask, size: size, connectivity: .faces)
    #expect(found.all.count == 1)
    #expect(found.numbers == mask)
  }

  @Test func numberedObjects() throws {
    let ids: [Int32] = [7, 7, 0, 9, 9, 7, -1, 5]
    let labels: [Int32] = [1, 1, 1, 2, 2, 2, 1, 0]
    let found = try Instances(numbered: ids, labels: labels)
    #expect(found.numbers == [1, 1, 0, 2, 2, 3, 4, 0])
    #expect(found.all.map(\.id) == [7, 9, 7, -1])
    #expect(found.all.map(\.label) == [1, 2, 2, 1])
    #expect(found.all.map(\.voxels) == [2, 2, 1, 1])
  }

  @Test func overlapsAgreeWithSets() throws {
    for pair in VolumePair.many {
      let objects = try pair.components()
      let overlaps = try InstanceOverlaps(
        prediction: objects.prediction, reference: objects.reference)
      var expected: [[Double]] = []
      for (r, referenced) in objects.reference.all.enumerated() {
        for (p, predicted) in objects.prediction.all.enumerated()
        where predicted.label == referenced.label {
          let a = BruteForce.voxels(objects.prediction.numbers, of: Int32(p + 1))
          let b = BruteForce.voxels(objects.reference.numbers, of: Int32(r + 1))
          let common = a.intersection(b).count
          guard common > 0 else { continue }
          let iou = Double(common) / Double(a.union(b).count)
          expected.append([Double(p), Double(r), Double(common), iou])
        }
      }
      let found = overlaps.pairs.map {
        [Double($0.prediction), Double($0.reference), Double($0.voxels), $0.iou]
      }
      #expect(found == expected, "seed \(pair.seed)")
      #expect(overlaps.predictions == objects.prediction.all)
    }
  }

  @Test func partsOfLabelsMakeUpTheWhole() throws {
    for pair in VolumePair.many {
      let overlaps = try pair.overlaps()
      let parts = (1...3).map { overlaps.only(Int32($0)) }
      #expect(parts.map(\.pairs.count).reduce(0, +) == overlaps.pairs.count)
      #expect(parts.flatMap(\.predictions).count == overlaps.predictions.count)
      for part in parts {
        let alone = pair.prediction.map { $0 == part.predictions.first?.label ? $0 : 0 }
        guard let label = part.predictions.first?.label else { continue }
        let other = pair.reference.map { $0 == label ? $0 : 0 }
        let expected = try InstanceOverlaps(
          prediction: .components(of: alone, size: pair.size),
          reference: .components(of: other, size: pair.size))
        #expect(part.pairs == expected.pairs, "seed \(pair.seed)")
      }
    }
  }

  @Test func misuseIsRefused() {
    #expect(throws: MetricsError.sizeDiffers(voxels: 3, size: SIMD3(2, 2, 1))) {
      try Instances.components(of: [0, 1, 1], size: SIMD3(2, 2, 1))
    }
    #expect(throws: MetricsError.sizeInvalid(SIMD3(-1, -1, 1))) {
      try Instances.components(of: [1], size: SIMD3(-1, -1, 1))
    }
    #expect(throws: MetricsError.sizeInvalid(SIMD3(Int.max, 2, 1))) {
      try Instances.components(of: [1], size: SIMD3(Int.max, 2, 1))
    }
    #expect(throws: MetricsError.lengthsDiffer(prediction: 2, reference: 1)) {
      try InstanceOverlaps(prediction: [1, 1], reference: [1])
    }
    #expect(throws: MetricsError.lengthsDiffer(prediction: 2, reference: 1)) {
      try Instances(numbered: [1, 1], labels: [1])
    }
  }

  @Test func noVoxels() throws {
    let none = try Instances.components(of: [], size: SIMD3(0, 5, 1))
    #expect(none.all.isEmpty)
    #expect(try InstanceOverlaps(prediction: none, reference: none).pairs.isEmpty)
  }
}

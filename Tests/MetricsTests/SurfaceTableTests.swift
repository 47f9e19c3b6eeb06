// Empty masks, flat images, chosen labels, misuse, and parts of a surface that lie far from the other.

import Metrics
import Testing

@Suite struct SurfaceTableTests {
  @Test func emptyMasksFollowThePolicy() throws {
    let labels: [Int32] = [0, 1, 1, 0, 0, 0]
    let empty = [Int32](repeating: 0, count: 6)
    let diagonal = (6.0 * 6 + 2 * 2 + 3 * 3).squareRoot()
    for (prediction, reference) in [(labels, empty), (empty, labels)] {
      let one = try Self.table(prediction, reference)[1]
      #expect(one.diagonal == diagonal)
      #expect(one.hausdorff() == nil)
      #expect(one.hausdorff(whenEmpty: .init(oneEmpty: .infinite)) == .infinity)
      #expect(one.assd(whenEmpty: .init(oneEmpty: .diagonal)) == diagonal)
      #expect(one.masd(whenEmpty: .init(bothEmpty: .zero)) == nil)
      #expect(try one.hausdorff(percentile: 95) == nil)
      #expect(try one.surfaceDice(tolerance: 1) == 0)
      #expect(try one.surfaceDice(tolerance: 1, whenEmpty: .one) == 0)
    }
    let neither = try Self.table(empty, empty)[1]
    #expect(neither.presence == .neither)
    #expect(neither.assd() == nil)
    #expect(neither.assd(whenEmpty: .init(oneEmpty: .infinite)) == nil)
    #expect(neither.assd(whenEmpty: .init(bothEmpty: .zero)) == 0)
    #expect(try neither.surfaceDice(tolerance: 1) == nil)
    #expect(try neither.surfaceDice(tolerance: 1, whenEmpty: .one) == 1)
  }

  @Test func aPictureHasNoFacesAboveAndBelow() throws {
    // A square of 5 × 5 against itself without its middle column of three.
    var labels = [Int32](repeating: 0, count: 49)
    for y in 1...5 { for x in 1...5 { labels[x + 7 * y] = 1 } }
    let size = SIMD3(7, 7, 1)
    for (flat, count) in [(FlatImage.twoDimensional, 16), (.oneSlice, 25)] {
      let table = try SurfaceDistanceTable(
        prediction: labels, reference: labels, size: size, spacing: .one, flat: flat)
      #expect(table[1].toReference.count == count)
    }
  }

  @Test func onlyChosenLabels() throws {
    let table = try SurfaceDistanceTable(
      prediction: [0, 1, 2, 2], reference: [0, 1, 1, 2], size: SIMD3(4, 1, 1), spacing: .one,
      labels: [9, 2, 0, 2])
    #expect(table.labels == [0, 2, 9])
    #expect(table[0].hausdorff() == 0)
    #expect(table[2].hausdorff() == 1)
    #expect(table[9].presence == .neither)
    #expect(table[1].presence == .neither)
  }

  @Test func extremeLabelsAndManyOfThem() throws {
    let labels = [Int32.min, .max, -1] + (0..<3000).map { Int32($0) &* 7919 }
    let table = try SurfaceDistanceTable(
      prediction: labels, reference: labels, size: SIMD3(labels.count, 1, 1), spacing: .one)
    #expect(table.labels == Set(labels).subtracting([0]).sorted())
    #expect(table[.min].hausdorff() == 0)
  }

  @Test func misuseIsRefused() throws {
    func table(_ prediction: [Int32], _ size: SIMD3<Int>, _ spacing: SIMD3<Double>) throws {
      _ = try SurfaceDistanceTable(
        prediction: prediction, reference: [0, 1], size: size, spacing: spacing)
    }
    #expect(throws: MetricsError.lengthsDiffer(prediction: 1, reference: 2)) {
      try table([0], SIMD3(2, 1, 1), .one)
    }
    #expect(throws: MetricsError.sizeDiffers(voxels: 2, size: SIMD3(3, 1, 1))) {
      try table([0, 1], SIMD3(3, 1, 1), .one)
    }
    #expect(throws: MetricsError.spacingInvalid(SIMD3(1, 1, -1))) {
      try table([0, 1], SIMD3(2, 1, 1), SIMD3(1, 1, -1))
    }
    let surfaces = try Self.table([0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0])[1]
    for percentile in [-1, 101] {
      #expect(throws: MetricsError.percentileInvalid(Double(percentile))) {
        try surfaces.hausdorff(percentile: Double(percentile))
      }
    }
    #expect(throws: MetricsError.distanceInvalid(-0.5)) {
      try surfaces.surfaceDice(tolerance: -0.5)
    }
    for size in [SIMD3(0, 4, 4), SIMD3(4, 0, 4), SIMD3(4, 4, 0), SIMD3(0, 0, 0)] {
      for reading in SurfaceReading.allCases {
        let nothing = try SurfaceDistanceTable(
          prediction: [], reference: [], size: size, spacing: .one, labels: [1], reading: reading)
        #expect(nothing[1].presence == .neither)
      }
      #expect(try Skeleton.thin([], size: size).isEmpty)
      #expect(try DistanceTransform(size: size, spacing: .one).depths(in: [Bool]()).isEmpty)
    }
  }

  /// Beyond the rows that are looked at one by one: few parts of a surface, many, and some of both.
  @Test(arguments: [1, 9, 60]) func farParts(height: Int) throws {
    let size = SIMD3(5, 3000, 1)
    let spacing = SIMD3(0.7, 1.1, 1)
    var prediction = [Int32](repeating: 0, count: size.x * size.y)
    var reference = prediction
    for y in 0..<height {
      for x in 1...3 {
        prediction[x + size.x * (2900 + y)] = 1
        prediction[x + size.x * y] = 1
        reference[x + size.x * (y + 3)] = 1
      }
    }
    for reading in SurfaceReading.allCases {
      let surfaces = try SurfaceDistanceTable(
        prediction: prediction, reference: reference, size: size, spacing: spacing,
        reading: reading)[1]
      let pair = SurfacePair(size: size, spacing: spacing, prediction, reference)
      let places = [prediction, reference].map { labels in
        let mask = PlainMask(labels, 1, pair)
        return reading == .borderVoxels ? mask.border : mask.corners.map(\.place)
      }
      let there = BruteForce.distances(places[0], places[1], spacing).sorted()
      #expect(surfaces.toReference.all.count == there.count)
      #expect(zip(surfaces.toReference.all, there).allSatisfy { isClose($0, $1) })
      let back = BruteForce.distances(places[1], places[0], spacing).sorted()
      #expect(zip(surfaces.toPrediction.all, back).allSatisfy { isClose($0, $1) })
    }
  }

  private static func table(
    _ prediction: [Int32], _ reference: [Int32]
  ) throws -> SurfaceDistanceTable {
    try SurfaceDistanceTable(
      prediction: prediction, reference: reference, size: SIMD3(3, 2, 1),
      spacing: SIMD3(2, 1, 3))
  }
}

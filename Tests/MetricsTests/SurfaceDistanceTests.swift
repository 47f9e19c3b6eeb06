// Surface distances and what is derived from them, against the definitions taken word by word.

import Testing

@testable import Metrics

@Suite struct SurfaceDistanceTests {
  @Test(arguments: SurfacePair.many) func borderVoxelsAgreeWithDefinitions(pair: SurfacePair) throws
  {
    let table = try Self.table(pair, .borderVoxels)
    #expect(table.labels == Set(pair.prediction + pair.reference).subtracting([0]).sorted())
    for label in table.labels {
      let prediction = PlainMask(pair.prediction, label, pair)
      let reference = PlainMask(pair.reference, label, pair)
      let surfaces = table[label]
      try #require(Self.presence(prediction, reference) == surfaces.presence)
      guard surfaces.presence == .both else { continue }
      let (a, b) = (prediction.border, reference.border)
      let there = BruteForce.distances(a, b, pair.spacing)
      let back = BruteForce.distances(b, a, pair.spacing)
      #expect(Self.areClose(surfaces.toReference.all, there.sorted()))
      #expect(Self.areClose(surfaces.toPrediction.all, back.sorted()))

      let both = there + back
      #expect(isClose(surfaces.hausdorff(), both.max()))
      for percent in [0, 50, 95, 100.0] {
        let directed = max(
          BruteForce.percentile(there, percent), BruteForce.percentile(back, percent))
        #expect(isClose(try surfaces.hausdorff(percentile: percent), directed))
        let pooled = BruteForce.percentile(both, percent)
        #expect(isClose(try surfaces.hausdorff(percentile: percent, definition: .pooled), pooled))
      }
      let means = (Self.mean(there), Self.mean(back))
      #expect(isClose(surfaces.assd(), Self.mean(both)))
      #expect(isClose(surfaces.masd(), (means.0 + means.1) / 2))
      #expect(isClose(surfaces.averageDistanceToReference(), means.0))
      #expect(isClose(surfaces.averageDistanceToPrediction(), means.1))
      for tolerance in [0, 0.6, 1, 4.0] {
        let near = Double(both.count { $0 <= tolerance }) / Double(both.count)
        #expect(isClose(try surfaces.surfaceDice(tolerance: tolerance), near))
      }
    }
  }

  @Test(arguments: SurfacePair.many) func elementsAgreeWithDefinitions(pair: SurfacePair) throws {
    let table = try Self.table(pair, .surfaceElements)
    for label in table.labels {
      let prediction = PlainMask(pair.prediction, label, pair)
      let reference = PlainMask(pair.reference, label, pair)
      let surfaces = table[label]
      guard surfaces.presence == .both else { continue }
      let there = Self.weighted(prediction, reference, pair)
      let back = Self.weighted(reference, prediction, pair)
      #expect(Self.areClose(surfaces.toReference.all, there.map(\.distance)))
      #expect(Self.areClose(surfaces.toPrediction.all, back.map(\.distance)))
      let areas = (Self.area(there), Self.area(back))
      #expect(isClose(surfaces.toReference.weight, areas.0))
      #expect(isClose(surfaces.toPrediction.weight, areas.1))
      let sums = [there, back].map { $0.map { $0.distance * $0.area }.reduce(0, +) }
      #expect(isClose(surfaces.averageDistanceToReference(), sums[0] / areas.0))
      #expect(isClose(surfaces.averageDistanceToPrediction(), sums[1] / areas.1))
      #expect(isClose(surfaces.assd(), (sums[0] + sums[1]) / (areas.0 + areas.1)))
      // A share that no sum of areas meets exactly, as rounding would decide about it.
      let percentile = 94.987_654_321
      let larger = max(Self.percentile(there, percentile), Self.percentile(back, percentile))
      #expect(isClose(try surfaces.hausdorff(percentile: percentile), larger))
      for tolerance in [0, 0.6, 4.0] {
        let near = (there + back).filter { $0.distance <= tolerance }
        let share = near.map(\.area).reduce(0, +) / (areas.0 + areas.1)
        #expect(isClose(try surfaces.surfaceDice(tolerance: tolerance), share))
      }
    }
  }

  @Test(arguments: SurfacePair.many) func areSymmetricAndOrdered(pair: SurfacePair) throws {
    let there = try Self.table(pair, .borderVoxels)
    let back = try SurfaceDistanceTable(
      prediction: pair.reference, reference: pair.prediction, size: pair.size,
      spacing: pair.spacing, flat: pair.flat)
    for label in there.labels where there[label].presence == .both {
      let (a, b) = (there[label], back[label])
      #expect(a.toReference == b.toPrediction)
      #expect(isClose(a.assd(), b.assd()))
      let largest = try #require(a.hausdorff())
      #expect(try #require(a.assd()) <= largest)
      #expect(try #require(try a.hausdorff(percentile: 95)) <= largest)
      #expect(largest <= a.diagonal)
      #expect(try a.surfaceDice(tolerance: largest) == 1)
    }
  }

  @Test func equalMasksHaveNoDistance() throws {
    for pair in SurfacePair.many.prefix(50) {
      let table = try SurfaceDistanceTable(
        prediction: pair.reference, reference: pair.reference, size: pair.size,
        spacing: pair.spacing, flat: pair.flat)
      for label in table.labels {
        #expect(table[label].hausdorff() == 0)
        #expect(table[label].assd() == 0)
        #expect(try table[label].surfaceDice(tolerance: 0) == 1)
      }
    }
  }

  static func table(_ pair: SurfacePair, _ reading: SurfaceReading) throws -> SurfaceDistanceTable {
    try SurfaceDistanceTable(
      prediction: pair.prediction, reference: pair.reference, size: pair.size,
      spacing: pair.spacing, reading: reading, flat: pair.flat)
  }

  private typealias Element = (distance: Double, area: Double)

  /// Elements by distance.
  private static func weighted(
    _ from: PlainMask, _ to: PlainMask, _ pair: SurfacePair
  ) -> [Element] {
    let corners = from.corners
    let distances = BruteForce.distances(
      corners.map(\.place), to.corners.map(\.place), pair.spacing)
    // The areas themselves are held against surface-distance's in SurfaceElementTests.
    let areas =
      pair.isPlanar
      ? SurfaceElements.lengths(spacing: pair.spacing)
      : SurfaceElements.areas(spacing: pair.spacing)
    return zip(distances, corners).map { ($0, areas[$1.code]) }.sorted { $0.distance < $1.distance }
  }

  private static func percentile(_ elements: [Element], _ percent: Double) -> Double {
    var seen = 0.0
    let total = area(elements)
    for element in elements {
      seen += element.area
      if seen / total >= percent / 100 { return element.distance }
    }
    return elements.last?.distance ?? 0
  }

  private static func area(_ elements: [Element]) -> Double {
    elements.map(\.area).reduce(0, +)
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private static func areClose(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { isClose($0, $1) }
  }

  private static func presence(
    _ prediction: PlainMask, _ reference: PlainMask
  ) -> SurfaceDistances.Presence {
    switch (prediction.isEmpty, reference.isEmpty) {
    case (false, false): .both
    case (false, true): .onlyPrediction
    case (true, false): .onlyReference
    case (true, true): .neither
    }
  }
}

// What MedPy, MONAI, MetricsReloaded, surface-distance and SciPy say about masks made by formula.

import Foundation
import Testing

@testable import Metrics

@Suite struct SurfaceGoldenTests {
  @Test(arguments: SurfaceGolden.cases) func borderVoxels(example: SurfaceGolden.Example) throws {
    let table = try example.table(.borderVoxels)
    for label in table.labels {
      let surfaces = table[label]
      let pooled = try surfaces.hausdorff(percentile: 95, definition: .pooled)
      let directed = try surfaces.hausdorff(percentile: 95)
      let nsd = try surfaces.surfaceDice(tolerance: example.tolerance)
      let asd = surfaces.averageDistanceToReference()
      example.check(
        label, "medpy", 1e-9,
        ["hd": surfaces.hausdorff(), "hd95": pooled, "assd": surfaces.assd(), "asd": asd])
      // MONAI computes in 32 bits.
      example.check(
        label, "monai", 1e-6,
        [
          "hd": surfaces.hausdorff(), "hd95": directed, "assd": surfaces.assd(), "asd": asd,
          "nsd": nsd,
        ])
      example.check(
        label, "MetricsReloaded", 1e-9,
        [
          "hd": surfaces.hausdorff(), "hd95": directed, "assd": surfaces.assd(),
          "masd": surfaces.masd(), "nsd": nsd,
        ])
    }
  }

  @Test(arguments: SurfaceGolden.cases) func elements(example: SurfaceGolden.Example) throws {
    let table = try example.table(.surfaceElements)
    for label in table.labels {
      let surfaces = table[label]
      let nsd = try surfaces.surfaceDice(tolerance: example.tolerance)
      example.check(
        label, "surface-distance", 1e-9,
        [
          "hd": surfaces.hausdorff(), "hd95": try surfaces.hausdorff(percentile: 95),
          "to reference": surfaces.averageDistanceToReference(),
          "to prediction": surfaces.averageDistanceToPrediction(), "nsd": nsd,
        ])
      example.check(label, "monai", 1e-6, ["nsd of elements": nsd])
    }
  }

  @Test(arguments: SurfaceGolden.cases) func boundaries(example: SurfaceGolden.Example) throws {
    for width in [1, 2, 4] {
      let table = try example.boundaries(.erosion(width))
      for label in table.labels {
        let iou = table.boundaryIoU(label)
        example.check(label, "scipy", 1e-9, ["boundary iou \(width)": iou])
      }
    }
    // MetricsReloaded measures the width in voxels.
    for (width, name) in [(1.0, "1"), (2, "2"), (3.5, "3.5")] {
      let table = try example.boundaries(.distance(below: width))
      for label in table.labels {
        let iou = table.boundaryIoU(label)
        example.check(label, "MetricsReloaded", 1e-9, ["boundary iou \(name)": iou])
      }
    }
  }

  @Test(arguments: SurfaceGolden.cases) func centrelines(example: SurfaceGolden.Example) throws {
    let table = try CentrelineOverlapTable(
      prediction: example.labels(example.prediction), reference: example.labels(example.reference),
      size: example.extent)
    for label in table.labels {
      example.check(
        label, "MetricsReloaded", 1e-9,
        [
          "topology precision": table[label].topologyPrecision,
          "topology sensitivity": table[label].topologySensitivity,
        ])
    }
  }

  @Test(arguments: SurfaceGolden.elements)
  func areasOfElements(table: SurfaceGolden.Elements) {
    let spacing = SIMD3(table.spacing)
    let areas = SurfaceElements.areas(spacing: spacing)
    let lengths = SurfaceElements.lengths(spacing: spacing)
    #expect(areas.count == 256 && lengths.count == 16)
    #expect(zip(areas, table.areas).allSatisfy { isClose($0, $1) })
    #expect(zip(lengths, table.lengths).allSatisfy { isClose($0, $1) })
  }
}

/// The content of Golden/surfaces.json.
enum SurfaceGolden {
  static let cases: [Example] = content?.cases ?? []
  static let elements: [Elements] = content?.elements ?? []

  struct Elements: Decodable, Sendable {
    let spacing: [Double]
    let areas: [Double]
    let lengths: [Double]
  }

  struct Example: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let size: [Int]
    let spacing: [Double]
    let tolerance: Double
    let prediction: [Shape]
    let reference: [Shape]
    /// By label, library and metric.
    let values: [String: [String: [String: Double?]]]

    var testDescription: String { name }
    var extent: SIMD3<Int> { SIMD3(size) }

    func table(_ reading: SurfaceReading) throws -> SurfaceDistanceTable {
      try SurfaceDistanceTable(
        prediction: labels(prediction), reference: labels(reference), size: extent,
        spacing: SIMD3(spacing), reading: reading)
    }

    func boundaries(_ band: BoundaryBand) throws -> BoundaryOverlapTable {
      try BoundaryOverlapTable(
        prediction: labels(prediction), reference: labels(reference), size: extent, spacing: .one,
        band: band)
    }

    func check(
      _ label: Int32, _ library: String, _ tolerance: Double, _ ours: [String: Double?]
    ) {
      for (metric, value) in ours {
        guard let theirs = values["\(label)"]?[library]?[metric] else {
          Issue.record("\(library) gave no \(metric) of \(label)")
          continue
        }
        #expect(isClose(value, theirs, tolerance), "\(library) \(metric) of \(label)")
      }
    }

    func labels(_ shapes: [Shape]) -> [Int32] {
      var labels = [Int32](repeating: 0, count: size.reduce(1, *))
      for shape in shapes {
        shape.voxels(size) { labels[$0] = shape.label }
      }
      return labels
    }
  }

  /// An ellipsoid; a sieve leaves out every voxel whose hash is a multiple of it.
  struct Shape: Decodable, Sendable {
    let label: Int32
    private let centre: [Int]
    private let radii: [Int]
    private let sieve: Int

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      label = try values.decode(Int32.self)
      centre = try values.decode([Int].self)
      radii = try values.decode([Int].self)
      sieve = try values.decode(Int.self)
    }

    func voxels(_ size: [Int], _ body: (Int) -> Void) {
      let (p, q, r) = (radii[0] * radii[0], radii[1] * radii[1], radii[2] * radii[2])
      for z in 0..<size[2] {
        let c = (z - centre[2]) * (z - centre[2]) * p * q
        for y in 0..<size[1] {
          let b = (y - centre[1]) * (y - centre[1]) * p * r + c
          guard b <= p * q * r else { continue }
          for x in 0..<size[0] {
            let a = (x - centre[0]) * (x - centre[0]) * q * r + b
            let isLeftOut = sieve > 0 && (7 * x + 13 * y + 29 * z) % sieve == 0
            if a <= p * q * r, !isLeftOut { body(x + size[0] * (y + size[1] * z)) }
          }
        }
      }
    }
  }

  private struct Content: Decodable {
    let cases: [Example]
    let elements: [Elements]
  }

  private static let content = try? JSONDecoder().decode(
    Content.self, from: Data(contentsOf: goldenFile("surfaces.json")))
}

func goldenFile(_ name: String) -> URL {
  Bundle.module.bundleURL.appendingPathComponent("Golden/\(name)")
}

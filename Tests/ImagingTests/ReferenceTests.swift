// Every shared image against figures from nibabel, pydicom, SimpleITK and Pillow, or against its refusal.

import Foundation
import Imaging
import TestSupport
import Testing

/// What `reference_geometry.py` wrote about one file or series.
struct Reference: Decodable, Sendable {
  var size: [Int]?
  var channels: Int?
  var spacing: [Double]?
  var origin: [Double]?
  var direction: [[Double]]?
  var minimum: Double?
  var maximum: Double?
  var mean: Double?
  /// x, y, z, channel, value.
  var probes: [[Double]]?
  /// Words that the one-line refusal holds.
  var refused: String?
  /// How far decoders of a lossy code may differ, in grey values.
  var tolerance: Double?

  static let all: [String: Reference] = {
    struct Table: Decodable { var entries: [String: Reference] }
    guard
      let url = Bundle.module.url(forResource: "reference-geometry", withExtension: "json"),
      let data = try? Data(contentsOf: url),
      let table = try? JSONDecoder().decode(Table.self, from: data)
    else { return [:] }
    return table.entries
  }()
}

@Suite(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
struct ReferenceTests {
  @Test func tableIsThere() {
    #expect(Reference.all.count > 200)
  }

  @Test(arguments: Reference.all.keys.sorted())
  func agrees(_ name: String) throws {
    let reference = try #require(Reference.all[name])
    let path = Shared.path("data/" + name)
    if let words = reference.refused {
      let error = try #require(throws: ImagingError.self) { try Volume(contentsOf: path) }
      let line = error.description
      #expect(!line.contains("\n") && line.contains(words) && line.hasPrefix(path), "\(line)")
      return
    }
    let volume = try Volume(contentsOf: path)
    let geometry = volume.geometry
    #expect([geometry.size.x, geometry.size.y, geometry.size.z] == reference.size)
    #expect(volume.channels == reference.channels)
    expectClose(flat(geometry.spacing), reference.spacing ?? [], 1e-5)
    expectClose(flat(geometry.origin), reference.origin ?? [], 1e-4)
    expectClose(geometry.direction.flatMap(flat), (reference.direction ?? []).flatMap(\.self), 1e-5)

    let figures = try #require(volume.statistics)
    let extent = max(abs(figures.minimum), abs(figures.maximum), 1)
    let tolerance = reference.tolerance ?? 1e-6 * extent
    expectClose(
      [figures.minimum, figures.maximum], [reference.minimum ?? .nan, reference.maximum ?? .nan],
      tolerance)
    expectClose([figures.mean], [reference.mean ?? .nan], tolerance)
    for probe in reference.probes ?? [] {
      let place = probe.prefix(4).map { Int($0) }
      let voxel = SIMD3(place[0], place[1], place[2])
      let value = volume.value(atVoxel: voxel, channel: place[3])
      expectClose([value ?? .nan], [probe[4]], tolerance)
    }
  }

  private func flat(_ vector: SIMD3<Double>) -> [Double] { [vector.x, vector.y, vector.z] }

  private func expectClose(_ met: [Double], _ expected: [Double], _ tolerance: Double) {
    let isClose =
      met.count == expected.count
      && zip(met, expected).allSatisfy { abs($0 - $1) <= tolerance }
    #expect(isClose, "met \(met), expected \(expected) within \(tolerance)")
  }
}

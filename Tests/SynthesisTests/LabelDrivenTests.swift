// Images for label maps, random shapes and superpixels.

import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@testable import Synthesis

@Suite("Images from labels")
struct LabelDrivenTests {
  /// Two maps with the labels 0, 4 and 17, of different sizes and spacings.
  private func write(to folder: String) throws {
    for (name, size) in [("a", SIMD3(40, 36, 20)), ("b", SIMD3(34, 40, 24))] {
      let geometry = Geometry(size: size, spacing: SIMD3(1, 1.5, 2), origin: SIMD3(3, -7, 20))
      let labels = (0..<geometry.count).map { index -> Int32 in
        let place = SIMD3(
          Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y))
        )
        let gap = place - SIMD3(Double(size.x), Double(size.y), Double(size.z)) / 2
        let distance = (gap * gap).sum().squareRoot()
        return distance < 5 ? 17 : distance < 9 ? 4 : 0
      }
      try LabelMap(geometry: geometry, labels: labels).write(to: "\(folder)/\(name).nii.gz")
    }
  }

  @Test func followsTheMaps() throws {
    try Temporary.withFolder { folder in
      try write(to: folder)
      let source = try LabelDrivenSource(contentsOf: folder)
      #expect(source.labelNames == ["label 4", "label 17"])
      var sizes: Set<SIMD3<Int>> = []
      for index in 0..<4 {
        let item = try source.makeCase(index, seed: 2)
        sizes.insert(item.labels.geometry.size)
        #expect(item.labels.geometry.spacing == SIMD3(1, 1.5, 2))
        #expect(item.image.geometry == item.labels.geometry)
        #expect(Set(item.labels.counts.keys).isSubset(of: [0, 1, 2]))
        #expect((item.labels.counts[1] ?? 0) > 50)
        let again = try LabelDrivenSource(contentsOf: folder, threads: 1).makeCase(index, seed: 2)
        #expect(again.image.voxels == item.image.voxels && again.labels == item.labels)
      }
      #expect(sizes.count == 2)
      let slices = try LabelDrivenSource(contentsOf: folder, size: SIMD3(32, 32, 1))
      #expect(try slices.makeCase(0, seed: 1).labels.geometry.size == SIMD3(32, 32, 1))
    }
  }

  /// Without deformation, noise and degradation an image is its labels.
  @Test func plainSettingsKeepTheShape() throws {
    try Temporary.withFolder { folder in
      try write(to: folder)
      var settings = LabelDrivenSettings()
      settings.rotationDegrees = 0
      settings.scaling = 0
      settings.shearing = 0
      settings.elasticVoxels = 0
      let source = try LabelDrivenSource(contentsOf: folder, settings: settings)
      let item = try source.makeCase(0, seed: 3)
      let name = item.facts["map"] == 1 ? "a" : "b"
      let original = try LabelMap(contentsOf: "\(folder)/\(name).nii.gz")
      let expected = original.labels.map { $0 == 4 ? Int32(1) : $0 == 17 ? 2 : 0 }
      // Pieces are centred on the labels, which half a voxel may separate from the middle of the map.
      let met = item.labels.counts
      #expect(abs((met[1] ?? 0) - expected.count { $0 == 1 }) < 40)
      #expect(abs((met[2] ?? 0) - expected.count { $0 == 2 }) < 40)
    }
  }

  @Test func deformationsDoNotFold() {
    var random = CounterRandom(seed: 6)
    let size = SIMD3(64, 64, 1)
    let field = Displacement(size: size, deviation: 4, knotVoxels: 16, random: &random)
    var largest: Float = 0
    for y in 0..<63 {
      for x in 0..<63 {
        let here = field.offset(x, y, 0)
        let right = field.offset(x + 1, y, 0) - here + SIMD3(1, 0, 0)
        let down = field.offset(x, y + 1, 0) - here + SIMD3(0, 1, 0)
        #expect(right.x * down.y - right.y * down.x > 0)
        #expect(here.z == 0)
        largest = max(largest, (here * here).sum().squareRoot())
      }
    }
    #expect(largest > 2 && largest < 24)
  }

  @Test func refusals() throws {
    try Temporary.withFolder { folder in
      #expect(throws: SynthesisError.self) { try LabelDrivenSource(contentsOf: folder) }
      #expect(throws: DatasetError.self) { try LabelDrivenSource(contentsOf: folder + "/none") }
      #expect(throws: SynthesisError.self) { try SuperpixelSource(imagesIn: folder, side: 64) }
      try write(to: folder)
      #expect(throws: SynthesisError.self) {
        try LabelDrivenSource(contentsOf: folder, size: SIMD3(16, 16, 1))
      }
      let empty = LabelMap(
        geometry: Geometry(size: SIMD3(32, 32, 1)), labels: Array(repeating: 0, count: 1024))
      try FileManager.default.createDirectory(
        atPath: folder + "/empty", withIntermediateDirectories: true)
      try empty.write(to: folder + "/empty/a.png")
      #expect(throws: SynthesisError.self) { try LabelDrivenSource(contentsOf: folder + "/empty") }
    }
  }

  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func brainsOfFreeSurfer() throws {
    // One map of 256³ only, since reading all takes long in a debug build.
    try Temporary.withFolder { folder in
      try FileManager.default.copyItem(
        atPath: Shared.path("data/brain-labelmaps/tutorial_7/target_segmentations_d/0001.nii.gz"),
        toPath: folder + "/1.nii.gz")
      let source = try LabelDrivenSource(contentsOf: folder, size: SIMD3(64, 64, 1))
      let item = try source.makeCase(0, seed: 1)
      #expect(source.labelNames.count > 1)
      #expect(item.labels.counts.keys.count > 1)
    }
  }
}

@Suite("Shapes and superpixels")
struct ShapeTests {
  @Test func tasksKeepTheirShapes() throws {
    let size = SIMD3(48, 48, 1)
    var settings = LabelDrivenSettings()
    settings.rotationDegrees = 5
    settings.elasticVoxels = 1
    settings.scaling = 0.05
    let source = try ShapesSource(size: size, labels: 4, settings: settings)
    let cases = try (0..<3).map { try source.makeCase($0, seed: 9) }
    for item in cases { #expect(Set(item.labels.counts.keys).isSuperset(of: [1, 2, 3, 4])) }
    #expect(cases[0].image.voxels != cases[1].image.voxels)
    let agreement = { (one: LabelMap, other: LabelMap) in
      Double(zip(one.labels, other.labels).count { $0 == $1 }) / Double(one.labels.count)
    }
    let other = try ShapesSource(size: size, labels: 4, task: 1, settings: settings)
      .makeCase(0, seed: 9)
    #expect(
      agreement(cases[0].labels, cases[1].labels) > agreement(cases[0].labels, other.labels) + 0.1)
    #expect(try source.makeCase(1, seed: 9).image.voxels == cases[1].image.voxels)
  }

  @Test func superpixelsAreConnectedAndKeepToEdges() {
    let size = SIMD3(60, 44, 1)
    // A bright disc on dark ground.
    let picture = Field(
      size: size,
      values: (0..<60 * 44).map { index in
        let x = index % 60 - 30
        let y = index / 60 - 22
        return x * x + y * y < 200 ? 200 : 30
      })
    let pieces = Superpixels.divide(picture, count: 40)
    let count = Int(pieces.max() ?? 0) + 1
    #expect(Set(pieces) == Set((0..<count).map(Int32.init)))
    #expect((15...80).contains(count))
    var impure = 0
    for piece in 0..<Int32(count) {
      let members = pieces.indices.filter { pieces[$0] == piece }
      let bright = members.count { picture.values[$0] > 100 }
      impure += min(bright, members.count - bright)
      // Flooding from one member reaches all.
      var seen: Set<Int> = [members[0]]
      var open = [members[0]]
      while let index = open.popLast() {
        for (step, fits) in [
          (1, index % 60 < 59), (-1, index % 60 > 0), (60, true), (-60, true),
        ] where fits && pieces.indices.contains(index + step) && pieces[index + step] == piece {
          if seen.insert(index + step).inserted { open.append(index + step) }
        }
      }
      #expect(seen.count == members.count)
    }
    #expect(impure < 60)
  }

  @Test func superpixelTasksFromImages() throws {
    try Temporary.withFolder { folder in
      let source = try PhantomSource(.xray, size: SIMD3(48, 40, 1))
      try source.makeCase(0, seed: 1).image.write(to: folder + "/a.png")
      let tasks = try SuperpixelSource(imagesIn: folder, side: 40)
      let item = try tasks.makeCase(0, seed: 2)
      #expect(item.image.geometry.size == SIMD3(40, 40, 1))
      let inside = item.labels.counts[1] ?? 0
      #expect(inside > 4 && inside < 1200)
      #expect(try tasks.makeCase(0, seed: 2).labels == item.labels)
    }
  }
}

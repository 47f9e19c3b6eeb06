// DICOM folders made by hand: sorting, choosing a series, and every way in which slices form no volume.

import Foundation
import Imaging
import Testing

@Suite struct DICOMSeriesTests {
  /// Slices along z, in a shuffled order of names, without file endings.
  private func series(
    _ folder: TemporaryFolder, positions: [Double] = [0, 2, 4, 6], uid: String = "1.2.3.4",
    name: String = "IM", change: (Int, inout DICOMBytes) -> Void = { _, _ in }
  ) throws {
    for (index, z) in positions.enumerated() {
      var slice = DICOMBytes(position: [1, -2, z], seriesUID: uid)
      slice.value = Int16(100 * index)
      change(index, &slice)
      try folder.write("\(name)\((index * 7) % 5)\(index)", slice.bytes)
    }
  }

  private func expectRefusal(
    _ folder: TemporaryFolder, _ words: String, series: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ImagingError.self, sourceLocation: sourceLocation) {
      try Volume(contentsOf: folder.url.path, series: series)
    }
    let line = error?.description ?? ""
    #expect(
      line.contains(folder.url.path) && line.contains(words) && !line.contains("\n"), "\(line)",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: [false, true])
  func sortsByPosition(reversed: Bool) throws {
    let folder = try TemporaryFolder()
    let positions = [0.0, 2, 4, 6]
    try series(folder, positions: reversed ? positions.reversed() : positions)
    let volume = try Volume(contentsOf: folder.url.path)
    #expect(volume.geometry.size == SIMD3(4, 3, 4))
    #expect(volume.geometry.spacing == SIMD3(0.5, 0.75, 2))
    #expect(volume.geometry.origin == SIMD3(1, -2, 0))
    #expect(volume.source?.modality == "CT" && volume.source?.seriesUID == "1.2.3.4")
    let firsts = (0..<4).map { volume.value(atVoxel: SIMD3(0, 0, $0)) }
    #expect(firsts == (reversed ? [300, 200, 100, 0] : [0, 100, 200, 300]))
    #expect(volume.value(atVoxel: SIMD3(3, 2, 0)) == (reversed ? 311 : 11))
  }

  @Test func sagittalNormal() throws {
    let folder = try TemporaryFolder()
    try series(folder) { index, slice in
      slice.orientation = [0, 1, 0, 0, 0, -1]
      slice.position = [Double(3 - index) * 3, 5, 9]
    }
    let volume = try Volume(contentsOf: folder.url.path)
    // Rows run posterior, columns inferior; their normal points right, so the slices start at the left.
    #expect(volume.geometry.orientation.code == "PIR")
    #expect(volume.geometry.origin == SIMD3(9, 5, 9) && volume.geometry.spacing.z == 3)
    #expect(volume.value(atVoxel: SIMD3(0, 0, 0)) == 0)
  }

  @Test func mixedRescaleBecomesFloat() throws {
    let folder = try TemporaryFolder()
    try series(folder) { index, slice in
      if index == 1 { (slice.slope, slice.intercept) = (0.5, -10) }
    }
    let volume = try Volume(contentsOf: folder.url.path)
    #expect(volume.voxels.type.isFloatingPoint)
    #expect(volume.value(atVoxel: SIMD3(1, 0, 1)) == 40.5)
    #expect(volume.value(atVoxel: SIMD3(1, 0, 2)) == 201)
  }

  @Test func rescaleIsApplied() throws {
    let folder = try TemporaryFolder()
    var slice = DICOMBytes()
    slice.intercept = -1024
    let volume = try Volume(contentsOf: folder.write("a", slice.bytes))
    #expect(volume.statistics?.minimum == -1024 && volume.statistics?.maximum == -1013)
  }

  @Test func choosing() throws {
    let folder = try TemporaryFolder()
    try series(folder, uid: "1.2.3.4", name: "A")
    try series(folder, positions: [0, 1, 2], uid: "1.2.5.6", name: "B")
    let found = try DICOMSeries.list(in: folder.url.path)
    #expect(found.map(\.uid) == ["1.2.3.4", "1.2.5.6"] && found.map(\.size.z) == [4, 3])
    #expect(found.map(\.files.count) == [4, 3])
    #expect(found[0].modality == "CT" && found[0].description == "synthetic")
    let error = #expect(throws: ImagingError.self) { try Volume(contentsOf: folder.url.path) }
    let lines = error?.description.split(separator: "\n") ?? []
    #expect(lines.count == 3 && lines[1].contains("4×3×4") && lines[2].contains("4×3×3"))
    for (choice, slices) in [
      ("1", 4), ("2", 3), ("1.2.3", 4), ("5.6", 3), ("1.2.5.6", 3), ("4", 4),
    ] {
      let volume = try Volume(contentsOf: folder.url.path, series: choice)
      #expect(volume.geometry.size.z == slices)
    }
    expectRefusal(folder, "no series", series: "9")
    expectRefusal(folder, "2 series", series: "1.2")
    expectRefusal(folder, "no series", series: "")
  }

  @Test func segmentationBesideImages() throws {
    let folder = try TemporaryFolder()
    try series(folder)
    var segmentation = DICOMBytes(seriesUID: "9.9")
    segmentation.classUID = "1.2.840.10008.5.1.4.1.1.66.4"
    try folder.write("seg", segmentation.bytes)
    #expect(try Volume(contentsOf: folder.url.path).geometry.size.z == 4)
    #expect(try DICOMSeries.list(in: folder.url.path)[1].notAnImage?.contains("SEG") == true)
    expectRefusal(folder, "Segmentation", series: "9.9")
  }

  @Test func unevenness() throws {
    let slight = try TemporaryFolder()
    try series(slight, positions: [0, 2.005, 4, 6.01])
    #expect(abs(try Volume(contentsOf: slight.url.path).geometry.spacing.z - 6.01 / 3) < 1e-12)
    let missing = try TemporaryFolder()
    try series(missing, positions: [0, 2, 4, 8, 10])
    expectRefusal(missing, "1 slices are missing after slice 3")
    let uneven = try TemporaryFolder()
    try series(uneven, positions: [0, 2, 4, 6.6])
    expectRefusal(uneven, "2.0 to 2.6 mm apart")
    let doubled = try TemporaryFolder()
    try series(doubled, positions: [0, 2, 2, 4])
    expectRefusal(doubled, "lie where another one lies")
  }

  @Test func mixtures() throws {
    let sizes = try TemporaryFolder()
    try series(sizes) { index, slice in if index == 2 { slice.columns = 5 } }
    expectRefusal(sizes, "4×3, 5×3")
    let turned = try TemporaryFolder()
    try series(turned) { index, slice in if index == 2 { slice.orientation = [0, 1, 0, 0, 0, -1] } }
    expectRefusal(turned, "different directions")
    let spaced = try TemporaryFolder()
    try series(spaced) { index, slice in if index == 2 { slice.spacing = [0.75, 0.6] } }
    expectRefusal(spaced, "pixel spacings")
    let tilted = try TemporaryFolder()
    try series(tilted) { index, slice in slice.position?[1] += Double(index) * 0.3 }
    expectRefusal(tilted, "sideways")
    let nowhere = try TemporaryFolder()
    try series(nowhere) { _, slice in slice.position = nil }
    expectRefusal(nowhere, "where they lie")
    let zero = try TemporaryFolder()
    try series(zero) { _, slice in slice.spacing = [0, 0.5] }
    expectRefusal(zero, "spacing")
    let skewed = try TemporaryFolder()
    try series(skewed) { _, slice in slice.orientation = [1, 0, 0, 0.3, 0.954, 0] }
    expectRefusal(skewed, "right angles")
  }

  @Test func seriesOfAFileIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", DICOMBytes().bytes)
    #expect(throws: ImagingError.self) { try Volume(contentsOf: path, series: "1") }
    #expect(throws: ImagingError.self) { try DICOMSeries.list(in: path) }
  }
}

// Each broken input gives one error of one line that names the path, and nothing crashes or is made up.

import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct BrokenInputTests {
  /// Expects one line that starts with the path and holds the words.
  private func expectRefusal(
    _ path: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ImagingError.self, sourceLocation: sourceLocation) {
      try Volume(contentsOf: path)
    }
    let line = error?.description ?? ""
    #expect(
      line.hasPrefix(path) && (words.isEmpty || line.contains(words)) && !line.contains("\n"),
      "\(line)",
      sourceLocation: sourceLocation)
  }

  static let endings = [
    "nii", "nii.gz", "nrrd", "mha", "mhd", "png", "jpg", "tif", "dcm", "mgz", "img", "hdr", "xyz",
  ]

  @Test(arguments: endings)
  func missing(_ ending: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(folder.path("a." + ending), "no such file")
  }

  @Test(arguments: endings.filter { $0 != "img" })
  func emptyFile(_ ending: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(try folder.write("a." + ending, []), "empty")
  }

  @Test(arguments: endings.filter { $0 != "img" })
  func textFile(_ ending: String) throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "This is a note, not an image.\n", count: 40)
    expectRefusal(try folder.write("a." + ending, Array(text.utf8)), "a text file")
  }

  @Test func folders() throws {
    let folder = try TemporaryFolder()
    expectRefusal(folder.url.path, "without DICOM")
    try folder.write("note.txt", Array("hello".utf8))
    expectRefusal(folder.url.path, "without DICOM")
    try folder.write("a.dcm", [])
    let error = #expect(throws: ImagingError.self) { try Volume(contentsOf: folder.url.path) }
    #expect(error?.description.contains("a.dcm: is empty") == true)
  }

  @Test func unreadable() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.nii", NIfTIBytes().bytes)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    // The superuser may read everything.
    if FileManager.default.isReadableFile(atPath: path) { return }
    expectRefusal(path, "permissions")
  }

  @Test(arguments: [
    ("P5 2 2 255 ", "348"), ("mrtrix image\ndim: 2", "MRtrix"), ("GIF89a", "GIF"),
    ("PK\u{3}\u{4}", "ZIP"), ("BM....", "BMP"), ("%PDF-1.4", "PDF"),
  ])
  func otherKinds(_ start: String, _ words: String) throws {
    let folder = try TemporaryFolder()
    expectRefusal(try folder.write("a.nii", Array(start.utf8) + [0, 1, 2, 255]), words)
  }

  // MARK: NIfTI

  @Test(arguments: [0, -1, Float.nan, .infinity])
  func niftiSpacing(_ spacing: Float) throws {
    let folder = try TemporaryFolder()
    let bytes = NIfTIBytes(spacing: [1, 1, spacing, 1]).bytes
    expectRefusal(try folder.write("a.nii", bytes), "spacing")
  }

  @Test func niftiDimensions() throws {
    let folder = try TemporaryFolder()
    let cases: [([Int16], String)] = [
      ([3, 32000, 32000, 32000], "cut short"), ([3, -2, 3, 4], "-2"), ([3, 0, 3, 4], "0"),
      ([9, 2, 3, 4], "9 dimensions"), ([0, 2, 3, 4], "0 dimensions"),
      ([4, 2, 3, 4, 7], "7 volumes"), ([5, 2, 3, 4, 1, 3], "3 volumes"),
    ]
    for (dimensions, words) in cases {
      let bytes = NIfTIBytes(dimensions: dimensions, voxels: [UInt8](repeating: 0, count: 48)).bytes
      expectRefusal(try folder.write("a.nii", bytes), words)
    }
    let one = NIfTIBytes(dimensions: [4, 2, 3, 4, 1]).bytes
    #expect(try Volume(contentsOf: folder.write("b.nii", one)).geometry.size == SIMD3(2, 3, 4))
  }

  @Test func niftiContent() throws {
    let folder = try TemporaryFolder()
    let sound = NIfTIBytes().bytes
    expectRefusal(try folder.write("a.nii", Array(sound.dropLast())), "cut short")
    expectRefusal(try folder.write("b.nii", Array(sound.prefix(200))), "348")
    var wrong = NIfTIBytes(datatype: 32, bits: 64)
    expectRefusal(try folder.write("c.nii", wrong.bytes), "complex")
    wrong = NIfTIBytes()
    wrong.set(108, Float(10))
    expectRefusal(try folder.write("d.nii", wrong.bytes), "offset")
    wrong = NIfTIBytes()
    wrong.set(108, Float.nan)
    expectRefusal(try folder.write("e.nii", wrong.bytes), "offset")
    wrong = NIfTIBytes()
    wrong.set(254, Int16(1))  // An sform of zeros.
    expectRefusal(try folder.write("f.nii", wrong.bytes), "spacing")
    wrong.bytes.replaceSubrange(344..<348, with: Array("ni1\0".utf8))
    expectRefusal(try folder.write("g.hdr", wrong.bytes), "spacing")
    wrong.set(254, Int16(0))
    expectRefusal(try folder.write("h.hdr", wrong.bytes), "pair")
    expectRefusal(try folder.write("i.img", [1, 2]), "pair")
  }

  @Test func wideIntegers() throws {
    let folder = try TemporaryFolder()
    func bytes(_ values: [Int64]) -> [UInt8] {
      let voxels = values.flatMap { value in
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      }
      return NIfTIBytes(dimensions: [3, 2, 1, 1], datatype: 1024, bits: 64, voxels: voxels).bytes
    }
    let volume = try Volume(contentsOf: folder.write("a.nii", bytes([-7, 70000])))
    #expect(volume.voxels == .int32([-7, 70000]))
    expectRefusal(try folder.write("b.nii", bytes([0, 1 << 40])), "1099511627776")
  }

  // MARK: Cut and damaged files of every format

  @Test(arguments: ["nii.gz", "nii", "nrrd", "mha", "png", "tif", "jpg"], [0.2, 0.6, 0.97])
  func cutShort(_ ending: String, part: Double) throws {
    let folder = try TemporaryFolder()
    let isFlat = ["png", "tif", "jpg"].contains(ending)
    var generator = SeededGenerator(state: 42)
    let geometry = Geometry(size: isFlat ? SIMD3(120, 90, 1) : SIMD3(40, 30, 20))
    let values = (0..<geometry.count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let whole = folder.path("whole." + ending)
    try Volume(geometry: geometry, voxels: .uint8(values)).write(to: whole)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
    let cut = Array(bytes.prefix(Int(Double(bytes.count) * part)))
    expectRefusal(try folder.write("cut." + ending, cut), "")
    if part > 0.9 && ["nii.gz", "nrrd", "mha", "png"].contains(ending) {
      var flipped = bytes
      for place in bytes.count / 2..<bytes.count / 2 + 8 { flipped[place] ^= 0x5A }
      expectRefusal(try folder.write("flipped." + ending, flipped), "")
    }
  }

  @Test(arguments: ["0 1 1", "1 -1 1", "1 1 nan"])
  func textHeaders(_ spacing: String) throws {
    let folder = try TemporaryFolder()
    func meta(_ spacing: String, _ size: String, _ data: String) -> [UInt8] {
      Array(
        """
        ObjectType = Image
        NDims = 3
        BinaryData = True
        ElementSpacing = \(spacing)
        DimSize = \(size)
        ElementType = MET_UCHAR
        ElementDataFile = \(data)

        """.utf8)
    }
    func nrrd(_ spacing: String, _ size: String) -> [UInt8] {
      Array(
        """
        NRRD0004
        type: uint8
        dimension: 3
        sizes: \(size)
        spacings: \(spacing)
        encoding: raw


        """.utf8)
    }
    let voxels = [UInt8](repeating: 7, count: 24)
    expectRefusal(try folder.write("a.mha", meta(spacing, "2 3 4", "LOCAL") + voxels), "spacing")
    expectRefusal(try folder.write("a.nrrd", nrrd(spacing, "2 3 4") + voxels), "spacing")
    let huge = "90000 90000 90000"
    expectRefusal(try folder.write("b.mha", meta("1 1 1", huge, "LOCAL") + voxels), "")
    expectRefusal(try folder.write("b.nrrd", nrrd("1 1 1", huge) + voxels), "")
    expectRefusal(try folder.write("c.mhd", meta("1 1 1", "2 3 4", "c.raw")), "c.raw")
    try folder.write("c.raw", Array(voxels.dropLast()))
    expectRefusal(folder.path("c.mhd"), "cut short")
    try folder.write("c.raw", voxels)
    #expect(try Volume(contentsOf: folder.path("c.mhd")).geometry.size == SIMD3(2, 3, 4))
    let short = Array(voxels.dropLast())
    expectRefusal(try folder.write("e.mha", meta("1 1 1", "2 3 4", "LOCAL") + short), "cut short")
    expectRefusal(try folder.write("e.nrrd", nrrd("1 1 1", "2 3 4") + short), "cut short")
    expectRefusal(try folder.write("d.mha", meta("1 1 1", "2 0 4", "LOCAL") + voxels), "")
    expectRefusal(try folder.write("d.nrrd", nrrd("1 1 1", "2 -3 4") + voxels), "")
  }

  /// NRRD's library keeps its messages in global variables; files must not get into each other's way.
  @Test func manyDamagedFilesAtOnce() throws {
    let folder = try TemporaryFolder()
    let header = "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 3 4\nspacings: 1 1 1\n"
    let voxels = [UInt8](repeating: 7, count: 24)
    let texts = [
      header + "encoding: raw\n\n", header + "encoding: none of them\n\n",
      header + "space: nowhere\nspace directions: (1,0 (0,1) x\n\n", "NRRD0004\ntype: blob\n\n",
    ]
    let paths = try texts.enumerated().map {
      try folder.write("n\($0).nrrd", Array($1.utf8) + voxels)
    }
    let count = 2000
    nonisolated(unsafe) let isRead = UnsafeMutableBufferPointer<Bool>.allocate(capacity: count)
    defer { isRead.deallocate() }
    // Each iteration writes a place of its own.
    DispatchQueue.concurrentPerform(iterations: count) { number in
      let volume = try? Volume(contentsOf: paths[number % paths.count])
      isRead.baseAddress?.advanced(by: number).initialize(to: volume != nil)
    }
    #expect(isRead.count { $0 } == count / texts.count)
  }

  @Test func freeSurfer() throws {
    let folder = try TemporaryFolder()
    func header(_ size: [Int32], frames: Int32 = 1, spacing: Float = 1) -> [UInt8] {
      var bytes: [UInt8] = []
      func add(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes += Array($0) }
      }
      for value in [1] + size + [frames, 0, 0] { add(value) }
      add(Int16(1))
      for value in [spacing, 1, 1, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0] { add(value.bitPattern) }
      return bytes + [UInt8](repeating: 0, count: 284 - bytes.count)
    }
    let voxels = [UInt8](0..<24)
    let good = try Volume(contentsOf: folder.write("a.mgh", header([2, 3, 4]) + voxels))
    #expect(good.voxels == .uint8(voxels) && good.geometry.orientation.code == "LIA")
    expectRefusal(try folder.write("b.mgh", header([2, 3, 4]) + voxels.dropLast()), "cut short")
    expectRefusal(try folder.write("c.mgh", header([2, -3, 4]) + voxels), "size")
    expectRefusal(try folder.write("d.mgh", header([2, 3, 4], frames: 5) + voxels), "5 volumes")
    expectRefusal(try folder.write("e.mgh", header([2, 3, 4], spacing: 0) + voxels), "spacing")
    expectRefusal(
      try folder.write("f.mgh", header([.max, .max, .max]) + voxels), "cut short")
  }

  @Test func dicomCutShort() throws {
    let folder = try TemporaryFolder()
    let bytes = DICOMBytes(columns: 40, rows: 30).bytes
    #expect(try Volume(contentsOf: folder.write("a.dcm", bytes)).geometry.size == SIMD3(40, 30, 1))
    for part in [140, 300, 500, bytes.count - 1000, bytes.count - 1] {
      expectRefusal(try folder.write("cut.dcm", Array(bytes.prefix(part))), "")
    }
  }

  @Test func notFiniteIsCounted() throws {
    let folder = try TemporaryFolder()
    let volume = Volume(
      geometry: Geometry(size: SIMD3(2, 2, 1)), voxels: .float32([1, .nan, .infinity, 2]))
    try volume.write(to: folder.path("a.nii.gz"))
    let back = try Volume(contentsOf: folder.path("a.nii.gz"))
    #expect(back.nonFiniteCount == 2)
    #expect(back.statistics?.mean == 1.5 && back.statistics?.count == 2)
  }

  // MARK: Writing

  @Test func writingThatDoesNotFit() throws {
    let folder = try TemporaryFolder()
    let flat = Geometry(size: SIMD3(4, 4, 1))
    let cases: [(String, Volume, String)] = [
      ("a.png", Sample.volume(.uint8), "3 slices"),
      ("a.png", Sample.volume(.float32, geometry: flat), "float32"),
      ("a.jpg", Sample.volume(.uint16, geometry: flat), "uint16"),
      ("a.jpg", Sample.volume(.uint8, channels: 4, geometry: flat), "4 channels"),
      ("a.tif", Sample.volume(.int16, geometry: flat), "int16"),
      ("a.nii", Sample.volume(.float32, channels: 3), "float32"),
      ("a.nii.gz", Sample.volume(.uint8, channels: 2), "2 channels"),
      ("a.bmp", Sample.volume(.uint8), "ending"), ("a", Sample.volume(.uint8), "ending"),
      ("none/a.nii", Sample.volume(.uint8), "folder is missing"),
    ]
    for (name, volume, words) in cases {
      let error = #expect(throws: ImagingError.self) { try volume.write(to: folder.path(name)) }
      let line = error?.description ?? ""
      #expect(line.hasPrefix(folder.path(name)) && line.contains(words), "\(line)")
      #expect(!line.contains("\n") && folder.names.isEmpty)
    }
    let mask = LabelMap(geometry: flat, labels: [Int32](repeating: 0, count: 16))
    #expect(throws: ImagingError.self) { try mask.write(to: folder.path("a.jpg")) }
    #expect(throws: ImagingError.voxelCount(met: 3, expected: 16)) {
      try Volume(geometry: flat, voxels: .uint8([1, 2, 3])).write(to: folder.path("a.nii"))
    }
    var bad = Sample.volume(.uint8)
    bad.geometry.spacing.x = 0
    #expect(throws: ImagingError.self) { try bad.write(to: folder.path("a.nii")) }
    #expect(folder.names.isEmpty)
  }
}

/// SplitMix64, so that tests have the same numbers every time.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

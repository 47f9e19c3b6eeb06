// The parts of the way from image to mask: boxes, sizes, refusals, pictures, the cache.

import Foundation
import Imaging
import Layers
import Tensors
import TestSupport
import Testing
import Weights

@testable import Models
@testable import Segmentation

@Suite struct BoxTests {
  @Test func theBoxHoldsEveryValueAboveTheThreshold() throws {
    let size = SIMD3(5, 4, 3)
    var values = [Float](repeating: 0, count: 60)
    values[(1 * 4 + 2) * 5 + 3] = 1
    values[(2 * 4 + 1) * 5 + 1] = 1
    let tight = try #require(Box(around: values, in: size, .init(threshold: 0.5, margin: 0)))
    #expect(tight.lower == SIMD3(1, 1, 1) && tight.upper == SIMD3(4, 3, 3))
    #expect(tight.shape == [2, 2, 3])
    let wide = try #require(Box(around: values, in: size, .init(threshold: 0.5, margin: 9)))
    #expect(wide.lower == .zero && wide.upper == size)
    #expect(Box(around: values, in: size, .init(threshold: 2, margin: 0)) == nil)
    #expect(Box(around: values, in: size, nil)?.upper == size)
  }

  @Test func whatIsCutOutGoesBackToItsPlace() throws {
    let size = SIMD3(4, 3, 5)
    let values = (0..<60).map { Float($0 % 7) }
    let box = try #require(Box(around: values, in: size, .init(threshold: 4, margin: 0)))
    let classes = box.cut(from: values, size: size).map { UInt8($0) }
    var labels = [Int32](repeating: -1, count: 60)
    let plane = box.shape[1] * box.shape[2]
    box.paste(Array(classes[..<plane]), fromPlane: 0, into: &labels, size: size)
    box.paste(Array(classes[plane...]), fromPlane: 1, into: &labels, size: size)
    for (value, label) in zip(values, labels) where label >= 0 { #expect(Float(label) == value) }
    #expect(labels.filter { $0 >= 0 }.count == classes.count)
  }
}

@Suite struct SlicePipelineTests {
  /// Scores equal to the image, so that every step of the way shows in the result.
  struct Identity: DenseModel {
    static let card = NucleiUNet.card
    static let variants: [Variant<Int>] = []
    init() {}
    init(_ w: Weights, _ configuration: Int) throws {}
    func logits(_ x: Tensor) throws -> Tensor { x }
    func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] { inputs }
  }

  private func run(_ volume: Volume, _ preparation: Preparation) throws -> Segmentation {
    var stopwatch = Stopwatch()
    return try SlicePipeline(model: Identity(), preparation: preparation)
      .run(volume, &stopwatch) { _ in }
  }

  private func image(_ width: Int, _ height: Int, slices: Int = 1) -> Volume {
    let values = (0..<width * height * slices).map { UInt8(($0 * 37) % 100) }
    return Volume(
      geometry: Geometry(size: SIMD3(width, height, slices)), voxels: .uint8(values))
  }

  @Test(arguments: [(8, 8), (9, 13), (3, 2), (17, 1)])
  func paddingToAMultipleLeavesNoTrace(width: Int, height: Int) throws {
    let volume = image(width, height)
    let result = try run(
      volume,
      Preparation(
        normalisation: .unitRange, sizing: .multiple(of: 8), decision: .threshold(0.55)))
    let expected = volume.voxels.floats.map { 1 / (1 + exp(-$0 / 255)) }
    let probabilities = try #require(result.probabilities).voxels.floats
    for (ours, exact) in zip(probabilities, expected) { #expect(abs(ours - exact) < 1e-6) }
    #expect(result.labels.labels == expected.map { $0 > 0.55 ? 1 : 0 })
  }

  @Test func aStackIsSegmentedSliceBySlice() throws {
    let volume = image(6, 5, slices: 3)
    let result = try run(
      volume, Preparation(normalisation: .unitRange, decision: .threshold(0.55)))
    #expect(result.labels.labels.count == 90)
    #expect(result.labels.geometry == volume.geometry)
  }

  @Test func brightImagesAreInverted() throws {
    var volume = image(4, 4)
    volume.voxels = .uint8(volume.voxels.floats.map { UInt8(255 - $0) })
    let preparation = Preparation(
      normalisation: .unitRange, invertsBrightImages: true, decision: .threshold(0.55))
    #expect(try run(volume, preparation).labels == run(image(4, 4), preparation).labels)
  }

  @Test func imagesOfAnotherKindAreRefused() throws {
    let colour = Preparation(
      channels: .rgb, normalisation: .unitRange, decision: .threshold(0.5))
    #expect(throws: SegmentationError.needsColour(channels: 1)) { try run(image(4, 4), colour) }
    var real = image(4, 4)
    real.voxels = .float32(real.voxels.floats)
    let grey = Preparation(normalisation: .unitRange, decision: .threshold(0.5))
    #expect(throws: SegmentationError.unknownRange("float32")) { try run(real, grey) }
  }
}

@Suite struct OverlayTests {
  @Test func labelledPixelsTakeTheColourOfTheirLabel() throws {
    let geometry = Geometry(size: SIMD3(2, 1, 1))
    let picture = try Overlay.picture(
      of: LabelMap(geometry: geometry, labels: [0, 1]),
      on: Volume(geometry: geometry, channels: 3, voxels: .uint8([9, 9, 9, 9, 9, 9])))
    guard case .uint8(let pixels) = picture.voxels else {
      Issue.record("a picture has 8 bits")
      return
    }
    #expect(Array(pixels[..<3]) == [9, 9, 9])
    #expect(pixels[3] > pixels[4] && pixels[4] == pixels[5])
  }

  @Test func aVolumeIsDrawnInThreePlanesWithSquarePixels() throws {
    let geometry = Geometry(size: SIMD3(4, 6, 2), spacing: SIMD3(1, 1, 3))
    let volume = Volume(geometry: geometry, voxels: .float32((0..<48).map(Float.init)))
    let labels = LabelMap(geometry: geometry, labels: .init(repeating: 0, count: 48))
    let picture = try Overlay.picture(of: labels, on: volume)
    #expect(picture.geometry.size == SIMD3(4 + 4 + 6, 6, 1))
  }

  @Test func colloursOfNeighbouringLabelsDiffer() {
    for label in Int32(1)..<120 {
      let difference = Overlay.colour(label) - Overlay.colour(label + 1)
      #expect((difference * difference).sum() > 3000)
      for channel in 0..<3 { #expect((0...255).contains(Overlay.colour(label)[channel])) }
    }
  }
}

@Suite struct ModelStoreTests {
  @Test func missingWeightsSayWhatToDo() throws {
    try Temporary.withFolder { folder in
      let store = ModelStore(folder: URL(fileURLWithPath: folder))
      let entry = try Registry.model("lwnet")
      #expect(!store.has(entry))
      let error = #expect(throws: ModelError.self) { try store.load(entry) }
      #expect(String(describing: error).contains("vesalius models pull lwnet/drive"))
    }
  }

  @Test func aChangedFileInTheCacheIsRefused() throws {
    try Temporary.withFolder { folder in
      let store = ModelStore(folder: URL(fileURLWithPath: folder))
      let entry = try Registry.model("meshnet/tissue3")
      let target = store.path(of: entry)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      let record = TensorRecord(name: "x", dtype: .float32, shape: [1], bytes: [0, 0, 0, 0])
      try WeightFile.writeSafetensors([record], to: target.path)
      #expect(throws: ModelError.wrongHash(path: target.path, id: entry.id)) {
        try store.load(entry)
      }
    }
  }

  @Test func theHashOfKnownBytesIsKnown() throws {
    let path = Temporary.path("abc")
    defer { Temporary.remove(path) }
    try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
    #expect(
      try ModelStore.sha256(ofFile: path)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}

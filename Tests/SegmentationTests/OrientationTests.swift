// The same volume stored in any of the 48 axis orders and flips gives the same mask in the patient.

import Imaging
import Layers
import Tensors
import TestSupport
import Testing
import Weights

@testable import Models
@testable import Segmentation

@Suite struct OrientationTests {
  /// Stored in every orientation, written, read, segmented and turned back: one mask, one grid.
  @Test(arguments: Orientation.all)
  func theMaskDoesNotDependOnHowTheVolumeIsStored(_ orientation: Orientation) throws {
    let volume = try Sample.volume(SIMD3(13, 11, 9))
    let expected = try Sample.segment(volume)
    #expect(Set(expected.labels).count == 3)

    let path = Temporary.path("stored.nii.gz")
    defer { Temporary.remove(path) }
    try volume.reoriented(to: orientation).write(to: path)
    let stored = try Volume(contentsOf: path)
    let mask = try Sample.segment(stored)
    #expect(mask.geometry == stored.geometry)
    let back = mask.reoriented(to: volume.geometry.orientation)
    #expect(back.labels == expected.labels)
    #expect(back.geometry.matches(volume.geometry, toleranceMM: 1e-4))
  }

  /// The published MeshNet on a piece of a real T1 volume, in all orientations.
  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func theRealNetworkAgreesInAllOrientations() throws {
    let entry = try Registry.model("meshnet/tissue3")
    let weights = Shared.path("weights/meshnet-brainchop/meshnet/model5_gw_ae/model.pth")
    let segmenter = try DenseSegmenter(
      ModelStore().load(entry, weights: weights).model, entry: entry)
    let brain = try Volume(contentsOf: Shared.path("data/volume-formats/norm.mgz"))
    var piece = brain.geometry
    piece.size = SIMD3(40, 36, 32)
    piece.origin = brain.geometry.worldMM(ofVoxel: SIMD3(100, 110, 90))
    let volume = try brain.resampled(onto: piece, interpolation: .nearest)
    var stopwatch = Stopwatch()
    let expected = try segmenter.segment(volume, stopwatch: &stopwatch).labels
    #expect(expected.counts.count == 3)
    for orientation in Orientation.all {
      let mask = try segmenter.segment(
        volume.reoriented(to: orientation), stopwatch: &stopwatch
      ).labels
      let back = mask.reoriented(to: volume.geometry.orientation)
      #expect(back.labels == expected.labels, "\(orientation)")
    }
  }

  @Test func otherVoxelSizesComeBackToTheGridOfTheFile() throws {
    var volume = try Sample.volume(SIMD3(10, 12, 8))
    volume.geometry.spacing = SIMD3(2, 1, 1.5)
    let mask = try Sample.segment(volume)
    #expect(mask.geometry == volume.geometry)
    #expect(mask.labels.contains { $0 != 0 })
  }
}

/// A small network that tells left from right and up from down, and a volume without symmetry.
enum Sample {
  struct Network: DenseModel {
    static let card = MeshNet.card
    static let variants: [Variant<Int>] = []
    let convolution: Convolution

    init(_ w: Weights, _ classes: Int) throws {
      convolution = try Convolution(w, from: 1, to: classes, kernel: [3, 3, 3])
    }

    func logits(_ x: Tensor) throws -> Tensor { try convolution(x) }
    func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] { [:] }
  }

  static func volume(_ size: SIMD3<Int>) throws -> Volume {
    let count = size.x * size.y * size.z
    let values = try RandomGenerator(seed: 11).uniform([count]).floats().map { Int16($0 * 1000) }
    return Volume(
      geometry: Geometry(size: size, origin: SIMD3(-20, 30, 7)), voxels: .int16(values))
  }

  static func segment(_ volume: Volume) throws -> LabelMap {
    let pipeline = VolumePipeline(
      model: try Network(Weights(SeededInitialiser(seed: 2)), 3), card: MeshNet.card,
      preparation: Preparation(
        normalisation: .minMax, orientation: "AIL", spacing: 1,
        crop: .init(threshold: 0, margin: 0), decision: .argmax))
    var stopwatch = Stopwatch()
    return try pipeline.run(volume, &stopwatch) { _ in }.labels
  }
}

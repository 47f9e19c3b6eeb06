// Published weights on real images: what their authors and our users are promised.

import Datasets
import Imaging
import Metrics
import Models
import Segmentation
import Tensors
import TestSupport
import Testing
import Weights

@Suite(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
struct PublishedWeightsTests {
  static let vessel = "weights/lwnet-vessel/experiments/wnet_drive/model_checkpoint.pth"
  static let nuclei = "weights/unet2d-nuclei-broad/weights.pt"

  @Test(arguments: [
    ("lwnet", vessel), ("unet2d-nuclei-broad", nuclei),
    ("meshnet", "weights/meshnet-brainchop/meshnet/model18cls/model.pth"),
    ("meshnet-50cls", "weights/meshnet-brainchop/meshnet/model30chan50cls/model.pth"),
  ])
  func largerGoldenOutputsAgree(manifest: String, weights: String) throws {
    let manifest = try Manifest(contentsOf: Repository.path("Parity/\(manifest).json"))
    let published = try WeightFile(contentsOf: Shared.path(weights)).stateDict()
    let results = try Parity.check(manifest, published: published)
    #expect(!results.isEmpty)
    for result in results { #expect(result.passes, "\(result.output): \(result.relativeError)") }
  }

  /// bioimage.io publishes one input and the probabilities that its network gives.
  @Test func theNucleiNetworkGivesItsPublishedOutput() throws {
    let folder = "weights/unet2d-nuclei-broad/"
    let input = try NumpyFile(contentsOf: Shared.path(folder + "test_input.npy"))
    let output = try NumpyFile(contentsOf: Shared.path(folder + "test_output.npy"))
    func values(_ file: NumpyFile) throws -> [Float] {
      let dtype = try file.dtype
      return try file.tensor.withContiguousBytes {
        try Tensor($0, shape: file.shape, dtype: dtype).floats()
      }
    }
    let entry = try Registry.model("unet2d-nuclei-broad")
    let model = try #require(
      try ModelStore().load(entry, weights: Shared.path(Self.nuclei)).model as? any DenseModel)
    let normalised = try Tensor(
      Intensity.zeroMeanUnitVariance(values(input)), shape: input.shape)
    let ours = try inference { try model.logits(normalised).sigmoid().floats() }
    let published = try values(output)
    let largest = zip(ours, published).map { abs($0 - $1) }.max()
    #expect(try #require(largest) < 1e-5)
  }

  /// Every image on its own grid against the first observer, and against the annotated nuclei.
  @Test(arguments: [
    ("lwnet", vessel, "data/retina-chasedb1", 28),
    ("unet2d-nuclei-broad", nuclei, "data/nuclei-dsb2018", 61),
  ])
  func meanDiceIsWhatWasMeasuredWithTheOfficialCode(
    model: String, weights: String, data: String, count: Int
  ) throws {
    let entry = try Registry.model(model)
    let segmenter = try DenseSegmenter(
      ModelStore().load(entry, weights: Shared.path(weights)).model, entry: entry)
    let dataset = try DatasetFolder(contentsOf: Shared.path(data))
    #expect(dataset.cases.count == count)
    let scores = try dataset.cases.map { item in
      var stopwatch = Stopwatch()
      let volume = try Volume(contentsOf: try #require(item.images.first))
      let mask = try segmenter.segment(volume, stopwatch: &stopwatch).labels
      let reference = try LabelMap(contentsOf: try #require(item.label))
        .semantic(dataset.description)
      #expect(mask.geometry.size == reference.geometry.size)
      let overlap = try OverlapTable(prediction: mask.labels, reference: reference.labels)
      return try #require(overlap[1].dice())
    }
    #expect(scores.reduce(0, +) / Double(count) >= 0.74)
  }

  /// FreeSurfer's labels of the same subject: tissue by Dice, and left is left.
  @Test func theBrainIsWhereFreeSurferSeesIt() throws {
    let brain = try Volume(contentsOf: Shared.path("data/volume-formats/norm.mgz"))
    let reference = try LabelMap(
      contentsOf: Shared.path("data/volume-formats/aparc.a2009s+aseg.mgz"))
    func segment(_ tag: String, _ folder: String) throws -> LabelMap {
      let entry = try Registry.model("meshnet/\(tag)")
      let weights = Shared.path("weights/meshnet-brainchop/meshnet/\(folder)/model.pth")
      var stopwatch = Stopwatch()
      return try DenseSegmenter(ModelStore().load(entry, weights: weights).model, entry: entry)
        .segment(brain, stopwatch: &stopwatch).labels
    }
    func dice(_ mask: LabelMap, _ label: Int32, _ freeSurfer: Set<Int32>) throws -> Double {
      let overlap = try OverlapTable(
        prediction: mask.labels.map { $0 == label ? 1 : 0 },
        reference: reference.labels.map { freeSurfer.contains($0) ? 1 : 0 })
      return try #require(overlap[1].dice())
    }
    let tissue = try segment("tissue3", "model5_gw_ae")
    #expect(try dice(tissue, 1, [2, 41, 7, 46, 77, 251, 252, 253, 254, 255]) > 0.85)

    let parcels = try segment("parcellation104", "model21_104class")
    let names = try #require(try Registry.model("meshnet/parcellation104").checkpoint).labels
    let left = try #require(names.firstIndex(of: "Left-Thalamus-Proper"))
    let right = try #require(names.firstIndex(of: "Right-Thalamus-Proper"))
    #expect(try dice(parcels, Int32(left), [10]) > 0.8)
    #expect(try dice(parcels, Int32(right), [49]) > 0.8)
    #expect(try dice(parcels, Int32(left), [49]) < 0.01)
  }
}

// Real published weights, against counts and sums that PyTorch 2.13 gave for the same files.

import TestSupport
import Testing
import Weights

@Suite(.enabled(if: Shared.isPresent, "skipped: no ../shared")) struct PublishedWeightTests {
  struct Published: Sendable, CustomTestStringConvertible {
    let file: String
    let format: WeightFile.Format
    let key: String?
    let count: Int
    let values: Int
    var testDescription: String { file }
  }

  static let files: [Published] = [
    .init(
      file: "lwnet-vessel/experiments/wnet_drive/model_checkpoint.pth", format: .legacyPyTorch,
      key: "model_state_dict", count: 240, values: 69_572),
    .init(
      file: "lwnet-vessel/experiments/big_wnet_drive_av/model_checkpoint.pth",
      format: .legacyPyTorch, key: "model_state_dict", count: 338, values: 281_848),
    .init(
      file: "lwnet-vessel/experiments/big_wnet_hrf_av_1024/model_checkpoint.pth",
      format: .legacyPyTorch, key: "model_state_dict", count: 338, values: 281_848),
    .init(
      file: "unet2d-nuclei-broad/weights.pt", format: .torchScript, key: nil, count: 36,
      values: 449_489),
    .init(
      file: "unet3d-brain-torchio/patches_epoch_5.pth", format: .pytorch, key: "weights",
      count: 136, values: 493_354),
    .init(
      file: "unet3d-brain-torchio/whole_images_epoch_5.pth", format: .pytorch, key: "weights",
      count: 136, values: 493_354),
    .init(
      file: "meshnet-brainchop/meshnet/model5_gw_ae/model.pth", format: .safetensors, key: nil,
      count: 20, values: 5_598),
    .init(
      file: "meshnet-brainchop/meshnet/model18cls/model.pth", format: .safetensors, key: nil,
      count: 20, values: 96_408),
    .init(
      file: "meshnet-brainchop/meshnet/model21_104class/model.pth", format: .safetensors,
      key: nil, count: 18, values: 86_372),
    .init(
      file: "meshnet-brainchop/meshnet/model30chan50cls/model.pth", format: .safetensors,
      key: nil, count: 20, values: 197_030),
  ]

  @Test(arguments: files)
  func countsAreThoseOfPyTorch(published: Published) throws {
    let file = try WeightFile(contentsOf: Shared.path("weights/" + published.file))
    #expect(file.format == published.format)
    let state = try file.stateDict()
    #expect(state.key == published.key)
    #expect(state.names.count == published.count)
    #expect(state.tensors.values.reduce(0) { $0 + $1.numel } == published.values)
    for tensor in state.tensors.values {
      #expect(try tensor.contiguousBytes().count == tensor.numel * tensor.dtype.size)
    }
  }

  @Test func vesselNetwork() throws {
    let path = "weights/lwnet-vessel/experiments/wnet_drive/model_checkpoint.pth"
    let state = try WeightFile(contentsOf: Shared.path(path)).stateDict()
    #expect(state.names.first == "unet1.first.shortcut.0.weight")
    let first = try #require(state["unet1.first.shortcut.0.weight"])
    #expect(first.shape == [8, 3, 1, 1])
    #expect(try first.values(Float.self).prefix(2) == [1.108_159_542, 0.260_908_306])
    #expect(abs(try first.sum - 1.338_137_887_418_270_1) < 1e-12)
    #expect(try state["unet2.final.bias"]?.values(Float.self) == [-0.176_153_108])
  }

  @Test func nucleiNetwork() throws {
    let state = try WeightFile(
      contentsOf: Shared.path("weights/unet2d-nuclei-broad/weights.pt")
    ).stateDict()
    #expect(state.names.first == "encoders.0.0.weight")
    #expect(state["encoders.0.0.weight"]?.shape == [16, 1, 3, 3])
    let sum = try state.tensors.values.reduce(0) { $0 + (try $1.sum) }
    #expect(abs(sum - -111.853_732_810_989_24) < 1e-9)
  }

  @Test func brainNetworkWithNumpyLosses() throws {
    let file = try WeightFile(
      contentsOf: Shared.path("weights/unet3d-brain-torchio/patches_epoch_5.pth"))
    #expect(file.root?["train_losses"] != nil)
    let floats = try file.stateDict().tensors.values.filter { $0.storedType == .float32 }
    let sum = try floats.reduce(0) { $0 + (try $1.sum) }
    #expect(abs(sum - 410.270_137_762_108_2) < 1e-6)
  }

  @Test func meshNetwork() throws {
    let file = try WeightFile(
      contentsOf: Shared.path("weights/meshnet-brainchop/meshnet/model5_gw_ae/model.pth"))
    let sum = try file.tensors.values.reduce(0) { $0 + (try $1.sum) }
    #expect(abs(sum - -325.343_326_925_376_46) < 1e-9)
  }

  @Test(arguments: [("test_input", 67_139_004.0), ("test_output", 54_060.864_890_091_97)])
  func publishedInputAndOutput(name: String, sum: Double) throws {
    let file = try NumpyFile(contentsOf: Shared.path("weights/unet2d-nuclei-broad/\(name).npy"))
    #expect(file.shape == [1, 1, 512, 512])
    #expect(abs(try file.tensor.sum - sum) < 1e-6)
  }
}

// The fast paths of SAM's parts against the readable ones, unit by unit, on networks in small.

import Tensors
import TestSupport
import Testing
import Weights

@testable import Models

@Suite struct FastPathTests {
  static func bound(_ unit: MatrixUnit) -> Double { unit.precision == .int16 ? 2e-3 : 1.5e-2 }
  /// The kernels in plain C take long; they are tried on the smallest networks.
  static let quick = MatrixUnit.available.filter { !$0.description.hasSuffix("plain C") }

  @Test(arguments: MatrixUnit.available)
  func aTransformerWithPaddedWindows(_ unit: MatrixUnit) throws {
    try inference {
      let encoder = try ImageEncoder(
        Weights(SeededInitialiser(seed: 4)),
        .init(width: 48, depth: 3, heads: 3, globalBlocks: [1], patch: 4, window: 3), to: 32,
        grid: 8)
      let image = try RandomGenerator(seed: 2).normal([1, 3, 32, 32])
      let exact = try encoder(image)
      let packed = try encoder.packed(for: unit)
      let error = try packed(image).relativeError(to: exact)
      #expect(error < Self.bound(unit), "\(unit): \(error)")
    }
  }

  @Test(arguments: quick)
  func aTinyViT(_ unit: MatrixUnit) throws {
    try inference {
      let encoder = try TinyViT(
        Weights(SeededInitialiser(seed: 5)), .init(step: 2, hasClassifier: false), to: 64)
      // 40 × 40 cells after the first stage: padding in windows of 7 and of 14.
      let image = try RandomGenerator(seed: 3).normal([1, 3, 160, 160])
      let exact = try encoder(image)
      let packed = try encoder.packed(for: unit)
      let error = try packed(image).relativeError(to: exact)
      #expect(error < Self.bound(unit), "\(unit): \(error)")
    }
  }

  @Test(arguments: quick, [false, true])
  func theDecoder(_ unit: MatrixUnit, _ multimask: Bool) throws {
    try inference {
      let model = try PromptableTests.model()
      let fast = try model.accelerated(by: unit)
      let image = try PromptableTests.embedding(model)
      let prompts = try model.encode(
        PromptTensors(
          points: Tensor([10, 20, 30, 40, 5, 60, 50, 2] as [Float], shape: [2, 2, 2]),
          labels: Tensor([1, 0, 1, 1] as [Int64], shape: [2, 2]),
          boxes: Tensor([1, 2, 30, 40, 5, 5, 60, 60] as [Float], shape: [2, 4]),
          mask: RandomGenerator(seed: 8).normal([2, 1, 16, 16])))
      let exact = try model.decode(image, prompts, multimask: multimask)
      let found = try fast.decode(image, prompts, multimask: multimask)
      #expect(found.logits.shape == exact.logits.shape)
      let error = try found.logits.relativeError(to: exact.logits)
      #expect(error < Self.bound(unit), "\(unit): \(error)")
      #expect(
        try found.predictedIoU.relativeError(to: exact.predictedIoU) < Self.bound(unit))
    }
  }

  @Test(
    .enabled(if: ParityTests.checksAll, "the large network runs when VESALIUS_PARITY_ALL is set"),
    arguments: ["sam-vit-b"])
  func largeNetworksInReducedPrecision(_ id: String) throws { try check(id, .int16) }

  @Test(arguments: ["lite-medsam", "sam-vit-t"])
  func goldenOutputsInReducedPrecision(_ id: String) throws { try check(id, .int16) }

  private func check(_ id: String, _ precision: Precision) throws {
    guard precision.unit != nil else { return }
    let manifest = try Manifest(contentsOf: Repository.path("Parity/\(id).json"))
    let results = try Parity.check(manifest, in: precision)
    #expect(results.contains { $0.output == "image_embedding" })
    for result in results { #expect(result.passes, "\(result.output): \(result.relativeError)") }
  }

  @Test func automaticPrecisionAgreesWithItsOwnTest() throws {
    try inference {
      let model = try PromptableTests.model()
      let (_, precision) = try model.inPrecision(.automatic, device: .cpu)
      if let unit = precision.unit {
        #expect(try model.deviation(by: unit) <= PrecisionChoice.mostDeviation)
      }
    }
  }

  @Test func modelsWithoutAFastPathSaySo() throws {
    let model = try Registry.model("lwnet/drive").load(Weights(ZeroSource()))
    #expect(throws: PrecisionError.onlyFloat("lwnet", .int16)) {
      try model.inPrecision(.exactly(.int16), device: .cpu)
    }
    #expect(try model.inPrecision(.automatic, device: .cpu).precision == .fp32)
  }
}

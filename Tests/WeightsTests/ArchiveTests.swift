// Zip archives beyond what one version of PyTorch writes here: zip64, byte order, odd entries.

import Testing
import WeightFuzzing
import Weights

@Suite struct ArchiveTests {
  @Test(arguments: [false, true])
  func bothFormsOfZip(isZip64: Bool) throws {
    let file = try WeightFile(bytes: Corpus.archive(isZip64: isZip64), name: "model.pth")
    #expect(file.format == .pytorch)
    #expect(try file.stateDict().names == ["w", "v"])
    #expect(file.root?["loss"]?.number == 1)
  }

  @Test func bigEndianStoragesAreSwapped() throws {
    let one: [UInt8] = [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0]
    let file = try WeightFile(bytes: Corpus.archive(order: "big", storage: one), name: "model")
    #expect(try file.stateDict()["w"]?.values(Float.self) == [1, 2])
    let text = message {
      _ = try WeightFile(bytes: Corpus.archive(order: "middle"), name: "model")
    }
    #expect(text?.contains("byteorder") == true)
  }

  @Test func compressedEntriesAreRefused() {
    var zip = ZipBuilder()
    zip.add("a/data.pkl", [0x80, 2, 0x7D, 0x2E], method: 8)
    let text = message { _ = try WeightFile(bytes: zip.finished(), name: "model") }
    #expect(text?.contains("a compressed entry (a/data.pkl)") == true)
  }

  @Test func entriesThatComeTwiceAreRefused() {
    var zip = ZipBuilder()
    for _ in 0..<2 { zip.add("a/data.pkl", [0x80, 2, 0x7D, 0x2E]) }
    let text = message { _ = try WeightFile(bytes: zip.finished(), name: "model") }
    #expect(text?.contains("lists a/data.pkl twice") == true)
  }

  @Test func archivesOfOtherThingsAreNamed() {
    var zip = ZipBuilder()
    zip.add("x.npy", [])
    #expect(
      message { _ = try WeightFile(bytes: zip.finished(), name: "model") }?.contains(".npz")
        == true)
  }

  struct View: Sendable {
    let offset: Int32
    let shape: [Int32]
    let strides: [Int32]
  }

  static let impossible = [
    View(offset: 0, shape: [7], strides: [1]), View(offset: 6, shape: [1], strides: [1]),
    View(offset: -1, shape: [1], strides: [1]), View(offset: 0, shape: [-1], strides: [1]),
    View(offset: 0, shape: [2, 3], strides: [3]), View(offset: 0, shape: [2], strides: [-1]),
    View(offset: 0, shape: [.max, .max, .max], strides: [1, 1, 1]),
    View(offset: .max, shape: [1], strides: [1]), View(offset: 0, shape: [2], strides: [.max]),
  ]

  @Test(arguments: impossible)
  func viewsBeyondTheirStorageAreRefused(view: View) {
    #expect(throws: WeightsError.self) {
      try WeightFile(bytes: archive(view), name: "model")
    }
  }

  @Test func endlessExpansionIsRefusedWhenAsked() throws {
    let bytes = archive(View(offset: 0, shape: [1 << 15, 1 << 15], strides: [0, 0]))
    let tensor = try WeightFile(bytes: bytes, name: "model").tensors["w"]
    #expect(message { _ = try tensor?.contiguousBytes() }?.contains("unfolds") == true)
  }

  private func archive(_ view: View) -> [UInt8] {
    var pickle = PickleBuilder()
    pickle.raw("}(")
    pickle.text("w")
    pickle.tensor(
      "0", count: 6, offset: view.offset, shape: view.shape, strides: view.strides)
    pickle.raw("u")
    var zip = ZipBuilder()
    zip.add("a/data.pkl", pickle.finished())
    zip.add("a/data/0", [UInt8](repeating: 0, count: 24))
    return zip.finished()
  }
}

// The same sixteen tensors through every format that holds them.

import Tensors
import Testing
import Weights

@Suite struct PlainTensorTests {
  static let files = ["plain.pth", "plain-legacy.pth", "plain.safetensors"]

  @Test(arguments: zip(files, [WeightFile.Format.pytorch, .legacyPyTorch, .safetensors]))
  func formatIsRecognisedByContent(name: String, format: WeightFile.Format) throws {
    let file = try Fixture.open(name)
    #expect(file.format == format)
    #expect(file.names.count == 16)
    #expect(Set(file.names) == Set(file.tensors.keys))
    #expect(try file.stateDict().names == file.names)
  }

  @Test(arguments: files)
  func viewsAreRowMajorWhateverTheirStrides(name: String) throws {
    let tensors = try Fixture.open(name).tensors
    let base = (0..<24).map { Float($0) }
    #expect(try tensors["float32"]?.values(Float.self) == base.map { $0 / 8 })
    let transposed = try #require(tensors["transposed"])
    #expect(transposed.shape == [4, 2, 3])
    let expected = (0..<4).flatMap { k in (0..<6).map { base[$0 * 4 + k] } }
    #expect(try transposed.values(Float.self) == expected)
    #expect(try tensors["sliced"]?.values(Float.self) == [4, 6, 8, 10, 16, 18, 20, 22])
    #expect(try tensors["expanded"]?.values(Float.self) == [1, 1, 1, 2, 2, 2])
    #expect(try tensors["first"]?.values(Float.self) == [0, 1, 2])
    #expect(try tensors["second"]?.values(Float.self) == [2, 3, 4, 5])
    #expect(try tensors["empty"]?.values(Float.self) == [])
    #expect(tensors["empty"]?.shape == [0, 3])
  }

  @Test(arguments: files)
  func elementTypesAreThoseOfPyTorch(name: String) throws {
    let tensors = try Fixture.open(name).tensors
    #expect(try tensors["float16"]?.dtype == .float16)
    #expect(try tensors["float16"]?.values(UInt16.self) == [0x3E00, 0xC000])
    #expect(try tensors["bfloat16"]?.dtype == .bfloat16)
    #expect(try tensors["bfloat16"]?.values(UInt16.self) == [0x3FC0, 0xC000])
    #expect(try tensors["float64"]?.values(Double.self) == [0.1])
    #expect(try tensors["int64"]?.values(Int64.self) == [-7])
    #expect(tensors["int64"]?.shape == [])
    #expect(try tensors["int32"]?.values(Int32.self) == [1, -2])
    #expect(try tensors["int16"]?.values(Int16.self) == [1, -2])
    #expect(try tensors["int8"]?.values(Int8.self) == [1, -2])
    #expect(try tensors["uint8"]?.values(UInt8.self) == [1, 254])
    #expect(try tensors["bool"]?.dtype == .bool)
    #expect(try tensors["bool"]?.values(UInt8.self) == [1, 0, 1])
  }

  @Test func unsignedTypesAreListedAndRefusedByNameWhenAsked() throws {
    let file = try Fixture.open("unsigned.pth")
    #expect(file.names == ["u16", "f"])
    #expect(file.tensors["u16"]?.storedType == .uint16)
    let text = message { _ = try file.tensors["u16"]?.contiguousBytes() }
    #expect(text?.contains("tensor u16 holds U16") == true)
    #expect(try file.tensors["f"]?.values(Float.self) == [1])
  }
}

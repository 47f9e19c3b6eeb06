// Writing as the reference library writes, and refusing what it refuses.

import Foundation
import Tensors
import Testing
import Weights

@Suite struct SafetensorsTests {
  @Test func writingGivesTheBytesOfTheReferenceLibrary() throws {
    let folder = try Fixture.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = try Fixture.open("plain.safetensors")
    #expect(source.metadata == ["format": "pt"])
    let path = folder.appendingPathComponent("copy.safetensors").path
    let records = try source.names.shuffled().compactMap { name in
      try source.tensors[name].map { try TensorRecord($0) }
    }
    try WeightFile.writeSafetensors(records, metadata: source.metadata, to: path)
    let written = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(written == (try Fixture.bytes("plain.safetensors")))
  }

  @Test func namesWithQuotesAndControlsSurvive() throws {
    let folder = try Fixture.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("odd.safetensors").path
    let name = "a\"b\\c\n\u{1}größe😀"
    let record = TensorRecord(name: name, dtype: .int8, shape: [2], bytes: [1, 2])
    try WeightFile.writeSafetensors([record], metadata: ["k\"": "v\n"], to: path)
    let file = try WeightFile(contentsOf: path)
    #expect(file.names == [name])
    #expect(file.metadata == ["k\"": "v\n"])
  }

  @Test func aFailureLeavesNothingAndTheOldFile() throws {
    let folder = try Fixture.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.safetensors").path
    let good = TensorRecord(name: "w", dtype: .uint8, shape: [1], bytes: [7])
    try WeightFile.writeSafetensors([good], to: path)
    let short = TensorRecord(name: "w", dtype: .float32, shape: [2], bytes: [0])
    #expect(
      message { try WeightFile.writeSafetensors([short], to: path) }?
        .contains("its shape needs 8") == true)
    #expect(throws: WeightsError.self) {
      try WeightFile.writeSafetensors([good, good], to: path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    #expect(try WeightFile(contentsOf: path).tensors["w"]?.contiguousBytes() == [7])
    #expect(throws: WeightsError.self) {
      try WeightFile.writeSafetensors([good], to: folder.path + "/none/model.safetensors")
    }
  }

  static let broken: [(header: String, length: Int)] = [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 3),
    (#"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
    (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1]"#, 1),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2
    ),
    (
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
        + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3
    ),
    (#"{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}"#, 1),
    (#"{"__metadata__":{"a":1}}"#, 0),
    (#"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}"#, 0),
    (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775807,-1]}}"#, 0),
  ]

  @Test(arguments: broken)
  func brokenHeadersAreRefused(header: String, length: Int) {
    #expect(throws: WeightsError.self) {
      try WeightFile(bytes: safetensors(header, length), name: "broken.safetensors")
    }
  }

  @Test func emptyFilesAndUnsignedTypesAreListed() throws {
    #expect(try WeightFile(bytes: safetensors("{}", 0), name: "none").names == [])
    let header = #"{"a":{"dtype":"U32","shape":[1],"data_offsets":[0,4]}}  "#
    let file = try WeightFile(bytes: safetensors(header, 4), name: "u")
    #expect(file.names == ["a"])
    #expect(message { _ = try file.tensors["a"]?.dtype }?.contains("tensor a holds U32") == true)
  }

  @Test func headersBeyondTheLimitAreRefused() {
    var bytes = safetensors("{}", 0)
    bytes[4] = 1
    #expect(throws: WeightsError.self) { try WeightFile(bytes: bytes, name: "long") }
  }

  private func safetensors(_ header: String, _ length: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
      + Array(header.utf8) + [UInt8](repeating: 0, count: length)
  }
}

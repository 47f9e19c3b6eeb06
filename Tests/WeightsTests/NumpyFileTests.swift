// numpy's files in both orders of axes and of bytes.

import Testing
import Weights

@Suite struct NumpyFileTests {
  @Test(arguments: ["c.npy", "fortran.npy"])
  func bothOrdersGiveRowMajorValues(name: String) throws {
    let file = try NumpyFile(contentsOf: Fixture.path(name))
    #expect(file.shape == [2, 3])
    #expect(try file.dtype == .float32)
    #expect(try file.tensor.values(Float.self) == [0, 1, 2, 3, 4, 5])
  }

  @Test func bigEndianIsSwapped() throws {
    let file = try NumpyFile(contentsOf: Fixture.path("big.npy"))
    #expect(try file.tensor.values(Double.self) == [0, 1, 2, 3, 4, 5])
  }

  @Test func unsignedIsRefusedWhenAsked() throws {
    let file = try NumpyFile(contentsOf: Fixture.path("u16.npy"))
    #expect(message { _ = try file.dtype }?.contains("U16") == true)
  }

  @Test func weightFilesMayBeArrays() throws {
    #expect(try Fixture.open("c.npy").names == ["array"])
  }

  @Test func otherFilesAreRefused() throws {
    #expect(throws: WeightsError.self) { try NumpyFile(contentsOf: Fixture.path("plain.pth")) }
  }
}

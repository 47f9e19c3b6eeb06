// What of a slice can be asked for.

import Testing

@testable import Training

@Suite struct TaskSliceTests {
  private let labels: [Int32] = [
    1, 1, 0, 0, 2, 2,
    1, 0, 0, 0, 0, 2,
    0, 0, 1, 0, 0, 0,
    0, 0, 0, 0, 1, 1,
  ]

  private func made(_ factor: Int, areInstances: Bool) throws -> TaskSlice? {
    let (width, height) = (6 * factor, 4 * factor)
    let large = (0..<width * height).map { labels[$0 / width / factor * 6 + $0 % width / factor] }
    return try TaskSlice(
      caseID: "a", values: large.map(Float.init), labels: large, width: width, height: height,
      areInstances: areInstances)
  }

  @Test func touchingPixelsOfALabelAreAPiece() throws {
    // Corners touch, so the middle pixel of label 1 is a piece of its own and hangs on nothing.
    let slice = try #require(try made(4, areInstances: false))
    #expect(slice.pieces.map(\.count) == [3, 1])
    #expect(slice.pieces[0].map(\.area) == [48, 16, 32])
    #expect(slice.wholes.map(\.area) == [96])
    #expect(slice.wholes[0].columns == 0...23 && slice.wholes[0].rows == 0...15)
    let isMember = slice.membership(of: slice.pieces[1][0])
    #expect(slice.numbers.indices.filter { isMember[Int(slice.numbers[$0])] == 1 }.count == 48)
  }

  @Test func numberedObjectsHaveNoWhole() throws {
    let slice = try #require(try made(4, areInstances: true))
    #expect(slice.pieces.map(\.count) == [4])
    #expect(slice.wholes.isEmpty)
  }

  @Test func slicesWithoutAnObjectOrAPictureAreNone() throws {
    #expect(try made(1, areInstances: false) == nil)
    let labels = [Int32](repeating: 1, count: 400)
    #expect(
      try TaskSlice(
        caseID: "a", values: [Float](repeating: 3, count: 400), labels: labels, width: 20,
        height: 20, areInstances: false) == nil)
  }
}

// Masks traced in one pass against the same scores resized as images.

import Testing

@testable import Tensors

@Suite struct MaskUpsamplingTests {
  /// The mask that an outline describes, row by row.
  static func pixels(
    _ outline: MaskUpsampling.Outline, height: Int, width: Int
  ) -> [Bool] {
    var pixels = [Bool](repeating: false, count: height * width)
    for crossing in outline.crossings {
      for row in Int(crossing.row)..<height {
        pixels[row * width + Int(crossing.column)].toggle()
      }
    }
    return pixels
  }

  /// Smooth hills, noise, and an object in one corner of an otherwise empty image.
  static func scores(_ side: Int) throws -> [Tensor] {
    let generator = try RandomGenerator(seed: 11)
    let hills = try generator.normal([1, 1, 4, 5]).resized(to: [side, side], .cubic) * 4
    let corner = try Tensor.full([1, 1, side, side], -9).minimum(hills)
      .maximum(
        Tensor.full([1, 1, side / 4, side / 8], 3).padded([(0, side - side / 8), (0, side * 3 / 4)])
          - 2)
    return [try hills - 1, try hills + generator.normal([1, 1, side, side]), corner]
  }

  @Test(arguments: [
    (256, 1024, 480, 640), (256, 256, 301, 97), (64, 256, 70, 900), (32, 128, 128, 128),
    (32, 128, 200, 1),
  ])
  func tracedIsAsResized(side: Int, square: Int, height: Int, width: Int) throws {
    let scale = Double(square) / Double(max(height, width))
    let covered = (
      height: max(1, Int(Double(height) * scale + 0.5)),
      width: max(1, Int(Double(width) * scale + 0.5))
    )
    let upsampling = try #require(
      MaskUpsampling(
        from: (side, side), through: (square, square), covered: covered, to: (height, width)))
    for scores in try Self.scores(side) {
      let resized = try scores.resized(to: [square, square], .linear)
        .slice(0..<covered.height, axis: 2).slice(0..<covered.width, axis: 3)
        .resized(to: [height, width], .linear).contiguous().floats()
      let outline = try scores.contiguous().withFloats {
        try upsampling($0, low: -1, middle: 0.25, high: 1)
      }
      #expect(outline.pixelsAboveLow == resized.count { $0 > -1 })
      #expect(outline.pixelsAboveMiddle == resized.count { $0 > 0.25 })
      #expect(outline.pixelsAboveHigh == resized.count { $0 > 1 })
      #expect(
        Self.pixels(outline, height: height, width: width) == resized.map { $0 > 0.25 })
      let columns = outline.crossings.map { [$0.column, $0.row] }
      #expect(columns == columns.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
    }
  }

  @Test func nothingAboveTheThresholdsIsNothing() throws {
    let upsampling = try #require(
      MaskUpsampling(from: (8, 8), through: (128, 128), covered: (128, 128), to: (100, 99)))
    let scores = [Float](repeating: -1, count: 64)
    let outline = try scores.withUnsafeBufferPointer {
      try upsampling($0, low: -1, middle: 0, high: 1)
    }
    #expect(outline.pixelsAboveLow == 0)
    #expect(outline.crossings.isEmpty)
    #expect(throws: TensorError.self) {
      try scores[..<9].withUnsafeBufferPointer {
        try upsampling($0, low: -1, middle: 0, high: 1)
      }
    }
  }

  @Test func smallImagesAreLeftToLibtorch() {
    let small = MaskUpsampling(
      from: (8, 8), through: (128, 128), covered: (128, 128), to: (64, 64))
    #expect(small == nil)
  }
}

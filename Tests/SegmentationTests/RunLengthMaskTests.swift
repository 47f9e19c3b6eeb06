// Run-length masks against pixels, and their text against that of pycocotools.

import Models
import Tensors
import Testing

@testable import Segmentation

@Suite struct RunLengthMaskTests {
  static func mask(
    _ height: Int, _ width: Int, _ isInside: (_ x: Int, _ y: Int) -> Bool
  ) throws -> RunLengthMask {
    let pixels = (0..<height * width).map { isInside($0 % width, $0 / width) ? UInt8(1) : 0 }
    return try RunLengthMask(pixels, size: PixelSize(height: height, width: width))
  }

  /// Values made by pycocotools 2.0.11: encode(), area() and the outermost pixels of toBbox().
  @Test func theTextIsThatOfPycocotools() throws {
    func distance(_ x: Int, _ y: Int) -> Int { (x - 30) * (x - 30) + (y - 18) * (y - 18) }
    let disc = try Self.mask(40, 57) { distance($0, $1) < 150 }
    #expect(disc.cocoString == "Pg05P16K4M2N2N2O0O2O000O2O00000001N10001N101N2N2N3L5JSa0")
    #expect(disc.area == 481)
    #expect(disc.box == PixelBox(left: 18, top: 6, right: 42, bottom: 30))
    let ring = try Self.mask(40, 57) { distance($0, $1) < 250 && distance($0, $1) > 60 }
    #expect(
      ring.cocoString
        == "Vc09l06L2M4M2N2O0O2N@K04ON02O00O030LO60J060J060J060J060J060J060J140M01001N021L05`0"
        + "2N101N2N3L3N4J]=")
    let corner = try Self.mask(700, 900) { $0 == 899 && $1 >= 300 }
    #expect(corner.cocoString == "PkVc0`<")
    #expect(try Self.mask(3, 4) { _, _ in false }.cocoString == "<")
    #expect(try Self.mask(3, 4) { _, _ in true }.cocoString == "0<")
  }

  @Test(arguments: [(1, 1), (1, 9), (9, 1), (17, 23), (64, 40)])
  func pixelsAndTextComeBack(height: Int, width: Int) throws {
    let random = try RandomGenerator(seed: 3).uniform([height * width]).floats()
    for density: Float in [0, 0.1, 0.5, 0.9, 1] {
      let pixels: [UInt8] = random.map { $0 < density ? 1 : 0 }
      let mask = try RunLengthMask(pixels, size: PixelSize(height: height, width: width))
      #expect(mask.pixels == pixels)
      #expect(mask.area == pixels.count { $0 > 0 })
      #expect(mask.counts.dropFirst().allSatisfy { $0 > 0 })
      #expect(try RunLengthMask(cocoString: mask.cocoString, size: mask.size) == mask)
      let inside = pixels.indices.filter { pixels[$0] > 0 }
      let (xs, ys) = (inside.map { $0 % width }, inside.map { $0 / width })
      let box = xs.min().map { left in
        PixelBox(
          left: left, top: ys.min() ?? 0, right: xs.max() ?? 0, bottom: ys.max() ?? 0)
      }
      #expect(mask.box == box)
    }
  }

  @Test(arguments: ["", "0", "p", "0<0", "P", "Pg05P16K4M2N2N2O0O2O000O2O00000001N1"])
  func textsOfOtherMasksAreRefused(text: String) {
    #expect(throws: SegmentationError.self) {
      try RunLengthMask(cocoString: text, size: PixelSize(height: 4, width: 4))
    }
  }

  @Test func aMaskOfACropIsPlacedInItsImage() throws {
    let crop = try Self.mask(5, 4) { x, y in (x + y) % 3 != 0 }
    let placed = crop.placed(left: 2, top: 3, in: PixelSize(height: 9, width: 10))
    let expected = try Self.mask(9, 10) { x, y in
      (2..<6).contains(x) && (3..<8).contains(y) && (x - 2 + y - 3) % 3 != 0
    }
    #expect(placed == expected)
  }

  /// Regions by flooding pixels, the definition.
  static func flooded(_ pixels: [Bool], _ height: Int, _ width: Int) -> [[Int]] {
    var seen = pixels.map { !$0 }
    var regions: [[Int]] = []
    for start in pixels.indices where !seen[start] {
      var region: [Int] = []
      var open = [start]
      seen[start] = true
      while let pixel = open.popLast() {
        region.append(pixel)
        let (x, y) = (pixel % width, pixel / width)
        for v in max(0, y - 1)...min(height - 1, y + 1) {
          for u in max(0, x - 1)...min(width - 1, x + 1) where !seen[v * width + u] {
            seen[v * width + u] = true
            open.append(v * width + u)
          }
        }
      }
      regions.append(region)
    }
    return regions
  }

  @Test(arguments: [Float(0.05), 0.2, 0.4, 0.6, 0.8, 0.95])
  func holesAndIslandsAreThoseThatFloodingFinds(density: Float) throws {
    let (height, width) = (23, 31)
    for area in [1, 2, 5, 30, 10_000] {
      let inside = try RandomGenerator(seed: UInt64(area)).uniform([height * width]).floats()
        .map { $0 < density }
      let mask = try RunLengthMask(
        inside.map { $0 ? 1 : 0 }, size: PixelSize(height: height, width: width))

      let holes = Self.flooded(inside.map { !$0 }, height, width).filter { $0.count < area }
      var filled = inside
      for pixel in holes.joined() { filled[pixel] = true }
      let ours = mask.withoutHoles(below: area)
      #expect((ours == nil) == holes.isEmpty)
      #expect((ours ?? mask).pixels.map { $0 > 0 } == filled)

      let islands = Self.flooded(inside, height, width)
      let isSmall = islands.contains { $0.count < area }
      var kept = islands.filter { $0.count >= area }
      if kept.isEmpty, let largest = islands.max(by: { $0.count < $1.count }) {
        kept = [islands.first { $0.count == largest.count } ?? largest]
      }
      let left = Set(kept.joined())
      let cleaned = mask.withoutIslands(below: area)
      #expect((cleaned == nil) == !isSmall)
      #expect(
        (cleaned ?? mask).pixels.indices.filter { (cleaned ?? mask).pixels[$0] > 0 }
          == left.sorted())
    }
  }
}

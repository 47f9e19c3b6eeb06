// Strokes stay on their side, along the middle, and are long where the object is.

import Testing

@testable import Prompts

@Suite struct ScribbleTests {
  @Test(arguments: Shape.many) func strokesStayOnTheirSide(shape: Shape) throws {
    for seed: UInt64 in [1, 2, 3] {
      let user = SimulatedUser(seed: seed)
      let inside = try #require(user.scribble(on: shape.mask, of: anObject))
      #expect(inside.isInside)
      #expect(dense(inside.path).allSatisfy { shape.mask.contains(x: $0.x, y: $0.y) })
      #expect(inside == user.scribble(on: shape.mask, of: anObject))
      guard let beside = user.backgroundScribble(beside: shape.mask, of: anObject) else { continue }
      #expect(!beside.isInside)
      for place in dense(beside.path) {
        #expect(!shape.mask.contains(x: place.x, y: place.y))
        #expect((0...Double(shape.mask.width - 1)).contains(place.x))
        #expect((0...Double(shape.mask.height - 1)).contains(place.y))
      }
    }
  }

  @Test func followsABentObject() throws {
    let hook = try Shape("hook", 60, 60) { x, y in
      (10..<17).contains(x) && (5..<50).contains(y)
        || (43..<50).contains(y) && (10..<55).contains(x)
    }.mask
    let path = try #require(MedialPath(hook)?.pixels)
    #expect(path.count > 70)
    for pixel in path.dropFirst(6).dropLast(6) {
      let (x, y) = (pixel % 60, pixel / 60)
      // Off the middle lines x = 13 and y = 46 only where it turns.
      #expect(abs(x - 13) <= 1 || abs(y - 46) <= 1)
    }
    let stroke = try #require(SimulatedUser(seed: 1).scribble(on: hook, of: anObject))
    #expect(stroke.path.count >= path.count * 6 / 10 - 1)
  }

  @Test func pathsTouchFromPixelToPixel() throws {
    for shape in Shape.many {
      let path = try #require(shape.mask.largestPiece.flatMap { MedialPath($0) }?.pixels)
      #expect(Set(path).count == path.count)
      for (a, b) in zip(path, path.dropFirst()) {
        let width = shape.mask.width
        #expect(abs(a % width - b % width) <= 1 && abs(a / width - b / width) <= 1)
      }
    }
  }

  @Test func crossesADiscNearItsMiddle() throws {
    let disc = try Shape("disc", 81, 81) { x, y in
      (x - 40) * (x - 40) + (y - 40) * (y - 40) <= 900
    }.mask
    let path = try #require(MedialPath(disc)?.pixels)
    #expect(path.count > 30)
    let nearest = path.map { pixel in
      let (x, y) = (pixel % 81 - 40, pixel / 81 - 40)
      return x * x + y * y
    }.min()
    #expect((nearest ?? 999) <= 9)
  }

  @Test func aPixelIsADot() throws {
    let dot = try Shape("dot", 5, 5) { x, y in x == 2 && y == 3 }.mask
    let stroke = SimulatedUser(seed: 1).scribble(on: dot, of: anObject)
    #expect(stroke == ScribblePrompt(path: [SIMD2(2, 3)]))
  }

  @Test func nothingToDraw() throws {
    let user = SimulatedUser(seed: 1)
    let empty = try SliceMask.empty(6, 6)
    #expect(user.scribble(on: empty, of: anObject) == nil)
    #expect(user.backgroundScribble(beside: empty, of: anObject) == nil)
    let full = try Shape("all", 6, 6) { _, _ in true }.mask
    #expect(user.backgroundScribble(beside: full, of: anObject) == nil)
  }

  private func dense(_ path: [SIMD2<Double>]) -> [SIMD2<Double>] {
    var places = Array(path.prefix(1))
    for (start, end) in zip(path, path.dropFirst()) {
      // Never half-way, where a diagonal step touches the corners of two pixels beside it.
      places += (1...21).map { start + (end - start) * (Double($0) / 21) }
    }
    return places
  }
}

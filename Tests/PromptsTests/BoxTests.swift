// Boxes hold their object, and inexact ones stay usable.

import Testing

@testable import Prompts

@Suite struct BoxTests {
  @Test(arguments: Shape.many) func tightBoxHoldsTheObjectAndTouchesIt(shape: Shape) throws {
    let mask = shape.mask
    let box = try #require(SimulatedUser(seed: 1).box(around: mask))
    let columns = mask.pixels.indices.filter { mask.pixels[$0] == 1 }.map { $0 % mask.width }
    let rows = mask.pixels.indices.filter { mask.pixels[$0] == 1 }.map { $0 / mask.width }
    let (left, right) = (Double(columns.min() ?? 0), Double(columns.max() ?? 0))
    let (top, bottom) = (Double(rows.min() ?? 0), Double(rows.max() ?? 0))
    let thin = (left == right ? 0.5 : 0, top == bottom ? 0.5 : 0)
    let expected = BoxPrompt(
      left: left - thin.0, top: top - thin.1, right: right + thin.0, bottom: bottom + thin.1)
    #expect(box == expected)
    #expect(isUsable(box, mask))
  }

  private static let jitters: [BoxJitter] = [
    .tenthOfSide, .medSAM, BoxJitter(.pixels(5)), BoxJitter(.pixels(500)),
    BoxJitter(.pixels(500), .outward), BoxJitter(.ofSide(2)), BoxJitter(.ofSide(.nan)),
    BoxJitter(.pixels(-3)),
  ]

  @Test(arguments: Shape.many, jitters)
  func jitteredBoxIsNeverEmptyNorOutside(shape: Shape, jitter: BoxJitter) throws {
    let user = SimulatedUser(seed: 9, jitter: jitter)
    for object in 0..<4 {
      let key = ObjectKey(caseID: "c", label: 1, object: object)
      let box = try #require(user.jitteredBox(around: shape.mask, of: key))
      #expect(isUsable(box, shape.mask))
      #expect(box.right - box.left >= 1 - 1e-9 && box.bottom - box.top >= 1 - 1e-9)
      #expect(box == user.jitteredBox(around: shape.mask, of: key))
    }
  }

  @Test func outwardBoxesHoldTheObject() throws {
    let user = SimulatedUser(seed: 4, jitter: .medSAM)
    for shape in Shape.many {
      let box = try #require(user.jitteredBox(around: shape.mask, of: anObject))
      for pixel in shape.mask.pixels.indices where shape.mask.pixels[pixel] == 1 {
        let (x, y) = (pixel % shape.mask.width, pixel / shape.mask.width)
        #expect(box.contains(x: Double(x), y: Double(y)))
      }
    }
  }

  @Test func edgesMoveOnTheirOwnAndUpToTheAmount() throws {
    let mask = try Shape("box", 80, 50) { x, y in
      (20...59).contains(x) && (15...34).contains(y)
    }.mask
    let boxes = (0..<400).compactMap {
      SimulatedUser(seed: 2).jitteredBox(
        around: mask, of: ObjectKey(caseID: "c", label: 1, slice: $0))
    }
    let moves = boxes.map { [$0.left - 20, $0.right - 59, $0.top - 15, $0.bottom - 34] }
    for (edge, reach) in [4.0, 4, 2, 2].enumerated() {
      let shifts = moves.map { $0[edge] }
      #expect(shifts.allSatisfy { abs($0) <= reach })
      #expect((shifts.min() ?? 0) < -0.95 * reach && (shifts.max() ?? 0) > 0.95 * reach)
      #expect(abs(shifts.reduce(0, +) / 400) < 0.1 * reach)
    }
    let product = moves.reduce(0) { $0 + $1[0] * $1[1] } / 400
    #expect(abs(product) < 0.1 * 16)
  }

  @Test func medSAMShiftFollowsTheImage() throws {
    let mask = try Shape("box", 128, 64) { x, y in (50...75).contains(x) && y > 25 && y < 38 }.mask
    let lefts = (0..<200).compactMap {
      SimulatedUser(seed: 2, jitter: .medSAM).jitteredBox(
        around: mask, of: ObjectKey(caseID: "c", label: 1, slice: $0))?.left
    }
    #expect(lefts.allSatisfy { (47.5...50).contains($0) })
    #expect((lefts.min() ?? 50) < 47.7)
  }

  @Test func emptyMasksHaveNoBox() throws {
    let empty = try SliceMask.empty(5, 5)
    #expect(SimulatedUser(seed: 1).box(around: empty) == nil)
    #expect(SimulatedUser(seed: 1).jitteredBox(around: empty, of: anObject) == nil)
  }

  /// What a session asks of a box.
  private func isUsable(_ box: BoxPrompt, _ mask: SliceMask) -> Bool {
    box.left < box.right && box.top < box.bottom
      && [box.left, box.right].allSatisfy { (-0.5...Double(mask.width)).contains($0) }
      && [box.top, box.bottom].allSatisfy { (-0.5...Double(mask.height)).contains($0) }
  }
}

// Clicks lie where a person would click, and a model that listens to them ends without errors.

import Testing

@testable import Prompts

@Suite struct ClickTests {
  @Test(arguments: Shape.many, SimulatedUser.FirstClick.allCases)
  func firstClickLiesOnTheObject(shape: Shape, click: SimulatedUser.FirstClick) throws {
    let user = SimulatedUser(seed: 3, firstClick: click)
    let point = try #require(user.firstPoint(on: shape.mask, of: anObject))
    #expect(point.isInside)
    #expect(shape.mask.contains(x: point.x, y: point.y))
    #expect(point == user.firstPoint(on: shape.mask, of: anObject))
  }

  @Test func centreIsTheDeepestPixelOfTheLargestPiece() throws {
    let disc = try Shape("disc", 41, 31) { x, y in
      (x - 22) * (x - 22) + (y - 15) * (y - 15) <= 100
    }
    let user = SimulatedUser(seed: 1)
    #expect(user.firstPoint(on: disc.mask, of: anObject) == PointPrompt(x: 22, y: 15))
    // The long thin piece has more pixels than the compact one, which is deeper.
    let pieces = try Shape("pieces", 60, 20) { x, y in
      y == 1 || (10...14).contains(x) && (10...14).contains(y)
    }
    #expect(user.firstPoint(on: pieces.mask, of: anObject)?.y == 1)
  }

  @Test func squareOnTheEdgeIsClickedInItsMiddle() throws {
    // Where the edge of the image is not counted as border, the click would go into the corner.
    let square = try Shape("square", 30, 30) { x, y in x < 11 && y < 11 }
    let point = SimulatedUser(seed: 1).firstPoint(on: square.mask, of: anObject)
    #expect(point == PointPrompt(x: 5, y: 5))
  }

  @Test func randomClicksDifferAndReachEverywhere() throws {
    let mask = try Shape("row", 12, 3) { x, y in y == 1 && x > 1 }.mask
    let user = SimulatedUser(seed: 11, firstClick: .random)
    let columns = (0..<300).compactMap {
      user.firstPoint(on: mask, of: ObjectKey(caseID: "a", label: 1, slice: $0))?.x
    }
    #expect(Set(columns) == Set((2..<12).map(Double.init)))
  }

  @Test func missedAndAddedPixels() throws {
    let truth = try Shape("truth", 30, 20) { x, y in x < 10 && y < 10 }.mask
    let user = SimulatedUser(seed: 0)
    let nothing = try SliceMask.empty(30, 20)
    let missed = try #require(try user.nextPoint(prediction: nothing, truth: truth))
    #expect(missed.isInside && truth.contains(x: missed.x, y: missed.y))
    let tooMuch = try Shape("too much", 30, 20) { _, _ in true }.mask
    let added = try #require(try user.nextPoint(prediction: tooMuch, truth: truth))
    #expect(!added.isInside && !truth.contains(x: added.x, y: added.y))
    #expect(try user.nextPoint(prediction: truth, truth: truth) == nil)
  }

  @Test func largestOrDeepest() throws {
    let truth = try Shape("thin", 60, 30) { x, y in y == 2 }.mask
    let prediction = try Shape("thick", 60, 30) { x, y in
      (20...26).contains(x) && (15...21).contains(y)
    }.mask
    let largest = try SimulatedUser(seed: 0).nextPoint(prediction: prediction, truth: truth)
    #expect(largest?.isInside == true)
    let deepest = try SimulatedUser(seed: 0, errorChoice: .deepest)
      .nextPoint(prediction: prediction, truth: truth)
    #expect(deepest == PointPrompt(x: 23, y: 18, isInside: false))
  }

  @Test(
    arguments: Shape.many.filter { $0.mask.pixels.count <= 300 },
    SimulatedUser.ErrorChoice.allCases)
  func aModelThatListensEndsWithoutErrors(
    shape: Shape, choice: SimulatedUser.ErrorChoice
  ) throws {
    let truth = shape.mask
    let user = SimulatedUser(seed: 5, errorChoice: choice)
    let (points, answers) = try user.clicks(2000, on: truth, of: anObject) { points in
      try Toy.answer(points, like: truth)
    }
    #expect(answers.last == truth)
    #expect(points.count == answers.count)
    #expect(Set(points).count == points.count)
    for point in points { #expect(point.isInside == truth.contains(x: point.x, y: point.y)) }
  }

  @Test func errorsShrinkWithClicks() throws {
    for shape in Shape.many where shape.mask.area > 50 {
      let (_, answers) = try SimulatedUser(seed: 5).clicks(6, on: shape.mask, of: anObject) {
        try Toy.repaired($0, truth: shape.mask)
      }
      let errors = answers.map { answer in
        zip(answer.pixels, shape.mask.pixels).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
      }
      for (earlier, later) in zip(errors, errors.dropFirst()) { #expect(later < earlier) }
    }
  }

  @Test func aDeafModelIsClickedEverywhereOnce() throws {
    let truth = try Shape("three", 9, 3) { x, y in y == 1 && (2...4).contains(x) }.mask
    let (points, _) = try SimulatedUser(seed: 1).clicks(50, on: truth, of: anObject) { _ in
      try SliceMask.empty(9, 3)
    }
    #expect(Set(points.map(\.x)) == [2, 3, 4])
    #expect(points.count == 3)
  }

  @Test func nothingToClick() throws {
    let empty = try SliceMask.empty(8, 8)
    for click in SimulatedUser.FirstClick.allCases {
      let user = SimulatedUser(seed: 1, firstClick: click)
      #expect(user.firstPoint(on: empty, of: anObject) == nil)
      let clicks = try user.clicks(3, on: empty, of: anObject) { _ in empty }
      #expect(clicks.points.isEmpty && clicks.answers.isEmpty)
    }
  }

  @Test func otherGridsAreRefused() throws {
    let error = PromptsError.sizesDiffer(prediction: "8 × 4", truth: "4 × 8")
    #expect(throws: error) {
      try SimulatedUser(seed: 1).nextPoint(
        prediction: SliceMask.empty(8, 4), truth: SliceMask.empty(4, 8))
    }
  }
}

private enum Toy {
  /// A model that becomes right within 3 pixels of every click and finds nothing elsewhere.
  static func repaired(_ points: [PointPrompt], truth: SliceMask) throws -> SliceMask {
    let near = points.map { SIMD2($0.x, $0.y) }
    return try SliceMask(
      truth.pixels.enumerated().map { pixel, value in
        let place = SIMD2(Double(pixel % truth.width), Double(pixel / truth.width))
        return near.contains { (($0 - place) * ($0 - place)).sum() <= 9 } ? value : 0
      }, width: truth.width, height: truth.height)
  }

  /// A model that gives each pixel the side of the nearest click, wrong as that may be beside a border.
  static func answer(_ points: [PointPrompt], like mask: SliceMask) throws -> SliceMask {
    try SliceMask(
      mask.pixels.indices.map { pixel in
        let (x, y) = (Double(pixel % mask.width), Double(pixel / mask.width))
        var nearest = Double.infinity
        var isInside = false
        for point in points {
          let distance = (point.x - x) * (point.x - x) + (point.y - y) * (point.y - y)
          // A click reaches 3 pixels far.
          if distance <= 9, distance < nearest {
            nearest = distance
            isInside = point.isInside
          }
        }
        return isInside ? 1 : 0
      }, width: mask.width, height: mask.height)
  }
}

// Views of slices and what prompts become in them.

import Foundation
import Models
import Prompts
import Testing

@testable import Segmentation

@Suite struct ImageViewTests {
  @Test func placesAndSamplesAreInversesInTurnedAndMirroredViews() {
    let views = [
      ImageView(side: 16, centre: SIMD2(20, 11), extent: 40),
      ImageView(
        side: 16, origin: SIMD2(3, 30), across: SIMD2(-0.6, 0.8), down: SIMD2(1.1, 0.4)),
    ]
    for view in views {
      for sample in [SIMD2<Double>(0, 0), SIMD2(15, 3), SIMD2(4.25, 9.5)] {
        let back = view.sample(at: view.place(ofSample: sample))
        #expect(abs(back.x - sample.x) < 1e-9 && abs(back.y - sample.y) < 1e-9)
      }
    }
  }

  @Test(arguments: [8.0, 20, 64])
  func aRampStaysARamp(extent: Double) {
    let (width, height) = (90, 80)
    let ramp = (0..<width * height).map { Float(2 * ($0 % width) - 3 * ($0 / width)) }
    let view = ImageView(side: 16, centre: SIMD2(44.5, 40.25), extent: extent)
    let seen = view.image(of: ramp, width: width, height: height)
    for y in 0..<16 {
      for x in 0..<16 {
        let place = view.place(ofSample: SIMD2(Double(x), Double(y)))
        #expect(abs(Double(seen[y * 16 + x]) - (2 * place.x - 3 * place.y)) < 1e-3)
      }
    }
  }

  @Test func beyondTheSliceItsEdgeGoesOnAndHasNoMembers() {
    let view = ImageView(side: 8, centre: SIMD2(-10, 2), extent: 8)
    let values: [Float] = (0..<25).map { Float($0 / 5) }
    #expect(view.image(of: values, width: 5, height: 5)[3] == 0)
    #expect(view.image(of: values, width: 5, height: 5)[7 * 8 + 3] == 4)
    let share = view.share(
      of: [Int32](repeating: 1, count: 25), where: [0, 1], width: 5, height: 5)
    #expect(share.allSatisfy { $0 == 0 })
  }

  @Test func sharesCountThePlacesOfMembers() {
    // Columns 0 to 9 belong to number 1; a view twice as coarse as the slice, its samples between pixels.
    let numbers = (0..<400).map { Int32($0 % 20 < 10 ? 1 : 0) }
    let view = ImageView(side: 10, centre: SIMD2(9.5, 9.5), extent: 20)
    let share = view.share(of: numbers, where: [0, 1], width: 20, height: 20)
    for sample in 0..<100 { #expect(share[sample] == (sample % 10 < 5 ? 1 : 0)) }
  }
}

@Suite struct ViewPromptsTests {
  private let side = 32
  /// A bright square from 8 to 19 on dark ground.
  private var image: [Float] {
    (0..<side * side).map {
      (8..<20).contains($0 % side) && (8..<20).contains($0 / side) ? 100 : 0
    }
  }

  private func channel(_ channel: InteractiveChannel, of prompts: ViewPrompts) -> [Float] {
    let all = prompts.channels(on: image, side: side)
    #expect(all.count == InteractiveChannel.allCases.count * side * side)
    let start = channel.rawValue * side * side
    return Array(all[start..<start + side * side])
  }

  @Test func theImageIsSeenWithoutItsUnit() {
    let prompts = ViewPrompts()
    let seen = channel(.image, of: prompts)
    let other = prompts.channels(on: image.map { $0 * 7 - 1000 }, side: side)
    #expect(zip(seen, other).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(prompts.channels(on: image.map { _ in 5 }, side: side).allSatisfy { $0 == 0 })
  }

  @Test func nearnessEndsAtEdgesOfTheImage() {
    let click = ViewPrompts(points: [PointPrompt(x: 12, y: 12)])
    let near = channel(.nearInside, of: click)
    #expect(near[12 * side + 12] == 1)
    // As far away, once on the square and once beyond its edge.
    #expect(near[12 * side + 18] > 0.8)
    #expect(near[12 * side + 5] < 0.2)
    #expect(channel(.nearOutside, of: click).allSatisfy { $0 == 0 })
    let marks = channel(.inside, of: click)
    #expect(marks[12 * side + 14] == 1 && marks[12 * side + 15] == 0)
  }

  @Test func theSurroundingsOfABoxCountAsBackground() {
    let boxed = ViewPrompts(box: BoxPrompt(left: 8, top: 8, right: 19, bottom: 19))
    let inside = channel(.box, of: boxed)
    for pixel in image.indices { #expect((inside[pixel] == 1) == (image[pixel] > 0)) }
    let near = channel(.nearOutside, of: boxed)
    #expect(near[0] == 1)
    #expect(near[14 * side + 14] < 0.2)
    #expect(channel(.outside, of: boxed).allSatisfy { $0 == 0 })
  }

  @Test func marksBesideTheViewDrawNothing() {
    let away = ViewPrompts(
      points: [PointPrompt(x: -40, y: 3), PointPrompt(x: 1e9, y: -1e9, isInside: false)],
      scribbles: [ScribblePrompt(path: [SIMD2(-9, -9), SIMD2(-9, 90)])])
    for kind in [InteractiveChannel.inside, .outside, .nearInside, .nearOutside] {
      #expect(channel(kind, of: away).allSatisfy { $0 == 0 })
    }
    // A stroke through the view marks the part that can be seen.
    let stroke = ViewPrompts(scribbles: [ScribblePrompt(path: [SIMD2(-9, 5), SIMD2(90, 5)])])
    let marks = channel(.inside, of: stroke)
    for x in 0..<side { #expect(marks[5 * side + x] == 1 && marks[9 * side + x] == 0) }
  }
}

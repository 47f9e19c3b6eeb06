// Levels are read as they are written, cost what they cost, and their order is one of effort.

import Foundation
import Testing

@testable import Prompts

@Suite struct PromptLevelTests {
  private static let written: [(String, PromptLevel)] = [
    ("none", .none), ("text", .text), ("point", .point), ("points-2", .points(2)),
    ("points-10", .points(10)), ("box", .box), ("jittered-box", .jitteredBox),
    ("scribble", .scribble), ("support-1", .support(1)), ("support-16", .support(16)),
  ]

  @Test(arguments: written) func roundTrip(text: String, level: PromptLevel) throws {
    #expect(try PromptLevel(text) == level)
    #expect(level.description == text)
    let coded = try JSONEncoder().encode([level])
    #expect(String(decoding: coded, as: UTF8.self) == "[\"\(text)\"]")
    #expect(try JSONDecoder().decode([PromptLevel].self, from: coded) == [level])
  }

  @Test(arguments: [
    "", "None", "points", "points-", "points-0", "points-1", "points-03", "points-+3", "points--3",
    "points-3.0", "points-99999999999999999999", "support-0", "support", "box ", "jitteredBox",
    "points-٣",
  ])
  func unknownWordsAreRefused(word: String) {
    #expect(throws: PromptsError.unknownLevel(word)) { try PromptLevel(word) }
    #expect(PromptsError.unknownLevel(word).description.contains("jittered-box"))
  }

  @Test func givenAndCost() {
    #expect(PromptLevel.none.given == .none && PromptLevel.none.interactions == 0)
    #expect(PromptLevel.text.given == .text && PromptLevel.text.interactions == 0)
    #expect(PromptLevel.point.given == .oracle && PromptLevel.point.interactions == 1)
    #expect(PromptLevel.points(5).given == .oracle && PromptLevel.points(5).interactions == 5)
    #expect(PromptLevel.box.given == .oracle && PromptLevel.box.interactions == 2)
    #expect(PromptLevel.jitteredBox.given == .jittered)
    #expect(PromptLevel.jitteredBox.interactions == 2)
    #expect(PromptLevel.scribble.given == .oracle && PromptLevel.scribble.interactions == 1)
    #expect(PromptLevel.support(4).given == .examples && PromptLevel.support(4).interactions == 0)
  }

  @Test func effortRises() {
    let order: [PromptLevel] = [
      .none, .text, .support(3), .point, .scribble, .jitteredBox, .box, .points(2), .points(3),
      .points(20), .points(.max),
    ]
    let efforts = order.map(\.effort)
    for (a, b) in zip(efforts, efforts.dropFirst()) { #expect(a < b) }
  }

  @Test(arguments: written) func promptsOfALevel(text: String, level: PromptLevel) throws {
    let disc = try Shape("disc", 30, 30) { x, y in
      (x - 14) * (x - 14) + (y - 14) * (y - 14) < 60
    }.mask
    let user = SimulatedUser(seed: 8)
    let prompts = try #require(user.prompts(at: level, on: disc, of: anObject))
    #expect(prompts.isEmpty == [.none, .text, .examples].contains(level.given))
    #expect(user.prompts(at: level, on: try .empty(30, 30), of: anObject) == nil)
  }

  @Test func masksOfTheWrongSizeAreRefused() {
    for (count, width, height) in [(5, 2, 3), (0, 0, 0), (4, -2, -2), (1, .max, 2)] {
      #expect(throws: PromptsError.pixelCount(met: count, width: width, height: height)) {
        try SliceMask([UInt8](repeating: 0, count: count), width: width, height: height)
      }
    }
  }
}

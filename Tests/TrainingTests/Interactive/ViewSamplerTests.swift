// What an interactive network learns from: views and dialogues.

import Datasets
import TestSupport
import Testing

@testable import Training

@Suite struct ViewSamplerTests {
  @Test func samplesFollowFromTheirNumbersAndShowTheirObject() throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/discs")
      let pool = try TaskPool(
        .init(name: "discs", path: "discs", modality: "drawn"), in: folder, threads: 1)
      let sampler = ViewSampler(pools: [pool], side: 32, seed: 3)
      for slot in 0..<20 {
        let sample = sampler.sample(step: 4, slot: slot)
        let again = sampler.sample(step: 4, slot: slot)
        #expect(sample.truth == again.truth && sample.image == again.image)
        #expect(sample.truth.area >= 16 && sample.image.allSatisfy(\.isFinite))
      }
      #expect(sampler.sample(step: 5, slot: 0).image != sampler.sample(step: 4, slot: 0).image)
      // Without changes of brightness the object is the bright part of its view.
      let plain = ViewSampler(pools: [pool], side: 32, seed: 3, augments: false)
      for slot in 0..<10 {
        let sample = plain.sample(step: 0, slot: slot)
        let wrong = zip(sample.image, sample.truth.pixels).filter { ($0 > 125) != ($1 == 1) }.count
        #expect(wrong <= 90, "\(wrong) of 1024")
      }
    }
  }

  @Test func dialoguesClickWhereTheAnswerIsWrong() throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/discs")
      let pool = try TaskPool(
        .init(name: "discs", path: "discs", modality: "drawn"), in: folder, threads: 1)
      let sampler = ViewSampler(pools: [pool], side: 32, seed: 3)
      var asked = 0
      for slot in 0..<40 {
        let sample = sampler.sample(step: 0, slot: slot)
        var dialogue = try Dialogue(
          sample, random: CounterRandom(seed: 1, sample: slot), side: 32)
        let before = dialogue.prompts.points.count
        // Everything is said to be background.
        try dialogue.answered([Float](repeating: -3, count: 1024))
        #expect(dialogue.prompts.earlier.allSatisfy { $0 < 0.05 })
        for point in dialogue.prompts.points.dropFirst(before) {
          asked += 1
          #expect(point.isInside && sample.truth.contains(x: point.x, y: point.y))
        }
      }
      #expect(asked > 25)
    }
  }
}

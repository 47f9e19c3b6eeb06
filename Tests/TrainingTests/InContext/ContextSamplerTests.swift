// What an in-context network learns from: images with examples of other cases.

import TestSupport
import Testing

@testable import Training

@Suite struct ContextSamplerTests {
  private func pool(_ folder: String, cases: Int, alternates: Bool = false) throws -> TaskPool {
    try writeDiscs(folder + "/discs", cases: cases, alternates: alternates)
    return try TaskPool(
      .init(name: "discs", path: "discs", modality: "drawn"), in: folder, threads: 1)
  }

  @Test func samplesFollowFromTheirNumbers() throws {
    try Temporary.withFolder { folder in
      let sampler = try ContextSampler(pools: [pool(folder, cases: 4)], side: 32, seed: 3)
      for slot in 0..<20 {
        let sample = sampler.sample(step: 4, slot: slot, supports: 3)
        let again = sampler.sample(step: 4, slot: slot, supports: 3)
        #expect(sample.images == again.images && sample.masks == again.masks)
        #expect(sample.images.count == 4 && sample.masks.count == 4)
        for (image, mask) in zip(sample.images, sample.masks) {
          #expect(image.count == 1024 && image.allSatisfy { abs($0) <= 5 })
          #expect(mask.contains(1) && mask.allSatisfy { $0 == 0 || $0 == 1 })
        }
      }
      let first = sampler.sample(step: 4, slot: 0, supports: 3)
      #expect(sampler.sample(step: 5, slot: 0, supports: 3).images != first.images)
    }
  }

  @Test func examplesAreOtherCases() throws {
    try Temporary.withFolder { folder in
      // Of two cases one is bright on dark, the other dark on bright: an example looks otherwise than the image.
      let pool = try pool(folder, cases: 2, alternates: true)
      var sampler = try ContextSampler(pools: [pool], side: 32, seed: 3)
      sampler.augments = false
      for slot in 0..<10 {
        let sample = sampler.sample(step: 0, slot: slot, supports: 4)
        let isBright = zip(sample.images, sample.masks).map { image, mask in
          zip(image, mask).reduce(0) { $0 + $1.0 * $1.1 } > 0
        }
        #expect(isBright.dropFirst().allSatisfy { $0 != isBright[0] })
      }
    }
  }

  @Test func aLabelOfOneCaseIsNoTask() throws {
    try Temporary.withFolder { folder in
      let pool = try pool(folder, cases: 1)
      #expect(throws: GeneralistError.noTask("discs")) {
        try ContextSampler(pools: [pool], side: 32, seed: 3)
      }
    }
  }
}

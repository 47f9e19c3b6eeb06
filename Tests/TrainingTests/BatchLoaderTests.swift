// Batches made ahead: the same for any number of threads and any first step, and errors that say where.

import Foundation
import Testing

@testable import Training

@Suite("Batch loader")
struct BatchLoaderTests {
  private let size = [8, 10, 12]

  private func sampler(_ cases: [SyntheticCase]? = nil) throws -> (PatchSampler, Augmentation) {
    let augmentation = Augmentation.standard(
      patchSize: size, deepSupervisionScales: [[1, 1, 1], [0.5, 0.5, 0.5]])
    let sampler = try PatchSampler(
      cases: cases ?? ["a", "b", "c"].map { twoCubes($0) },
      initialPatchSize: augmentation.initialPatchSize, patchSize: size,
      settings: .init(batchSize: 3, seed: 17))
    return (sampler, augmentation)
  }

  @Test func shapes() throws {
    let (sampler, augmentation) = try sampler()
    let loader = try BatchLoader(sampler: sampler, augmentation: augmentation, from: 4)
    let batch = try loader.next()
    #expect(batch.step == 4 && batch.imageShape == [3, 1, 8, 10, 12])
    #expect(batch.image.count == 3 * 960)
    #expect(batch.targetShapes == [[3, 8, 10, 12], [3, 4, 5, 6]])
    #expect(batch.targets.map(\.count) == [2880, 360])
    #expect(batch.caseIDs.count == 3 && batch.annotatedLabels == [nil, nil, nil])
  }

  @Test(arguments: [(1, 1), (2, 3), (4, 8)])
  func sameForAnyThreads(threads: Int, ahead: Int) throws {
    let (sampler, augmentation) = try sampler()
    let loader = try BatchLoader(
      sampler: sampler, augmentation: augmentation, ahead: ahead, threads: threads)
    for step in 0..<10 {
      #expect(try loader.next() == sampler.batch(step: step, augmentation))
    }
  }

  @Test func startingLaterGoesOnTheSame() throws {
    let (sampler, augmentation) = try sampler()
    let whole = try BatchLoader(sampler: sampler, augmentation: augmentation, threads: 2)
    let resumed = try BatchLoader(
      sampler: sampler, augmentation: augmentation, from: 5, ahead: 2, threads: 2)
    for _ in 0..<5 { _ = try whole.next() }
    for _ in 5..<9 { #expect(try whole.next() == resumed.next()) }
  }

  @Test func otherSeedsDiffer() throws {
    let (sampler, augmentation) = try sampler()
    var settings = sampler.settings
    settings.seed = 18
    let other = try PatchSampler(
      cases: sampler.cases, initialPatchSize: augmentation.initialPatchSize, patchSize: size,
      settings: settings)
    #expect(try other.batch(step: 0, augmentation) != sampler.batch(step: 0, augmentation))
  }

  @Test func errorsNameTheCase() throws {
    var broken = twoCubes("patient 7")
    broken.isReadable = false
    let (sampler, augmentation) = try sampler([broken])
    let loader = try BatchLoader(sampler: sampler, augmentation: augmentation, from: 3)
    #expect(
      throws: SamplingError.caseUnreadable(
        id: "patient 7", step: 3, reason: "the disk is on fire")
    ) { try loader.next() }
  }

  @Test func cancelling() throws {
    let (sampler, augmentation) = try sampler()
    let loader = try BatchLoader(sampler: sampler, augmentation: augmentation, threads: 2)
    _ = try loader.next()
    loader.cancel()
    #expect(throws: SamplingError.cancelled) { try loader.next() }
  }

  @Test func settingsThatMeanNothing() throws {
    let (sampler, augmentation) = try sampler()
    #expect(throws: SamplingError.self) {
      try BatchLoader(sampler: sampler, augmentation: augmentation, ahead: 0)
    }
    #expect(throws: SamplingError.self) {
      try BatchLoader(sampler: sampler, augmentation: augmentation, threads: 0)
    }
    #expect(throws: SamplingError.self) {
      try BatchLoader(sampler: sampler, augmentation: .none(patchSize: size))
    }
  }
}

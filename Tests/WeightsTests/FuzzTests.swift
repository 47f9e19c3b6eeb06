// A short fuzzing run; `swift run -c release weight-fuzz` makes the long one.

import Testing
import WeightFuzzing
import Weights

@Suite struct FuzzTests {
  @Test func theCorpusIsValid() throws {
    for sample in Corpus.samples() where sample.name != "index" {
      let file = try WeightFile(bytes: sample.bytes, name: sample.name)
      for name in file.names { _ = try file.tensors[name]?.contiguousBytes() }
    }
  }

  @Test func mutatedFilesNeverTrapHangOrGrow() {
    let report = FuzzRun(seed: 7, samples: Corpus.samples()) { number in
      Issue.record("input \(number) hangs")
    }.run(0..<3_000)
    #expect(report.inputs == 3_000)
    #expect(report.complaints == [])
    #expect(report.refused > 1_000)
    #expect(report.accepted > 100)
    #expect(report.slowestSeconds < 5)
  }

  @Test func equalNumbersGiveEqualInputs() {
    let samples = Corpus.samples()
    let first = Mutator(seed: 3, samples: samples)
    let second = Mutator(seed: 3, samples: samples)
    #expect((0..<50).allSatisfy { first.input($0).bytes == second.input($0).bytes })
  }
}

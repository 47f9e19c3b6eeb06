// Random numbers that follow from their key alone, and how they are distributed.

import Datasets
import Testing

@testable import Training

@Suite("Counted random numbers")
struct CounterRandomTests {
  @Test func followsFromTheKey() {
    var one = CounterRandom(seed: 7, epoch: 1, step: 2, sample: 3)
    var same = CounterRandom(seed: 7, epoch: 1, step: 2, sample: 3)
    #expect((0..<9).map { _ in one.next() } == (0..<9).map { _ in same.next() })
    #expect(one.counter == 9)
  }

  @Test func everyWordMatters() {
    let keys = [
      CounterRandom(seed: 1), CounterRandom(seed: 0), CounterRandom(seed: 0, epoch: 1),
      CounterRandom(seed: 0, step: 1), CounterRandom(seed: 0, sample: 1),
      CounterRandom(seed: 0, step: 1, sample: 2), CounterRandom(seed: 0, step: 2, sample: 1),
      CounterRandom(seed: 0).stream(0), CounterRandom(seed: 0).stream(1),
    ].map(\.key)
    #expect(Set(keys).count == keys.count)
  }

  @Test func drawingFromAStreamLeavesTheRest() {
    var random = CounterRandom(seed: 3)
    var stream = random.stream(5)
    _ = stream.next()
    var untouched = CounterRandom(seed: 3)
    #expect(random.next() == untouched.next())
  }

  /// The first numbers, which must not change between versions: a resumed training relies on them.
  @Test func staysWhatItIs() {
    var random = CounterRandom(seed: 42, epoch: 1, step: 2, sample: 3)
    #expect((0..<3).map { _ in random.next() } == expectedNumbers)
  }

  @Test func distributions() {
    var random = CounterRandom(seed: 11)
    let count = 40_000
    let uniform = (0..<count).map { _ in random.uniform() }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / Double(count) - 0.5) < 0.01)
    let normal = (0..<count).map { _ in random.normal() }
    let mean = normal.reduce(0, +) / Double(count)
    let variance = normal.reduce(0) { $0 + $1 * $1 } / Double(count)
    let fourth = normal.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.03 && abs(fourth - 3) < 0.2)
    var counts = Array(repeating: 0, count: 6)
    for _ in 0..<count { counts[random.integer(in: 3...8) - 3] += 1 }
    let expected = Double(count) / 6
    let chiSquared = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
    // 20.5 is exceeded once in a thousand times with five degrees of freedom.
    #expect(chiSquared / expected < 20.5)
  }

  @Test func factorsLieOnBothSidesOfOne() {
    var random = CounterRandom(seed: 2)
    let factors = (0..<4000).map { _ in random.factor(in: 0.75...1.25) }
    #expect(factors.allSatisfy { (0.75...1.25).contains($0) })
    #expect(abs(Double(factors.count { $0 < 1 }) / 4000 - 0.5) < 0.03)
    #expect((0..<100).allSatisfy { _ in (1.2...1.5).contains(random.factor(in: 1.2...1.5)) })
  }

  @Test func permutationsAndChoices() {
    var random = CounterRandom(seed: 4)
    #expect(random.permutation(of: 20).sorted() == Array(0..<20))
    #expect(random.choice(of: [Int]()) == nil)
    #expect(Set((0..<200).map { _ in random.choice(of: 3..<6) }) == [3, 4, 5])
  }

  private let expectedNumbers: [UInt64] = [
    3_068_898_480_315_368_945, 3_258_342_077_240_056_203, 17_971_719_180_663_416_527,
  ]
}

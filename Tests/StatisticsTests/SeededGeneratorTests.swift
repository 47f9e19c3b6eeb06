// Streams of random numbers: the same everywhere, different from each other, even.

import Testing

@testable import Statistics

@Suite struct SeededGeneratorTests {
  @Test func streamsDifferAndRepeat() {
    var seen = Set<UInt64>()
    for seed in 0..<20 as Range<UInt64> {
      for stream in 0..<20 as Range<UInt64> {
        var a = SeededGenerator(seed: seed, stream: stream)
        var b = SeededGenerator(seed: seed, stream: stream)
        let first = a.next()
        #expect(first == b.next())
        seen.insert(first)
      }
    }
    #expect(seen.count == 400)
  }

  @Test func firstNumbersOfNeighbouringStreamsAreEven() {
    // A chi-squared of 15 degrees of freedom exceeds 44 once in ten thousand times.
    var counts = [Int](repeating: 0, count: 16)
    for stream in 0..<16_000 as Range<UInt64> {
      var generator = SeededGenerator(seed: 1, stream: stream)
      counts[generator.index(below: 16)] += 1
    }
    let chiSquared = counts.reduce(0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    #expect(chiSquared < 44)
  }

  @Test func indicesStayBelowTheirBound() {
    var generator = SeededGenerator(seed: 9)
    for count in 1...50 {
      for _ in 0..<50 { #expect((0..<count).contains(generator.index(below: count))) }
    }
  }
}

// The same seed and object give the same numbers on every machine and in every process.

import Testing

@testable import Prompts

@Suite struct StableRandomTests {
  @Test func hashIsThePublishedOne() {
    // Test vectors of the FNV authors (draft-eastlake-fnv): "", "a" and "foobar".
    #expect(FNV1a().value == 0xCBF2_9CE4_8422_2325)
    #expect(hash("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(hash("foobar") == 0x8594_4171_F739_67E8)
  }

  @Test func numbersAreRecorded() {
    var random = StableRandom(seed: 42, object: anObject, purpose: "box")
    let numbers = (0..<3).map { _ in random.next() }
    #expect(numbers == [0xBE26_87F6_F51B_E3C0, 0xEA12_8EF9_6A11_69AD, 0x3AD8_4CC5_62E6_893A])
  }

  @Test func everyPartOfTheKeyMatters() {
    let keys = [
      anObject, ObjectKey(caseID: "case-8", label: 2, slice: 5, object: 1),
      ObjectKey(caseID: "case-7", label: 3, slice: 5, object: 1),
      ObjectKey(caseID: "case-7", label: 2, slice: 6, object: 1),
      ObjectKey(caseID: "case-7", label: 2, slice: 1, object: 5),
    ]
    var firsts = Set(keys.map { first(1, $0, "box") })
    firsts.insert(first(2, anObject, "box"))
    firsts.insert(first(1, anObject, "scribble"))
    #expect(firsts.count == keys.count + 2)
  }

  @Test func unitsAreUniform() {
    var random = StableRandom(seed: 1, object: anObject, purpose: "test")
    let units = (0..<10_000).map { _ in random.unit() }
    #expect(units.allSatisfy { (0..<1).contains($0) })
    #expect(abs(units.reduce(0, +) / 10_000 - 0.5) < 0.01)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<7000 { counts[random.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { (850...1150).contains($0) })
  }

  private func hash(_ text: String) -> UInt64 {
    var hash = FNV1a()
    for byte in text.utf8 { hash.add(byte) }
    return hash.value
  }

  private func first(_ seed: UInt64, _ object: ObjectKey, _ purpose: String) -> UInt64 {
    var random = StableRandom(seed: seed, object: object, purpose: purpose)
    return random.next()
  }
}

// Random numbers that depend on what is prompted and on nothing else, so that a run can be repeated in part.

/// Which object of a study a prompt is for; with the seed it decides every random choice.
public struct ObjectKey: Sendable, Hashable, Codable {
  public var caseID: String
  public var label: Int32
  /// Index of the slice along z.
  public var slice: Int
  /// Number of the object among those of the label on the slice.
  public var object: Int

  public init(caseID: String, label: Int32, slice: Int = 0, object: Int = 0) {
    self.caseID = caseID
    self.label = label
    self.slice = slice
    self.object = object
  }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), started at the FNV-1a hash of a seed, an object and a
/// purpose. Other objects, other purposes and the order of calls change nothing.
///
/// Swift's own hashing starts differently in every process and cannot be used here.
package struct StableRandom: RandomNumberGenerator {
  private var state: UInt64

  /// For what belongs to no object of a study.
  package init(seed: UInt64, purpose: String) {
    var hash = FNV1a()
    hash.add(seed)
    hash.add(purpose)
    state = hash.value
  }

  init(seed: UInt64, object: ObjectKey, purpose: String) {
    var hash = FNV1a()
    hash.add(seed)
    hash.add(object.caseID)
    hash.add(UInt64(bitPattern: Int64(object.label)))
    hash.add(UInt64(bitPattern: Int64(object.slice)))
    hash.add(UInt64(bitPattern: Int64(object.object)))
    hash.add(purpose)
    state = hash.value
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Uniform in [0, 1) with 53 bits, by a rule of our own that no release of Swift can change.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in 0 ..< count; `count` is at least 1.
  mutating func index(below count: Int) -> Int {
    // The high half of the product is uniform up to one part in 2⁶⁴ / count.
    Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }
}

/// Fowler–Noll–Vo, 64 bits, variant 1a.
struct FNV1a {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func add(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  mutating func add(_ text: String) {
    // The length keeps "a" + "bc" apart from "ab" + "c".
    add(UInt64(text.utf8.count))
    for byte in text.utf8 { add(byte) }
  }
}

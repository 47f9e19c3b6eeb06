// Random numbers that follow from what they are for, so that they are the same on any thread and after any pause.

internal import Foundation

/// SplitMix64 started at a key and counted from there; nothing has to be saved to go on with it.
///
/// The key is mixed from a seed, an epoch, a step and a sample, so that samples can be made in any order and on
/// any thread. Source: Steele, Lea and Flood, OOPSLA 2014, 453.
public struct CounterRandom: RandomNumberGenerator, Sendable, Equatable {
  /// What the numbers follow from, together with ``counter``.
  public let key: UInt64
  /// Numbers drawn so far.
  public private(set) var counter: UInt64 = 0

  /// Starts the numbers of one sample of one step of a training.
  public init(seed: UInt64, epoch: Int = 0, step: Int = 0, sample: Int = 0) {
    // Each word is mixed before the next is added, lest (step 1, sample 2) be (step 2, sample 1).
    var key = Self.mixed(seed &+ Self.increment)
    for word in [epoch, step, sample] {
      key = Self.mixed(key &+ Self.increment &+ UInt64(bitPattern: Int64(word)))
    }
    self.key = key
  }

  private init(key: UInt64) { self.key = key }

  /// Numbers of their own for one of several purposes; drawing them changes nothing here.
  public func stream(_ purpose: UInt64) -> CounterRandom {
    CounterRandom(key: Self.mixed(key ^ Self.mixed(purpose &+ Self.increment)))
  }

  public mutating func next() -> UInt64 {
    counter &+= 1
    return Self.mixed(key &+ counter &* Self.increment)
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension CounterRandom {
  /// Uniform in [0, 1) with 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform between the bounds.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }

  /// From the standard normal distribution, by Box and Muller's method.
  public mutating func normal() -> Double {
    let length = (-2 * log(1 - uniform())).squareRoot()
    return length * cos(2 * Double.pi * uniform())
  }

  /// True with the given probability.
  public mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  /// Uniform in `0..<count`; 0 where `count` is below 2.
  public mutating func index(below count: Int) -> Int {
    // The high half of the product is uniform up to one part in 2⁶⁴ / count.
    Int(next().multipliedFullWidth(by: UInt64(max(1, count))).high)
  }

  /// Uniform among the whole numbers of the range.
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + index(below: range.upperBound - range.lowerBound + 1)
  }

  /// One of the elements, `nil` if there is none.
  public mutating func choice<Element>(of elements: some RandomAccessCollection<Element>)
    -> Element?
  {
    if elements.isEmpty { return nil }
    return elements[elements.index(elements.startIndex, offsetBy: index(below: elements.count))]
  }

  /// The numbers 0 ..< count in an order drawn by Fisher and Yates' method.
  public mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, index(below: last + 1))
    }
    return order
  }
}

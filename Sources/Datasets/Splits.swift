// Which cases train and which are kept aside, by patient and seed, in nnU-Net's file of splits.

import Foundation

/// One or several divisions of the cases of a dataset; no patient is ever on both sides.
public struct Splits: Sendable, Equatable {
  public struct Fold: Sendable, Equatable {
    /// Names of the cases, sorted.
    public var training: [String]
    public var validation: [String]

    public init(training: [String], validation: [String]) {
      self.training = training
      self.validation = validation
    }
  }

  public var folds: [Fold]

  public init(folds: [Fold]) { self.folds = folds }

  /// Cross-validation: every case is in the validation part of exactly one fold.
  ///
  /// Patients are shuffled and then, those with most cases first, given to the fold that has fewest, so
  /// that with one case per patient the folds differ by one case at most. A case without patient is one of
  /// its own. The order of `cases` changes nothing.
  ///
  /// - Parameters:
  ///   - cases: of the dataset; those without a label should be left out before
  ///   - count: how many folds
  ///   - seed: decides the order of the patients
  /// - Returns: `count` folds
  /// - Throws: ``DatasetError/cannotSplit(reason:)`` when there are fewer patients than folds.
  public static func folds(
    _ cases: [DatasetCase], count: Int = 5, seed: UInt64
  ) throws -> Splits {
    let groups = try patients(of: cases)
    guard count >= 2 else {
      throw DatasetError.cannotSplit(reason: "\(count) folds are none; ask for 2 or more")
    }
    guard groups.count >= count else {
      throw DatasetError.cannotSplit(
        reason: "\(count) folds need at least as many patients, but there are \(groups.count); "
          + "ask for fewer folds")
    }
    var generator = SplitMix(seed: seed)
    let shuffled = generator.shuffled(groups)
    let largestFirst = shuffled.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    var parts = Array(repeating: [String](), count: count)
    for (_, group) in largestFirst {
      let smallest = parts.indices.min { (parts[$0].count, $0) < (parts[$1].count, $1) } ?? 0
      parts[smallest] += group
    }
    return Splits(
      folds: parts.indices.map { held in
        let others = parts.indices.filter { $0 != held }
        return Fold(
          training: others.flatMap { parts[$0] }.sorted(), validation: parts[held].sorted())
      })
  }

  /// One division into training and test cases.
  ///
  /// Whole patients are drawn for the test part until no further one fits, so that it has `test` cases at
  /// most, and exactly as many when each patient has one.
  ///
  /// - Parameters:
  ///   - cases: of the dataset
  ///   - test: how many cases are kept aside
  ///   - seed: decides the order of the patients
  /// - Returns: one fold, whose validation part is kept aside
  /// - Throws: ``DatasetError/cannotSplit(reason:)`` when one of the parts would be empty.
  public static func heldOut(_ cases: [DatasetCase], test: Int, seed: UInt64) throws -> Splits {
    let groups = try patients(of: cases)
    var generator = SplitMix(seed: seed)
    var fold = Fold(training: [], validation: [])
    for group in generator.shuffled(groups) {
      if fold.validation.count + group.count <= test {
        fold.validation += group
      } else {
        fold.training += group
      }
    }
    guard !fold.training.isEmpty, !fold.validation.isEmpty else {
      throw DatasetError.cannotSplit(
        reason: "\(test) of \(cases.count) cases of \(groups.count) patients cannot be kept aside "
          + "with whole patients on both sides; ask for another number")
    }
    fold.training.sort()
    fold.validation.sort()
    return Splits(folds: [fold])
  }

  /// Cases in an order drawn by chance, patient after patient: the first of them are a training set of any
  /// size, and a larger one holds every smaller one.
  ///
  /// - Parameters:
  ///   - cases: of the dataset; their order changes nothing
  ///   - seed: decides the order of the patients
  /// - Returns: all names
  /// - Throws: ``DatasetError/cannotSplit(reason:)`` when two cases have one name.
  public static func order(_ cases: [DatasetCase], seed: UInt64) throws -> [String] {
    var generator = SplitMix(seed: seed)
    return generator.shuffled(try patients(of: cases)).flatMap { $0 }
  }

  /// Names of the cases of each patient, sorted, in an order that depends on the names alone.
  private static func patients(of cases: [DatasetCase]) throws -> [[String]] {
    var groups: [String: [String]] = [:]
    var seen = Set<String>()
    for item in cases {
      guard seen.insert(item.id).inserted else {
        throw DatasetError.cannotSplit(reason: "two cases are called '\(item.id)'")
      }
      // A patient and a case may have the same name; the prefix keeps them apart.
      groups[item.patient.map { "patient \($0)" } ?? "case \(item.id)", default: []].append(item.id)
    }
    return groups.sorted { $0.key < $1.key }.map { $0.value.sorted() }
  }
}

extension Splits {
  /// Reads nnU-Net's `splits_final.json`.
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DatasetError.notFound(path: path)
    }
    do {
      self = try JSONDecoder().decode(Splits.self, from: data)
    } catch {
      throw DatasetError.malformed(
        path: path, reason: "expected a list of folds, each with names under 'train' and 'val'")
    }
  }

  /// Writes nnU-Net's `splits_final.json`.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw DatasetError.cannotWrite(path: path, reason: "\(error)")
    }
  }
}

extension Splits: Codable {
  public init(from decoder: any Decoder) throws {
    folds = try decoder.singleValueContainer().decode([Fold].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(folds)
  }
}

extension Splits.Fold: Codable {
  enum CodingKeys: String, CodingKey {
    case training = "train"
    case validation = "val"
  }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), so that a seed means the same split in every release.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Fisher–Yates.
  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for place in result.indices.reversed().dropLast() {
      let other = Int(next().multipliedFullWidth(by: UInt64(place + 1)).high)
      result.swapAt(place, other)
    }
    return result
  }
}

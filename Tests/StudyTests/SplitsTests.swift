// Divisions of cases: complete, by patient, the same for the same seed.

import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct SplitsTests {
  @Test(arguments: [(28, 2, 5), (87, 1, 5), (61, 1, 3), (20, 5, 2), (30, 3, 10)])
  func foldsDivideTheCases(count: Int, perPatient: Int, folds: Int) throws {
    let cases = Self.cases(count, perPatient: perPatient)
    let splits = try Splits.folds(cases, count: folds, seed: 4)
    #expect(splits.folds.count == folds)
    let all = cases.map(\.id).sorted()
    #expect(splits.folds.flatMap(\.validation).sorted() == all)
    for fold in splits.folds {
      #expect((fold.training + fold.validation).sorted() == all)
      #expect(
        Self.patients(fold.training, cases).isDisjoint(with: Self.patients(fold.validation, cases)))
      #expect(fold.training == fold.training.sorted())
    }
    let sizes = splits.folds.map(\.validation.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= perPatient)
    #expect(try Splits.folds(cases.reversed(), count: folds, seed: 4) == splits)
    #expect(try Splits.folds(cases, count: folds, seed: 5) != splits)
  }

  @Test(arguments: [(28, 2, 8, 8), (87, 1, 18, 18), (28, 2, 7, 6), (61, 1, 16, 16)])
  func heldOutKeepsPatientsWhole(count: Int, perPatient: Int, test: Int, expected: Int) throws {
    let cases = Self.cases(count, perPatient: perPatient)
    let splits = try Splits.heldOut(cases, test: test, seed: 1)
    let fold = try #require(splits.folds.first)
    #expect(splits.folds.count == 1 && fold.validation.count == expected)
    #expect((fold.training + fold.validation).sorted() == cases.map(\.id).sorted())
    #expect(
      Self.patients(fold.training, cases).isDisjoint(with: Self.patients(fold.validation, cases)))
    #expect(try Splits.heldOut(cases.shuffled(), test: test, seed: 1) == splits)
  }

  /// Written down once: a seed must mean the same split in every release.
  @Test func aSeedMeansTheSameForever() throws {
    let fold = try #require(
      Splits.heldOut(Self.cases(12, perPatient: 2), test: 4, seed: 7).folds.first)
    #expect(fold.validation == ["case 008", "case 009", "case 010", "case 011"])
  }

  @Test func refusesWhatCannotBeSplit() {
    let cases = Self.cases(6, perPatient: 2)
    #expect(throws: DatasetError.self) { try Splits.folds(cases, count: 5, seed: 0) }
    #expect(throws: DatasetError.self) { try Splits.folds(cases, count: 1, seed: 0) }
    #expect(throws: DatasetError.self) { try Splits.folds(cases + cases, count: 2, seed: 0) }
    for test in [-1, 0, 1, 6, 9] {
      #expect(throws: DatasetError.self, "\(test)") {
        try Splits.heldOut(cases, test: test, seed: 0)
      }
    }
    #expect(throws: DatasetError.self) {
      try Splits.heldOut(Self.cases(1, perPatient: 1), test: 1, seed: 0)
    }
  }

  @Test func filesAreThoseOfNNUNet() throws {
    let splits = try Splits.folds(Self.cases(9, perPatient: 1), count: 3, seed: 2)
    try Temporary.withFolder { folder in
      let path = folder + "/splits_final.json"
      try splits.write(to: path)
      #expect(try Splits(contentsOf: path) == splits)
      let text = #"[{"train": ["a", "b"], "val": ["c"]}]"#
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(
        try Splits(contentsOf: path)
          == Splits(folds: [.init(training: ["a", "b"], validation: ["c"])]))
      try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: DatasetError.self) { try Splits(contentsOf: path) }
      #expect(throws: DatasetError.self) { try Splits(contentsOf: path + "x") }
    }
  }

  private static func cases(_ count: Int, perPatient: Int) -> [DatasetCase] {
    (0..<count).map { index in
      let digits = String(index)
      let name = "case " + String(repeating: "0", count: 3 - digits.count) + digits
      let patient = perPatient == 1 ? [:] : ["patient": "p\(index / perPatient)"]
      return DatasetCase(id: name, images: [], label: "x", attributes: patient)
    }
  }

  private static func patients(_ names: [String], _ cases: [DatasetCase]) -> Set<String> {
    Set(cases.filter { names.contains($0.id) }.map { $0.patient ?? $0.id })
  }
}

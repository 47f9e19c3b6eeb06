// Recipes, and trainings that can be cut off.

import Foundation
import Models
import TestSupport
import Testing

@testable import Training

private let recipe = """
  model: interactive
  seed: 5
  features: [8, 16, 16]
  viewSize: 32
  epochs: 2
  stepsPerEpoch: 6
  batch: 3
  rounds: 2
  rate: 0.003
  validationSamples: 4
  sources:
    - {name: discs, path: discs, modality: drawn}
  validation:
    - {name: others, path: others, modality: else}
  """

private let inContextRecipe = """
  model: in-context
  seed: 5
  features: [8, 16, 16]
  viewSize: 32
  epochs: 2
  stepsPerEpoch: 6
  batch: 6
  supports: 3
  rate: 0.003
  validationSamples: 4
  sources:
    - {name: discs, path: discs, modality: drawn}
  validation:
    - {name: others, path: others, modality: else}
  """

@Suite struct GeneralistTrainingTests {
  @Test(arguments: [(recipe, 4), (inContextRecipe, 3)])
  func aTrainingThatWasCutOffEndsWithTheSameBits(_ recipe: String, _ measures: Int) throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/discs")
      try writeDiscs(folder + "/others", cases: 2, side: 48)
      let path = folder + "/recipe.yaml"
      try recipe.write(toFile: path, atomically: true, encoding: .utf8)
      let whole = GeneralistTraining(
        try GeneralistRecipe(contentsOf: path), data: folder, folder: folder + "/whole")
      let report = try whole.run()
      #expect(report.sources.map(\.slices) == [4])
      #expect(report.dice.map(\.count) == [measures, measures])
      #expect(report.loss[1] < report.loss[0])

      struct Stop: Error {}
      let cut = GeneralistTraining(whole.recipe, data: folder, folder: folder + "/cut")
      #expect(throws: Stop.self) {
        try cut.run { event in
          if case .step(let step) = event, step.done == 9 { throw Stop() }
        }
      }
      _ = try cut.run()
      #expect(
        FileManager.default.contents(atPath: whole.weights)
          == FileManager.default.contents(atPath: cut.weights))
      #expect(FileManager.default.fileExists(atPath: folder + "/cut/report.json"))

      // What ended in half precision can be gone on with.
      var next = whole.recipe
      next.start = "whole/weights.safetensors"
      let further = try GeneralistTraining(next, data: folder, folder: folder + "/next").run()
      #expect(further.loss[0] < report.loss[0])
    }
  }

  @Test func oneSourceMayNameManyDataSets() throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/many/b", cases: 3)
      try writeDiscs(folder + "/many/a", cases: 2)
      let source = GeneralistRecipe.Source(
        name: "all", path: "many/*", modality: "drawn", weight: 3)
      let pools = try TaskPool.all(source, in: folder, threads: 1)
      #expect(pools.map(\.slices.count) == [2, 3])
      #expect(pools.map(\.weight) == [1.5, 1.5])
      let nothing = GeneralistRecipe.Source(name: "none", path: "few/*", modality: "drawn")
      #expect(throws: GeneralistError.noDatasets("few/*")) {
        try TaskPool.all(nothing, in: folder, threads: 1)
      }
    }
  }

  @Test func examplesInsteadOfRoundsAreAskedFor() throws {
    try Temporary.withFolder { folder in
      let path = folder + "/recipe.yaml"
      try recipe.replacingOccurrences(of: "model: interactive", with: "model: in-context")
        .write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: GeneralistError.self) {
        try GeneralistRecipe(contentsOf: path)
      }
      #expect(error.map(String.init(describing:))?.contains("'supports' is missing") == true)
    }
  }

  @Test(arguments: [
    ("modality: else", "modality: drawn", "which is validated on"),
    ("rounds: 2\n", "", "'rounds' is missing"),
    ("viewSize: 32", "viewSize: 30", "viewSize is a multiple"),
    ("batch: 3", "batch: many", "'batch' is not what belongs there"),
    ("modality: drawn}", "modality: drawn, weight: 0}", "the weight of discs is 0.0"),
  ])
  func recipesThatCannotBeFollowedAreRefused(_ old: String, _ new: String, _ reason: String) throws
  {
    try Temporary.withFolder { folder in
      let path = folder + "/recipe.yaml"
      try recipe.replacingOccurrences(of: old, with: new)
        .write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: GeneralistError.self) {
        try GeneralistRecipe(contentsOf: path)
      }
      #expect(error.map(String.init(describing:))?.contains(reason) == true)
    }
  }

  @Test func theRecipesOfTheProductCanBeRead() throws {
    let folder = Repository.root.appendingPathComponent("Recipes")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") }
    #expect(files.count == 6)
    for file in files {
      let recipe = try GeneralistRecipe(contentsOf: folder.appendingPathComponent(file).path)
      // What is trained must be what ships.
      switch recipe.model {
      case .interactive: #expect(recipe.features == InteractiveUNet.Configuration.shipped.features)
      case .inContext: #expect(recipe.features == UniverSeg.Configuration.small.widths)
      }
    }
  }
}

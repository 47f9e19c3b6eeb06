// What an interactive network learns from: objects, views, dialogues, and a training that can be cut off.

import Datasets
import Foundation
import Imaging
import Prompts
import Segmentation
import TestSupport
import Testing

@testable import Training

@Suite struct TaskSliceTests {
  private let labels: [Int32] = [
    1, 1, 0, 0, 2, 2,
    1, 0, 0, 0, 0, 2,
    0, 0, 1, 0, 0, 0,
    0, 0, 0, 0, 1, 1,
  ]

  private func made(_ factor: Int, areInstances: Bool) throws -> TaskSlice? {
    let (width, height) = (6 * factor, 4 * factor)
    let large = (0..<width * height).map { labels[$0 / width / factor * 6 + $0 % width / factor] }
    return try TaskSlice(
      caseID: "a", values: large.map(Float.init), labels: large, width: width, height: height,
      areInstances: areInstances)
  }

  @Test func touchingPixelsOfALabelAreAPiece() throws {
    // Corners touch, so the middle pixel of label 1 is a piece of its own and hangs on nothing.
    let slice = try #require(try made(4, areInstances: false))
    #expect(slice.pieces.map(\.count) == [3, 1])
    #expect(slice.pieces[0].map(\.area) == [48, 16, 32])
    #expect(slice.wholes.map(\.area) == [96])
    #expect(slice.wholes[0].columns == 0...23 && slice.wholes[0].rows == 0...15)
    let isMember = slice.membership(of: slice.pieces[1][0])
    #expect(slice.numbers.indices.filter { isMember[Int(slice.numbers[$0])] == 1 }.count == 48)
  }

  @Test func numberedObjectsHaveNoWhole() throws {
    let slice = try #require(try made(4, areInstances: true))
    #expect(slice.pieces.map(\.count) == [4])
    #expect(slice.wholes.isEmpty)
  }

  @Test func slicesWithoutAnObjectOrAPictureAreNone() throws {
    #expect(try made(1, areInstances: false) == nil)
    let labels = [Int32](repeating: 1, count: 400)
    #expect(
      try TaskSlice(
        caseID: "a", values: [Float](repeating: 3, count: 400), labels: labels, width: 20,
        height: 20, areInstances: false) == nil)
  }
}

/// A data set of bright discs in a folder.
private func writeDiscs(_ folder: String, cases: Int = 4, side: Int = 64) throws {
  let place = URL(fileURLWithPath: folder)
  for name in ["images", "labels"] {
    try FileManager.default.createDirectory(
      at: place.appendingPathComponent(name), withIntermediateDirectories: true)
  }
  for number in 0..<cases {
    var (image, mask) = ([UInt8](), [Int32]())
    for pixel in 0..<side * side {
      let (x, y) = (pixel % side - 20 - 5 * number, pixel / side - 30)
      let isInside = x * x + y * y < 120
      image.append((isInside ? 180 : 60) + UInt8((pixel * 7919) % 29))
      mask.append(isInside ? 1 : 0)
    }
    let grid = Geometry(size: SIMD3(side, side, 1))
    try Volume(geometry: grid, voxels: .uint8(image))
      .write(to: place.appendingPathComponent("images/\(number).png").path)
    try LabelMap(geometry: grid, labels: mask)
      .write(to: place.appendingPathComponent("labels/\(number).png").path)
  }
}

private let recipe = """
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

@Suite struct ViewSamplerTests {
  @Test func samplesFollowFromTheirNumbersAndShowTheirObject() throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/discs")
      let pool = try TaskPool(
        .init(name: "discs", path: "discs", modality: "drawn"), in: folder, threads: 1)
      let sampler = ViewSampler(pools: [pool], side: 32, seed: 3)
      for slot in 0..<20 {
        let sample = sampler.sample(step: 4, slot: slot)
        let again = sampler.sample(step: 4, slot: slot)
        #expect(sample.truth == again.truth && sample.image == again.image)
        #expect(sample.truth.area >= 16 && sample.image.allSatisfy(\.isFinite))
      }
      #expect(sampler.sample(step: 5, slot: 0).image != sampler.sample(step: 4, slot: 0).image)
      // Without changes of brightness the object is the bright part of its view.
      let plain = ViewSampler(pools: [pool], side: 32, seed: 3, augments: false)
      for slot in 0..<10 {
        let sample = plain.sample(step: 0, slot: slot)
        let wrong = zip(sample.image, sample.truth.pixels).filter { ($0 > 125) != ($1 == 1) }.count
        #expect(wrong <= 90, "\(wrong) of 1024")
      }
    }
  }

  @Test func dialoguesClickWhereTheAnswerIsWrong() throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/discs")
      let pool = try TaskPool(
        .init(name: "discs", path: "discs", modality: "drawn"), in: folder, threads: 1)
      let sampler = ViewSampler(pools: [pool], side: 32, seed: 3)
      var asked = 0
      for slot in 0..<40 {
        let sample = sampler.sample(step: 0, slot: slot)
        var dialogue = try Dialogue(
          sample, random: CounterRandom(seed: 1, sample: slot), side: 32)
        let before = dialogue.prompts.points.count
        // Everything is said to be background.
        try dialogue.answered([Float](repeating: -3, count: 1024))
        #expect(dialogue.prompts.earlier.allSatisfy { $0 < 0.05 })
        for point in dialogue.prompts.points.dropFirst(before) {
          asked += 1
          #expect(point.isInside && sample.truth.contains(x: point.x, y: point.y))
        }
      }
      #expect(asked > 25)
    }
  }
}

@Suite struct GeneralistTrainingTests {
  @Test func aTrainingThatWasCutOffEndsWithTheSameBits() throws {
    try Temporary.withFolder { folder in
      try writeDiscs(folder + "/discs")
      try writeDiscs(folder + "/others", cases: 2, side: 48)
      let path = folder + "/recipe.yaml"
      try recipe.write(toFile: path, atomically: true, encoding: .utf8)
      let whole = GeneralistTraining(
        try GeneralistRecipe(contentsOf: path), data: folder, folder: folder + "/whole")
      let report = try whole.run()
      #expect(report.sources.map(\.slices) == [4])
      #expect(report.dice.map(\.count) == [4, 4])
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
      .filter { $0.hasPrefix("interactive") }
    #expect(files.count == 4)
    for file in files {
      let recipe = try GeneralistRecipe(contentsOf: folder.appendingPathComponent(file).path)
      #expect(recipe.features == [16, 32, 64, 128, 128, 128])
    }
  }
}

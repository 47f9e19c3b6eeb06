// `vesalius plan`: the two files, the table, warnings, and data that cannot be planned.

import Foundation
import Imaging
import Planning
import Testing

@Suite struct PlanCommandTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  private func dataset(_ name: String, count: Int = 3, edge: Int = 24, label: Int32 = 1) throws {
    try Cubes.write(name, in: folder, count: count, edge: edge, label: label)
  }

  private func add(
    to name: String, _ item: String, edge: Int, maskEdge: Int, label: Int32
  ) throws {
    try Cubes.add(to: name, item, in: folder, edge: edge, maskEdge: maskEdge, label: label)
  }

  @Test func writesBothFilesAndATable() throws {
    try dataset("Dataset007_Cubes")
    let outcome = try Product.run(
      [
        "plan", "Dataset007_Cubes", "-o", "plan", "--base-features", "8", "--batch-size", "3",
        "--max-patch-voxels", "4096",
      ], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("Dataset007_Cubes: 3 cases, 1 channel (CTNormalization)"))
    #expect(outcome.output.contains("2×1×1"))
    #expect(outcome.output.contains("plan/plans.json"))
    let plans = try Plans(contentsOf: folder.path("plan/plans.json"))
    let full = try plans.configuration("3d_fullres")
    #expect(plans.datasetName == "Dataset007_Cubes")
    #expect(full.batchSize == 3)
    #expect(full.architecture.features.first == 8)
    #expect(full.patchSize.reduce(1, *) <= 4096)
    let fingerprint = try Fingerprint(contentsOf: folder.path("plan/dataset_fingerprint.json"))
    #expect(fingerprint.spacings == Array(repeating: [2, 1, 1], count: 3))

    // Somebody may have edited it.
    let again = try Product.run(["plan", "Dataset007_Cubes", "-o", "plan"], in: folder)
    expectRefusal(again, naming: ["dataset_fingerprint.json", "--overwrite"])
    let replaced = try Product.run(
      ["plan", "Dataset007_Cubes", "-o", "plan", "--overwrite", "--planner", "resenc-m"]
        + ["--spacing", "2,2,2", "--json"], in: folder)
    #expect(replaced.code == 0, "\(replaced.errors)")
    #expect(replaced.output.contains("\"network\" : \"residual\""))
    let wide = try Plans(contentsOf: folder.path("plan/plans.json"))
    #expect(wide.plansName == "nnUNetResEncUNetMPlans")
    #expect(try wide.configuration("3d_fullres").spacing == [2, 2, 2])
  }

  @Test func warnsOfAnEmptyCaseAndOfASingleOne() throws {
    try dataset("data")
    try add(to: "data", "c3", edge: 24, maskEdge: 24, label: 0)
    let outcome = try Product.run(["plan", "data"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("data/labelsTr/c3.nii.gz has no foreground"))
    #expect(outcome.errorLines.count == 2)
    #expect(folder.contents("data-plan/plans.json") != nil)

    try dataset("one", count: 1)
    let single = try Product.run(["plan", "one", "-o", "p"], in: folder)
    #expect(single.code == 0, "\(single.errors)")
    #expect(single.errors.contains("the only training case"))
  }

  @Test func plansForLittleMemory() throws {
    try dataset("data", edge: 48)
    let outcome = try Product.run(["plan", "data", "--memory", "2"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let patch = try Plans(contentsOf: folder.path("data-plan/plans.json"))
      .configuration("3d_fullres").patchSize
    #expect(patch.allSatisfy { $0 >= 4 && $0 <= 48 })
    let none = try Product.run(["plan", "data", "--memory", "0.000001", "-o", "p"], in: folder)
    expectRefusal(none, naming: ["Not even the smallest patch", "allow more"])
  }

  @Test func refusesMasksThatDoNotFit() throws {
    try dataset("labels", label: 3)
    expectRefusal(
      try Product.run(["plan", "labels"], in: folder),
      naming: ["labels/labelsTr/c0.nii.gz", "the labels 3", "dataset.json"])
    try dataset("grids")
    try add(to: "grids", "c1", edge: 24, maskEdge: 20, label: 1)
    expectRefusal(
      try Product.run(["plan", "grids"], in: folder),
      naming: ["grids/labelsTr/c1.nii.gz", "20×20×20", "resample"])
    try dataset("empty", label: 0)
    expectRefusal(
      try Product.run(["plan", "empty"], in: folder), naming: ["None of the 3 cases"])
    expectRefusal(
      try Product.run(["plan", "nowhere"], in: folder), naming: ["nowhere does not exist"])
    #expect(!folder.files.contains { $0.hasSuffix("plans.json") })
  }

  @Test(arguments: [
    ["--planner", "huge"], ["--memory", "0"], ["--spacing", "1,1"], ["--base-features", "0"],
    ["--spacing", "1,x,2"],
  ])
  func wrongUsage(arguments: [String]) throws {
    let outcome = try Product.run(["plan", "data"] + arguments, in: folder)
    expectRefusal(outcome, code: 2, naming: [arguments[0]])
  }
}

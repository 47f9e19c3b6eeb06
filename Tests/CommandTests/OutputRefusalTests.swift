// Places where results cannot go: told before or after the network, nothing stays behind.

import Foundation
import Imaging
import Testing

@Suite struct OutputRefusalTests {
  private let folder: Scratch
  private let weights: String

  init() throws {
    folder = try Scratch()
    try Pictures.ball().write(to: folder.place("ball.nii.gz"))
    weights = try TinyWeights.write(TinyWeights.volumes, in: folder)
  }

  private func segment(_ arguments: [String], shell: String? = nil) throws -> Outcome {
    try Product.run(
      ["segment", "ball.nii.gz", "--model", TinyWeights.volumes, "--weights", weights]
        + ["--threads", "1"] + arguments, in: folder, shell: shell)
  }

  @Test(arguments: [
    (["-o", "none/mask.nii.gz"], ["none/mask.nii.gz", "folder is missing"]),
    (["-o", "ball.nii.gz/mask.nii.gz"], ["ball.nii.gz/mask.nii.gz", "cannot be written"]),
    (["-o", "mask.png"], ["mask.png", "12 slices"]),
    (["-o", "mask.jpg"], ["mask.jpg", "JPEG changes values"]),
    (["-o", "mask"], ["mask: cannot hold", ".nii.gz"]),
    (["-o", "mask.nii.gz", "--overlay", "none/view.png"], ["none/view.png", "folder is missing"]),
    (["-o", "mask.nii.gz", "--overlay", "view.xyz"], ["view.xyz", "cannot hold"]),
    (["-o", "mask.nii.gz", "--probabilities", "p.nii.gz"], ["several classes"]),
    (["-o", "mask.nii.gz", "--probabilities", "p.png"], ["p.png", "12 slices"]),
  ])
  func unfitPlace(arguments: [String], words: [String]) throws {
    expectRefusal(try segment(arguments), naming: words)
    #expect(folder.files == ["ball.nii.gz"])
  }

  @Test func folderUnderTheNameOfTheReport() throws {
    try folder.write("mask.nii.gz", "older".utf8)
    try folder.write("mask.nii.gz.json/file", "x".utf8)
    let before = folder.files
    expectRefusal(
      try segment(["-o", "mask.nii.gz", "--overlay", "view.png"]),
      naming: ["mask.nii.gz.json", "a folder has this name"])
    #expect(folder.files == before)
    #expect(folder.contents("mask.nii.gz") == Data("older".utf8))
  }

  /// A limit on the size of files stands for a full disk, which needs a file system of its own.
  @Test(arguments: ["mask.nii", "mask.nii.gz", "mask.nrrd", "mask.mha", "mask.mhd"])
  func fullDisk(mask: String) throws {
    // Values that do not compress, so that every format needs more than the 512 bytes allowed.
    var state: UInt64 = 1
    let noise = (0..<24 * 24 * 24).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40)
    }
    try Volume(geometry: Geometry(size: SIMD3(repeating: 24)), voxels: .float32(noise))
      .write(to: folder.place("ball.nii.gz"))
    try folder.write(mask, "older".utf8)
    let before = folder.files
    let outcome = try segment(["-o", mask], shell: #"ulimit -f 1; exec "$0" "$@""#)
    expectRefusal(outcome, naming: [mask])
    #expect(folder.files == before)
    #expect(folder.contents(mask) == Data("older".utf8))
  }

  /// The disk fills up after mask and overlay, with the report.
  @Test func fullDiskAtTheEnd() throws {
    try Pictures.ball(edge: 4).write(to: folder.place("ball.nii.gz"))
    let outcome = try segment(["-o", "mask.nii.gz"], shell: #"ulimit -f 1; exec "$0" "$@""#)
    expectRefusal(outcome, naming: ["mask.nii.gz.json"])
    #expect(folder.files == ["ball.nii.gz"])
  }

  #if os(Linux)
    @Test(arguments: [["models", "list"], ["models", "list", "--json"], ["--version"]])
    func standardOutputThatIsFull(arguments: [String]) throws {
      let outcome = try Product.run(
        arguments, in: folder, shell: #"exec "$0" "$@" > /dev/full"#)
      expectRefusal(outcome, naming: ["standard output", "space"])
    }
  #endif

  @Test(arguments: [
    (["-o", "ball.nii.gz"], "replace an input"),
    (["-o", "./x/../ball.nii.gz"], "replace an input"),
    (["-o", "."], "replace an input"), (["-o", "link.nii.gz"], "replace an input"),
    (["-o", "mask.nii.gz", "--overlay", "ball.nii.gz"], "replace an input"),
    (["-o", "mask.nii.gz", "--probabilities", "./mask.nii.gz"], "share the file"),
    (["-o", "mask.nii.gz", "--overlay", "mask.nii.gz.json"], "share the file"),
    (["other/ball.nii.gz", "-o", "out"], "share the file"),
  ])
  func resultsReplaceNeitherInputsNorEachOther(arguments: [String], word: String) throws {
    try Pictures.ball().write(to: folder.place("other/ball.nii.gz"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link.nii.gz"), withDestinationPath: folder.path("ball.nii.gz"))
    let image = folder.contents("ball.nii.gz")
    let before = folder.files
    expectRefusal(try segment(arguments), code: 2, naming: [word])
    #expect(folder.files == before)
    #expect(folder.contents("ball.nii.gz") == image)
  }
}

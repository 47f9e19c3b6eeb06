// Examples as people have them: photographs of X-rays in several sizes, and volumes with two labels.

import Imaging
import TestSupport
import Testing

@testable import Segmentation

@Suite(.enabled(if: Shared.isPresent, "skipped: no ../shared")) struct RealExamplesTests {
  private func check(
    _ examples: [SupportExample], _ target: Volume, labels: [Int32],
    settings: InContextSegmenter.Settings
  ) throws {
    let segmenter = try Examples.segmenter(examples, settings: settings)
    #expect(segmenter.labels == labels)
    var stopwatch = Stopwatch()
    let found = try segmenter.segment(target, stopwatch: &stopwatch)
    #expect(found.labels.geometry == target.geometry)
    #expect(found.labels.counts.keys.allSatisfy { $0 == 0 || labels.contains($0) })
    #expect(found.probabilities?.voxels.count == (labels.count == 1 ? target.geometry.count : nil))
  }

  @Test(arguments: [false, true]) func lungsInXRays(looksCloser: Bool) throws {
    let folder = Shared.path("data/chestxray-lungs") + "/"
    let examples = try (1...3).map {
      SupportExample(
        image: try Volume(contentsOf: "\(folder)\($0).jpg"),
        mask: try LabelMap(contentsOf: "\(folder)\($0)-mask.png"))
    }
    try check(
      examples, Volume(contentsOf: folder + "4.jpg"), labels: [255],
      settings: .init(looksCloser: looksCloser))
  }

  @Test func partsOfTheHippocampus() throws {
    let folder = Shared.path("data/hippocampus-msd") + "/"
    func name(_ number: String) -> String { "hippocampus_\(number).nii.gz" }
    let examples = try ["001", "006"].map {
      SupportExample(
        image: try Volume(contentsOf: folder + "images/" + name($0)),
        mask: try LabelMap(contentsOf: folder + "labels/" + name($0)))
    }
    try check(
      examples, Volume(contentsOf: folder + "images/" + name("011")), labels: [1, 2],
      settings: .init(examplesAtOnce: 8, draws: 2))
  }
}

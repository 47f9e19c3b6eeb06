// Regions, channels and ignored labels of dataset.json, as nnU-Net writes them.

import Datasets
import Foundation
import Testing

@Suite struct DescriptionTests {
  /// The order of the file is that of a network's outputs; decoders do not keep it.
  @Test(arguments: 0..<12)
  func regionsKeepTheirOrder(seed: Int) throws {
    var names = ["whole tumour", "core \"x\"", "enhancing", "äö", "a{b", "labels"]
    for place in names.indices { names.swapAt(place, (place * 7 + seed) % names.count) }
    let encoded = try names.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    let regions = encoded.enumerated().map { "\($0.element): \($0.offset == 2 ? "3" : "[1, 2]")" }
    let text = """
      {"name": "labels", "x": {"labels": {"wrong": 1}}, "regions_class_order": [1, 2, 3, 1, 2, 3],
       "labels" : {"background": 0, \(regions.joined(separator: ",\n ")), "ignore": 4},
       "channel_names": {"10": "c", "2": "b", "0": "CT"}, "other": {"z": "[{"}}
      """
    let description = try DatasetDescription(json: Data(text.utf8))
    #expect(description.regions.map(\.name) == names)
    #expect(description.regions[2].values == [3] && description.regions[0].values == [1, 2])
    #expect(description.regionsClassOrder == [1, 2, 3, 1, 2, 3])
    #expect(description.ignoredLabel == 4)
    #expect(description.labels == [0: "background", 3: names[2]])
    #expect(description.channelNames == ["CT", "b", "c"])
  }

  @Test func labelsAloneAreNoRegions() throws {
    let text = #"{"labels": {"background": 0, "a": [1], "b": 2}}"#
    let description = try DatasetDescription(json: Data(text.utf8))
    #expect(description.regions.isEmpty && description.regionsClassOrder.isEmpty)
    #expect(description.labels == [0: "background", 1: "a", 2: "b"])
  }

  @Test func regionsWithoutOrderCanStillBeScored() throws {
    let text = #"{"labels": {"background": 0, "all": [1, 2]}}"#
    #expect(try DatasetDescription(json: Data(text.utf8)).regions.count == 1)
    let wrong = #"{"labels": {"background": 0, "all": [1, 2]}, "regions_class_order": [1, 2]}"#
    #expect(throws: DatasetError.self) { try DatasetDescription(json: Data(wrong.utf8)) }
  }

  @Test func channelsAlwaysHaveNames() throws {
    let ct = try DatasetDescription(json: Data(#"{"modality": "CT"}"#.utf8))
    #expect(ct.channelNames.isEmpty && ct.modality == "CT")
    #expect(ct.channelNames(count: 1) == ["CT"])
    #expect(ct.channelNames(count: 3) == ["R", "G", "B"])
    #expect(ct.channelNames(count: 2) == ["channel 0", "channel 1"])
    let table = try DatasetDescription(json: Data(#"{"modality": {"0": "T1", "1": "T2"}}"#.utf8))
    #expect(table.channelNames(count: 2) == ["T1", "T2"] && table.modality == "T1, T2")
  }
}

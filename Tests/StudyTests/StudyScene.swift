// A small dataset of bright discs on a dark ground, written to disk, for tests of studies.

import Foundation
import Imaging
import Metrics
import Segmentation
import Tables

@testable import Study

/// A dataset that a test may spoil before it is read.
final class StudyScene {
  let path: String
  var rows: [[String]] = []
  var header = ["image", "label", "patient"]
  var labels = "{\"background\": 0, \"disc\": 1}"

  /// Images of `count` patients; no two discs lie alike.
  init(_ count: Int = 4) throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("vesalius-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for number in 0..<count { try add("case\(number)", patient: "p\(number)", shift: number) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  static let size = 24

  static func disc(_ shift: Int, radius: Double = 6) -> [Int32] {
    (0..<size * size).map { index in
      let (x, y) = (Double(index % size - 9 - shift), Double(index / size - 11))
      return x * x + y * y <= radius * radius ? 1 : 0
    }
  }

  func add(_ name: String, patient: String, shift: Int, more: [String] = []) throws {
    let disc = Self.disc(shift)
    let bytes = disc.enumerated().map { index, value in
      UInt8(value == 1 ? 200 + index % 7 : 30 + (index * 5 + shift) % 11)
    }
    let geometry = Geometry(size: SIMD3(Self.size, Self.size, 1))
    try Volume(geometry: geometry, voxels: .uint8(bytes)).write(to: self(name + ".png"))
    try LabelMap(geometry: geometry, labels: disc).write(to: self(name + "_mask.png"))
    rows.append([name + ".png", name + "_mask.png", patient] + more)
  }

  func mask(_ name: String, _ labels: [Int32], width: Int = size) throws {
    let geometry = Geometry(size: SIMD3(width, labels.count / width, 1))
    let file = self(name)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    try LabelMap(geometry: geometry, labels: labels).write(to: file)
  }

  func write() throws {
    let lines = ([header] + rows).map(CSV.line).joined(separator: "\n") + "\n"
    try lines.write(toFile: self("pairs.csv"), atomically: true, encoding: .utf8)
    try "{\"name\": \"Discs\", \"labels\": \(labels)}"
      .write(toFile: self("dataset.json"), atomically: true, encoding: .utf8)
  }

  /// A study of this dataset, quick to run.
  func study(_ models: [String]) throws -> StudyProtocol {
    try write()
    var study = try StudyProtocol(dataset: path, models: models.map { Entrant(parsing: $0) })
    study.metrics = ["dice", "hd95"]
    study.prompts = ["point", "box"]
    study.statistics.resamples = 200
    return study
  }

  func plan(_ study: StudyProtocol) async throws -> StudyPlan {
    try await StudyPlan(
      study, from: "", store: ModelStore(folder: URL(fileURLWithPath: self("no-weights"))),
      trainings: self("training"))
  }

  /// What is wrong with a study of this dataset, one line each.
  func problems(_ study: StudyProtocol) async throws -> [String] {
    do {
      _ = try await plan(study)
      return []
    } catch StudyError.problems(let problems) {
      return problems.map(\.description)
    }
  }
}

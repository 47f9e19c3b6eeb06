// The dataset of a study, read once and whole before anything runs, with everything that is wrong with it.

import Datasets
import Foundation
import Imaging
import Segmentation

/// What is known of a dataset's cases after every image and reference was read.
struct DatasetReading: Sendable {
  var problems: [Problem] = []
  var remarks: [Problem] = []
  let folder: DatasetFolder
  /// Cases with a reference, in the order of the dataset.
  private(set) var cases: [StudyPlan.Case] = []
  /// Label values that occur in some reference.
  private(set) var met: Set<Int32> = []

  /// Reads the dataset of a protocol.
  ///
  /// - Throws: `DatasetError` when the dataset itself cannot be understood.
  init(_ study: StudyProtocol, path: String) async throws {
    folder = try DatasetFolder(contentsOf: path)
    let known = Set(folder.cases.map(\.id))
    for name in study.cases ?? [] where !known.contains(name) {
      problems.append(
        Problem(
          path, "it has no case '\(name)'",
          remedy: "correct the entry 'cases'; there are \(known.count), such as "
            + known.sorted().prefix(3).joined(separator: ", ")))
    }
    let chosen = folder.cases.filter { study.cases?.contains($0.id) ?? true }
    let unlabelled = chosen.filter { $0.label == nil }
    if !unlabelled.isEmpty {
      remarks.append(
        Problem(
          path, "\(unlabelled.count) cases have no reference mask and are left out",
          remedy: "add their masks: " + Self.list(unlabelled.map(\.id))))
    }
    let description = folder.description
    let files = chosen.filter { $0.label != nil }
    let read = try await concurrently(files) { item in Self.read(item, description) }
    for (item, outcome) in zip(files, read) {
      switch outcome {
      case .failure(let problem): problems.append(problem)
      case .success(let (found, labels)):
        cases.append(found)
        met.formUnion(labels)
        checkLabels(labels, of: item)
      }
    }
    if let first = cases.first(where: { !$0.furtherChannels.isEmpty }) {
      remarks.append(
        Problem(
          path, "images have \(first.furtherChannels.count + 1) channels in files of their own",
          remedy: "models of one channel, prompted ones and baselines see the first"))
    }
    if cases.isEmpty, problems.isEmpty {
      problems.append(
        Problem(path, "no case has both image and reference", remedy: "choose a dataset with masks")
      )
    }
    checkRepetition()
  }

  private static func read(
    _ item: DatasetCase, _ description: DatasetDescription
  ) -> Result<(StudyPlan.Case, Set<Int32>), Problem> {
    guard let label = item.label, let first = item.images.first else {
      return .failure(Problem(item.id, "it has no image", remedy: "add the file"))
    }
    do {
      let image = try Volume(contentsOf: first)
      for path in item.images {
        let channel = path == first ? image : try Volume(contentsOf: path)
        if channel.nonFiniteCount > 0 {
          return .failure(
            Problem(
              path, "\(channel.nonFiniteCount) of its voxels are NaN or infinite",
              remedy: "replace them, or leave the case out with 'cases'"))
        }
        if let difference = Grid.difference(of: channel.geometry, from: image.geometry) {
          return .failure(
            Problem(
              path,
              "its \(difference.property) is \(difference.met), that of \(first) "
                + difference.expected,
              remedy: "resample it onto the first channel's grid"))
        }
      }
      let map = try LabelMap(contentsOf: label)
      if let difference = Grid.difference(of: map.geometry, from: image.geometry) {
        return .failure(
          Problem(
            label,
            "its \(difference.property) is \(difference.met), that of \(first) "
              + difference.expected,
            remedy: "resample the mask onto the image's grid"))
      }
      let labels = Set(map.semantic(description).counts.keys)
      let files = try ([label] + item.images).map {
        StudyPlan.HashedFile(path: $0, sha256: try ModelStore.sha256(ofFile: $0))
      }
      let found = StudyPlan.Case(
        id: item.id, image: first, reference: label, imageHash: files[1].sha256,
        referenceHash: files[0].sha256, attributes: item.attributes,
        isFlat: image.geometry.size.z == 1, fingerprint: ImageFingerprint(image),
        furtherChannels: Array(files.dropFirst(2)))
      return .success((found, labels))
    } catch {
      return .failure(
        Problem(
          item.id, String(describing: error),
          remedy: "repair the file, or leave the case out with 'cases'"))
    }
  }

  private mutating func checkLabels(_ labels: Set<Int32>, of item: DatasetCase) {
    let description = folder.description
    let declared = Set(description.labels.keys).union(description.regions.flatMap(\.values))
    guard !declared.isEmpty, !description.instances else { return }
    let extra = labels.subtracting(declared).subtracting([0])
      .subtracting([description.ignoredLabel].compactMap(\.self)).sorted()
    guard !extra.isEmpty else { return }
    problems.append(
      Problem(
        item.label ?? item.id,
        "it holds the label\(extra.count > 1 ? "s" : "") "
          + extra.map(String.init).joined(separator: ", ") + ", which dataset.json does not name",
        remedy: "name it there, or correct the mask"))
  }

  /// Two cases with one image would count one picture twice, or test on what was learnt.
  private mutating func checkRepetition() {
    for (_, same) in Dictionary(grouping: cases, by: \.imageHash).sorted(by: { $0.key < $1.key })
    where same.count > 1 {
      problems.append(
        Problem(
          Self.list(same.map(\.id)), "these cases have the same image (\(same[0].image))",
          remedy: "leave all but one out with 'cases', or correct the table"))
    }
  }

  static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}

extension Problem: Error {}

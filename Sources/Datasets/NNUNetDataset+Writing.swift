// Writing any dataset in nnU-Net's raw layout, so that nnU-Net itself can be trained on the same cases.

public import Foundation
import Imaging

extension DatasetFolder {
  /// Writes the dataset as nnU-Net v2 reads it: `DatasetXXX_Name` with `dataset.json`, `imagesTr` and
  /// `labelsTr`, and `imagesTs` for cases without mask.
  ///
  /// Photographs become PNG with their channels in one file, everything else `.nii.gz` with one file per
  /// channel. Masks become semantic labels (see `LabelMap.semantic(_:)`), numbered 0, 1, 2, … without gaps
  /// because nnU-Net demands it, with the ignored label last. The folder appears only once it is complete.
  ///
  /// - Parameters:
  ///   - parent: the folder that nnU-Net calls `nnUNet_raw`; it is made where it is missing
  ///   - number: identifies the dataset for nnU-Net, 1…999
  ///   - name: letters and digits; others are left out
  ///   - splits: written beside, where nnU-Net's planner takes them from, with the names that cases get (see
  ///     ``DatasetCase/nnUNetName``)
  ///   - threads: how many cases are written at once
  ///   - progress: called with the number of cases written so far
  /// - Returns: the path of the new folder
  /// - Throws: ``DatasetError``, or `ImagingError` for a file that cannot be read or written
  @discardableResult
  public func writeNNUNet(
    into parent: String, number: Int, name: String, splits: Splits? = nil,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: @Sendable (Int) -> Void = { _ in }
  ) throws -> String {
    let word = String(name.unicodeScalars.filter(Self.isPlain))
    guard (1...999).contains(number), !word.isEmpty else {
      throw DatasetError.cannotWrite(
        path: parent,
        reason: "'\(number)' and '\(name)' make no name of nnU-Net; give a number from 1 to 999 "
          + "and a name with letters or digits")
    }
    let folder = ImageFile.join(parent, "Dataset\(NNUNetDataset.padded(number, 3))_\(word)")
    guard !ImageFile.exists(folder) else {
      throw DatasetError.cannotWrite(
        path: folder, reason: "it exists already; remove it or choose another number")
    }
    let plan = try NNUNetDataset(self, threads: threads)
    let draft = ImageFile.join(parent, ".vesalius-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: draft) }
    do {
      for part in plan.folders {
        try FileManager.default.createDirectory(
          atPath: ImageFile.join(draft, part), withIntermediateDirectories: true)
      }
      try Data(plan.json(name: description.name ?? name).utf8)
        .write(to: URL(fileURLWithPath: ImageFile.join(draft, "dataset.json")))
    } catch {
      throw DatasetError.cannotWrite(path: folder, reason: "\(error)")
    }
    _ = try CaseWorkers.map(
      plan.items.count, threads: threads, progress: { finished, _, _ in progress(finished) },
      { index in try plan.write(plan.items[index], to: draft, description) })
    try splits?.write(to: ImageFile.join(draft, "splits_final.json"))
    do {
      try FileManager.default.moveItem(atPath: draft, toPath: folder)
    } catch {
      throw DatasetError.cannotWrite(path: folder, reason: "\(error)")
    }
    return folder
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && CharacterSet.alphanumerics.contains(scalar)
  }
}

extension NNUNetDataset {
  var folders: [String] {
    ["imagesTr", "labelsTr"] + (items.contains { $0.source.label == nil } ? ["imagesTs"] : [])
  }

  /// The text of `dataset.json`; written by hand because nnU-Net takes its outputs from the order of labels.
  func json(name: String) -> String {
    let channels = channelNames.enumerated().map { "\"\($0.offset)\": \(quoted($0.element))" }
    var names = labels.map { label in
      let values = label.values.map(String.init)
      return quoted(label.name) + ": "
        + (values.count == 1 ? values[0] : "[" + values.joined(separator: ", ") + "]")
    }
    if let ignoredValue { names.append("\"ignore\": \(ignoredValue)") }
    var members = [
      "\"name\": \(quoted(name))",
      "\"channel_names\": {\n    " + channels.joined(separator: ",\n    ") + "\n  }",
      "\"labels\": {\n    " + names.joined(separator: ",\n    ") + "\n  }",
      "\"numTraining\": \(items.filter { $0.source.label != nil }.count)",
      "\"file_ending\": \(quoted(ending))",
    ]
    if !regionsClassOrder.isEmpty {
      members.append("\"regions_class_order\": \(regionsClassOrder)")
    }
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
  }

  func write(_ item: Item, to folder: String, _ description: DatasetDescription) throws {
    let images = try Self.images(of: item.source)
    let channels = images.reduce(0) { $0 + $1.channels }
    guard channels == channelNames.count else {
      throw DatasetError.mismatch(
        path: item.source.images[0], met: "\(channels) channels",
        expected: "\(channelNames.count), as the first case has")
    }
    let part = item.source.label == nil ? "imagesTs" : "imagesTr"
    var number = 0
    for (image, path) in zip(images, item.source.images) {
      let whole = ending == ".png" || image.channels == 1
      for piece in whole ? [image] : try (0..<image.channels).map(image.channel) {
        let target = ImageFile.join(
          folder, "\(part)/\(item.name)_\(Self.padded(number, 4))\(ending)")
        number += 1
        // A file that is right already keeps its bytes, and with them its voxel type.
        if image.channels == 1, ending == ".nii.gz", path.hasSuffix(ending) {
          try FileManager.default.copyItem(atPath: path, toPath: target)
        } else {
          try piece.write(to: target)
        }
      }
    }
    guard let label = item.source.label, let grid = images.first?.geometry else { return }
    try mask(label, description, on: grid, of: item.source.images[0])
      .write(to: ImageFile.join(folder, "labelsTr/\(item.name)\(ending)"))
  }

  /// The mask with its written values, on the very grid of the image.
  private func mask(
    _ path: String, _ description: DatasetDescription, on grid: Geometry, of image: String
  ) throws -> LabelMap {
    let mask = try LabelMap(contentsOf: path).semantic(description)
    let toleranceMM = 0.5 * min(grid.spacing.x, grid.spacing.y, grid.spacing.z)
    let comparable = Self.isPhotograph(path) == Self.isPhotograph(image)
    let size = mask.geometry.size
    guard size == grid.size,
      !comparable || mask.geometry.matches(grid, toleranceMM: toleranceMM)
    else {
      throw DatasetError.mismatch(
        path: path,
        met: "a grid of \(size.x)×\(size.y)×\(size.z) voxels that is not that of its image",
        expected: "the \(grid.size.x)×\(grid.size.y)×\(grid.size.z) voxels of \(image) "
          + "at the same place; resample the mask")
    }
    return LabelMap(geometry: grid, labels: mask.labels.map { values[$0] ?? 0 })
  }

  static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}

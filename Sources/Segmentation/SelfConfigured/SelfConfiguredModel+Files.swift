// Which files a trained model consists of, and which images are the channels of one of its cases.

public import Datasets
import Foundation

extension SelfConfiguredModel {
  /// Whether something that could be a trained model lies at a path: a checkpoint, or a folder with one.
  public static func isModel(at path: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
    guard isFolder.boolValue else { return isCheckpointName(path) }
    return ((try? checkpoints(of: path)) ?? []).isEmpty == false
      || FileManager.default.fileExists(atPath: path + "/plans.json")
  }

  /// Whether a text is the name of a checkpoint's file, there or not.
  public static func isCheckpointName(_ path: String) -> Bool {
    [".safetensors", ".pth"].contains { path.lowercased().hasSuffix($0) }
  }

  /// The checkpoints that a path stands for, in the order of their folds.
  ///
  /// - Parameters:
  ///   - path: A model folder, the folder of one fold, or a checkpoint.
  ///   - folds: Which folds of a model folder; `nil` for all that were trained.
  ///   - checkpoint: The checkpoints' name without ending; `nil` for the final one, else the best.
  /// - Returns: Their paths.
  /// - Throws: ``SelfConfiguredError/noModel(path:expected:)``
  public static func checkpoints(
    of path: String, folds: [String]? = nil, checkpoint: String? = nil
  ) throws -> [String] {
    try FoldFiles(path, folds: folds, checkpoint: checkpoint).files
  }

  /// The cases that images stand for; numbered files are channels of one case, which the files beside them
  /// complete.
  ///
  /// `T_0000.nii.gz` alone is the whole case T for a model of one channel. For a model of two it stands for
  /// itself and `T_0001.nii.gz` in the same folder; one that holds both channels itself needs no other.
  /// - Parameter images: Files, or folders of one DICOM series each.
  /// - Returns: One case for each group, in the order of the images.
  /// - Throws: ``SelfConfiguredError/missingChannel(case:name:file:)`` where some of a case's files are
  ///   there and others not.
  public func cases(of images: [String]) throws -> [DatasetCase] {
    var cases: [DatasetCase] = []
    var taken: Set<String> = []
    for image in images {
      guard !ImageFile.isFolder(image),
        let (stem, number) = ImageName.numbered(ImageFile.stem(of: image))
      else {
        cases.append(Self.single(image))
        continue
      }
      let ending = ImageFile.ending(of: image) ?? ""
      let folder = URL(fileURLWithPath: image).deletingLastPathComponent().path
      guard taken.insert("\(folder)/\(stem)\(ending)").inserted else { continue }
      // The paths as they were written, where they were.
      let written = Dictionary(
        images.map { (URL(fileURLWithPath: $0).standardizedFileURL.path, $0) },
        uniquingKeysWith: { first, _ in first })
      let files = dataset.channels.indices.map { channel in
        let path = "\(folder)/\(stem)_\(ImageName.number(channel))\(ending)"
        return written[URL(fileURLWithPath: path).standardizedFileURL.path] ?? path
      }
      let missing = files.indices.filter { !ImageFile.exists(files[$0]) }
      if number >= files.count || missing.contains(number) {
        taken.remove("\(folder)/\(stem)\(ending)")
        cases.append(Self.single(image))
      } else if missing.count == files.count - 1, number == 0 {
        cases.append(DatasetCase(id: stem, images: [image], label: nil))
      } else if let channel = missing.first {
        throw SelfConfiguredError.missingChannel(
          case: stem, name: dataset.channels[channel], file: files[channel])
      } else {
        cases.append(DatasetCase(id: stem, images: files, label: nil))
      }
    }
    return cases
  }

  /// The cases of a folder, by name; see ``Predictor/predict(folder:into:overwrites:progress:)``.
  ///
  /// - Parameter folder: With images directly in it.
  /// - Returns: The cases; one that lacks channels has only those that are there.
  /// - Throws: ``SelfConfiguredError/noImages(path:ending:)``
  public func cases(inFolder folder: String) throws -> [DatasetCase] {
    try ImageName.cases(
      in: folder, ending: dataset.fileEnding, channels: dataset.channels.count
    ).map { DatasetCase(id: $0.name, images: $0.files, label: nil) }
  }

  /// The first channel that a case's files should have beside them and have not; nil where none is known to
  /// be missing.
  ///
  /// - Parameter item: A case whose images hold too few channels.
  /// - Returns: The channel's name and the path where it is expected.
  public func missingChannel(of item: DatasetCase) -> (name: String, file: String)? {
    guard item.images.count == 1, let image = item.images.first, !ImageFile.isFolder(image),
      let (stem, _) = ImageName.numbered(ImageFile.stem(of: image))
    else { return nil }
    let folder = URL(fileURLWithPath: image).deletingLastPathComponent().path
    let ending = ImageFile.ending(of: image) ?? ""
    return dataset.channels.enumerated().lazy.map { channel, name in
      (name: name, file: "\(folder)/\(stem)_\(ImageName.number(channel))\(ending)")
    }.first { !ImageFile.exists($0.file) }
  }

  private static func single(_ image: String) -> DatasetCase {
    // The name of a folder has no ending: 1.2.840.113 is a whole name.
    let name =
      ImageFile.isFolder(image)
      ? URL(fileURLWithPath: image).lastPathComponent : ImageFile.stem(of: image)
    return DatasetCase(id: name, images: [image], label: nil)
  }
}

extension ModelDataset {
  /// What each label of a predicted map is called; regions overlap and name no label.
  public var labelNames: [Int32: String] {
    guard case .largest(let labels) = rule else { return [0: "background"] }
    return Dictionary(zip(labels, classNames), uniquingKeysWith: { first, _ in first })
  }
}

// A dataset on disk, in whichever of the field's layouts: which images there are and which masks go with them.

/// One case of a dataset.
public struct DatasetCase: Sendable, Equatable {
  /// Unique in its dataset: the image's stem, or its path without ending where stems repeat.
  public let id: String
  /// The image, or one file per channel in the order of the channels.
  public let images: [String]
  /// The mask, where there is one.
  public let label: String?
  /// Further columns of `pairs.csv`, by name; empty values are left out.
  public let attributes: [String: String]

  public init(id: String, images: [String], label: String?, attributes: [String: String] = [:]) {
    self.id = id
    self.images = images
    self.label = label
    self.attributes = attributes
  }

  /// The patient, where it is known: splits never cut a patient in two.
  public var patient: String? { attributes["patient"] }

  /// The part of the dataset to which its makers assigned the case.
  public var split: String? { attributes["split"] }
}

/// A dataset: a folder, or a table of pairs.
public struct DatasetFolder: Sendable, Equatable {
  /// How the files lie.
  public enum Layout: String, Sendable {
    /// `pairs.csv` with columns image, label and any others.
    case pairs
    /// nnU-Net raw: `dataset.json`, `imagesTr/ID_0000.nii.gz`, `labelsTr/ID.nii.gz`.
    case nnUNet
    /// `images/` with `masks/` or `labels/` that carry equal stems.
    case folders
  }

  public let path: String
  public let layout: Layout
  public let description: DatasetDescription
  /// Cases in the order of the table, or of their names.
  public private(set) var cases: [DatasetCase]

  /// Reads a dataset.
  ///
  /// - Parameter path: a folder in one of the layouts, or the path of a table of pairs
  /// - Throws: ``DatasetError``
  public init(contentsOf path: String) throws {
    guard ImageFile.exists(path) else { throw DatasetError.notFound(path: path) }
    guard let layout = Self.layout(of: path) else { throw DatasetError.unknownLayout(path: path) }
    self.path = path
    self.layout = layout
    let isTable = !ImageFile.isFolder(path)
    let description = ImageFile.join(isTable ? Self.folder(of: path) : path, "dataset.json")
    self.description =
      ImageFile.exists(description)
      ? try DatasetDescription(contentsOf: description) : DatasetDescription()
    switch layout {
    case .pairs:
      cases = try PairsTable.cases(in: isTable ? path : ImageFile.join(path, "pairs.csv"))
    case .nnUNet:
      cases = try Self.nnUNetCases(in: path, ending: self.description.fileEnding)
    case .folders:
      cases = try Self.folderCases(in: path)
    }
  }

  /// The same dataset with some of its cases only.
  ///
  /// - Parameter ids: their names
  /// - Returns: a dataset of those cases, in the order that they had
  public func keeping(_ ids: [String]) -> DatasetFolder {
    var result = self
    let kept = Set(ids)
    result.cases.removeAll { !kept.contains($0.id) }
    return result
  }

  /// The layout in which a folder or table lies, if it is one of the known.
  public static func layout(of path: String) -> Layout? {
    guard ImageFile.isFolder(path) else {
      return path.lowercased().hasSuffix(".csv") ? .pairs : nil
    }
    let has = { (name: String) in ImageFile.exists(ImageFile.join(path, name)) }
    if has("pairs.csv") { return .pairs }
    if has("dataset.json"), has("imagesTr"), has("labelsTr") { return .nnUNet }
    if has("images"), has("masks") || has("labels") { return .folders }
    return nil
  }

  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  private static func nnUNetCases(in folder: String, ending: String?) throws -> [DatasetCase] {
    let belongs = { (path: String) in ending.map { path.hasSuffix($0) } ?? true }
    let labels = try ImageFile.files(in: ImageFile.join(folder, "labelsTr")).filter(belongs)
    let masks = try unique(labels, by: ImageFile.stem)
    var channels: [String: [String]] = [:]
    for image in try ImageFile.files(in: ImageFile.join(folder, "imagesTr")).filter(belongs) {
      channels[caseName(ofChannel: ImageFile.stem(of: image)), default: []].append(image)
    }
    if let orphan = masks.keys.filter({ channels[$0] == nil }).min() {
      throw DatasetError.malformed(
        path: folder, reason: "labelsTr/\(orphan) has no image in imagesTr")
    }
    return channels.keys.sorted().map { id in
      DatasetCase(id: id, images: channels[id] ?? [], label: masks[id])
    }
  }

  /// `liver_001_0000` is a channel of `liver_001`; the Decathlon's files carry no channel.
  private static func caseName(ofChannel stem: String) -> String {
    let suffix = stem.suffix(5)
    guard suffix.first == "_", suffix.dropFirst().allSatisfy({ ("0"..."9").contains($0) }),
      suffix.count == 5, stem.count > 5
    else { return stem }
    return String(stem.dropLast(5))
  }

  private static func folderCases(in folder: String) throws -> [DatasetCase] {
    let name = ImageFile.isFolder(ImageFile.join(folder, "masks")) ? "masks" : "labels"
    let masks = try unique(
      ImageFile.files(in: ImageFile.join(folder, name)), by: ImageFile.stem)
    let images = try unique(
      ImageFile.files(in: ImageFile.join(folder, "images")), by: ImageFile.stem)
    if let orphan = masks.keys.filter({ images[$0] == nil }).min() {
      throw DatasetError.malformed(
        path: folder, reason: "\(name)/\(orphan) has no image of that name in images")
    }
    return images.keys.sorted().compactMap { id in
      images[id].map { DatasetCase(id: id, images: [$0], label: masks[id]) }
    }
  }

  /// Files by name, refusing two files of one name.
  static func unique(
    _ paths: [String], by name: (String) -> String
  ) throws -> [String: String] {
    var result: [String: String] = [:]
    for path in paths {
      let key = name(path)
      if let first = result[key] {
        throw DatasetError.ambiguous(name: key, first: first, second: path)
      }
      result[key] = path
    }
    return result
  }
}

// Writing an image: aside first, then renamed, so that nothing half-written stays behind.

import CITK
internal import Foundation

extension Volume {
  /// Writes the image in the format that the ending names.
  ///
  /// | Ending | Voxel types | Channels | Slices |
  /// |---|---|---|---|
  /// | .nii, .nii.gz | all; uint8 for colour | 1, 3, 4 | any |
  /// | .nrrd, .mha, .mhd (+ .raw) | all | any | any |
  /// | .png | uint8, uint16 | 1, 3, 4 | 1 |
  /// | .jpg, .jpeg (lossy, quality 95) | uint8 | 1, 3 | 1 |
  /// | .tif, .tiff | uint8, uint16, float32 | 1, 3, 4 | 1 |
  ///
  /// PNG, JPEG and TIFF do not keep the geometry. An existing file is replaced only once the new one is
  /// complete.
  ///
  /// - Throws: ``ImagingError/doesNotFit(path:met:expected:)`` when the image does not fit the format,
  ///   ``ImagingError/writing(path:reason:)`` when the system refuses.
  public func write(to path: String) throws {
    try validate()
    let format = try ImageFormat.toWrite(path)
    try format.check(self, path: path)
    let isFlat = format.isPhotograph
    let header = ITK.header(
      geometry, type: voxels.type, channels: channels, dimensions: isFlat ? 2 : 3)
    // ITK's NIfTI library prints about a full disk and goes on, so that we compress and check ourselves.
    let isZipped = format == .nifti && path.lowercased().hasSuffix(".gz")
    try WriteAside.write(to: path) { aside in
      let plain = isZipped ? String(aside.dropLast(3)) : aside
      defer { if isZipped { try? FileManager.default.removeItem(atPath: plain) } }
      if format == .nifti || format == .metaImage {
        try WriteAside.reserve(plain, bytes: byteCount, for: path)
      }
      let status = voxels.withBytes { bytes in
        withUnsafePointer(to: header) {
          citk_write(plain, ITK.code(format) ?? -1, $0, bytes.baseAddress, Int64(bytes.count))
        }
      }
      guard status == 0, !isZipped || citk_deflate_file(plain, aside) == 0 else {
        throw ImagingError.writing(path: path, reason: ITK.lastMessage)
      }
    }
  }
}

extension Volume {
  fileprivate var byteCount: Int { voxels.count * voxels.type.bytes }
}

extension ImageFormat {
  static let endings: [(ending: String, format: ImageFormat)] = [
    (".nii", .nifti), (".nii.gz", .nifti), (".nrrd", .nrrd), (".mha", .metaImage),
    (".mhd", .metaImage), (".png", .png), (".jpg", .jpeg), (".jpeg", .jpeg), (".tif", .tiff),
    (".tiff", .tiff),
  ]

  /// The format to write, from the ending of a path.
  static func toWrite(_ path: String) throws -> ImageFormat {
    let name = path.lowercased()
    guard let found = endings.first(where: { name.hasSuffix($0.ending) }) else {
      let list = endings.map(\.ending).joined(separator: ", ")
      throw ImagingError.doesNotFit(
        path: path, met: "an image under this ending", expected: "use one of \(list)")
    }
    return found.format
  }

  fileprivate func check(_ volume: Volume, path: String) throws {
    let (type, channels) = (volume.voxels.type, volume.channels)
    func refuse(_ met: String, _ expected: String) -> ImagingError {
      .doesNotFit(path: path, met: met, expected: expected)
    }
    if isPhotograph, volume.geometry.size.z != 1 {
      throw refuse(
        "\(volume.geometry.size.z) slices", "write a volume as .nii.gz, .nrrd or .mha")
    }
    let types: [VoxelType]
    let counts: [Int]
    switch self {
    case .png: (types, counts) = ([.uint8, .uint16], [1, 3, 4])
    case .jpeg: (types, counts) = ([.uint8], [1, 3])
    case .tiff: (types, counts) = ([.uint8, .uint16, .float32], [1, 3, 4])
    case .nifti: (types, counts) = (channels == 1 ? VoxelType.allCases : [.uint8], [1, 3, 4])
    default: return
    }
    guard counts.contains(channels) else {
      let list = counts.map(String.init).joined(separator: ", ")
      throw refuse(
        "\(channels) channels", "\(rawValue) takes \(list); write several as .nrrd or .mha")
    }
    guard types.contains(type) else {
      let list = types.map(\.rawValue).joined(separator: ", ")
      throw refuse(
        "\(type.rawValue) values\(channels > 1 ? " in \(channels) channels" : "")",
        "\(rawValue) takes \(list) here; convert, or write .nrrd or .mha")
    }
  }
}

/// Writes into a hidden folder beside the target, then moves the finished files into place.
enum WriteAside {
  /// Asks the system for the space first, because ITK's writers of NIfTI and MetaImage print their own
  /// words about a full disk.
  static func reserve(_ draft: String, bytes: Int, for path: String) throws {
    #if os(Linux)
      let file = open(draft, O_CREAT | O_WRONLY, 0o666)
      guard file >= 0 else {
        throw ImagingError.writing(path: path, reason: String(cString: strerror(errno)))
      }
      defer { close(file) }
      let problem = posix_fallocate(file, 0, off_t(max(bytes, 1)))
      // File systems that cannot reserve say so, which is no reason not to try.
      if problem == ENOSPC || problem == EFBIG || problem == EDQUOT {
        throw ImagingError.writing(path: path, reason: String(cString: strerror(problem)))
      }
    #endif
  }

  static func write(to path: String, _ body: (String) throws -> Void) throws {
    let target = URL(fileURLWithPath: path)
    let folder = target.deletingLastPathComponent()
    let aside = folder.appendingPathComponent(".vesalius-\(UUID().uuidString)")
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw ImagingError.writing(path: path, reason: "a folder has this name")
    }
    do {
      try manager.createDirectory(at: aside, withIntermediateDirectories: false)
    } catch {
      throw ImagingError.writing(path: path, reason: "its folder is missing or not writable")
    }
    defer { try? manager.removeItem(at: aside) }
    let draft = aside.appendingPathComponent(target.lastPathComponent)
    try body(draft.path)
    // The header of a .mhd comes last, since it names the .raw that must already lie there.
    let written = (try? manager.contentsOfDirectory(atPath: aside.path)) ?? []
    guard written.contains(target.lastPathComponent) else {
      throw ImagingError.writing(path: path, reason: "the writer left no file")
    }
    let others = written.filter { $0 != target.lastPathComponent }
    for file in others + [target.lastPathComponent] {
      let place = folder.appendingPathComponent(file).path
      guard rename(aside.appendingPathComponent(file).path, place) == 0 else {
        throw ImagingError.writing(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }
}

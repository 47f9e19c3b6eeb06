// Names of image files: which endings are images, and what of a name remains without its ending.

import Foundation

/// The endings of image files that datasets consist of.
public enum ImageFile {
  /// Longest first, so that `.nii.gz` is taken off whole.
  public static let endings = [
    ".nii.gz", ".nii", ".hdr", ".nrrd", ".nhdr", ".mha", ".mhd", ".png", ".jpg", ".jpeg", ".tif",
    ".tiff", ".mgh", ".mgz",
  ]

  /// The ending of a file's name, if it is one of ``endings`` in any case.
  public static func ending(of path: String) -> String? {
    let name = path.lowercased()
    return endings.first { name.hasSuffix($0) }
  }

  /// The name of a file without its folder and its ending: `labels/case_01.nii.gz` is `case_01`.
  public static func stem(of path: String) -> String {
    let name = URL(fileURLWithPath: path).lastPathComponent
    guard let ending = ending(of: name) else {
      return URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
    }
    return String(name.dropLast(ending.count))
  }

  /// The image files directly inside a folder, by name; hidden files are left out.
  static func files(in folder: String) throws -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw DatasetError.notFound(path: folder)
    }
    return names.filter { !$0.hasPrefix(".") && ending(of: $0) != nil }.sorted()
      .map { join(folder, $0) }
  }

  /// A path below a folder; an absolute path stays as it is.
  static func join(_ folder: String, _ path: String) -> String {
    if path.hasPrefix("/") || folder.isEmpty || folder == "." { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  /// Whether a file or folder lies at a path.
  public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Whether a folder lies at a path.
  public static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue
  }
}

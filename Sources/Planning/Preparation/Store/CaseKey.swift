// What determines a prepared case, as one hash: the same key means that nothing has to be done again.

import Crypto
import Datasets
import Foundation

/// The SHA-256 of a configuration's rules and of the contents of a case's files.
enum CaseKey {
  /// What of a plan changes the prepared image; batch size or network do not.
  private struct Recipe: Encodable {
    let transposeForward: [Int]
    let spacing: [Double]
    let normalisation: [String]
    let masks: [Bool]
    let intensities: [String: IntensityProperties]
    let data: ResamplingRule
    let labels: ResamplingRule
    let block: [Int]
    let groups: [[Int16]]?
    let classes: [Int16]
    /// What decides how values of a mask become labels.
    let instances: Bool
    let knows255: Bool
  }

  /// The part of the key that all cases share.
  static func recipe(
    _ plans: Plans, _ configuration: PlannedConfiguration, block: [Int],
    options: CaseStore.Options
  ) throws -> String {
    let usesIntensities = configuration.normalisation.contains(.ct)
    let recipe = Recipe(
      transposeForward: plans.transposeForward, spacing: configuration.spacing,
      normalisation: configuration.normalisation.map(\.rawValue),
      masks: configuration.usesMaskForNormalisation,
      intensities: usesIntensities ? plans.foregroundIntensities : [:],
      data: configuration.dataResampling, labels: configuration.labelResampling, block: block,
      groups: options.groups, classes: options.classes,
      instances: options.description.instances,
      knows255: options.description.labels[255] != nil || options.description.ignoredLabel == 255)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var hash = SHA256()
    hash.update(data: Data("vesalius-case-\(CaseFileMap.version)".utf8))
    hash.update(data: try encoder.encode(recipe))
    return text(hash.finalize())
  }

  /// - Parameters:
  ///   - item: The case; its files are read.
  ///   - recipe: The part that all cases share.
  ///   - previous: The segmentation of a previous stage.
  /// - Returns: 64 hexadecimal digits.
  /// - Throws: ``PreparationError/failedCase(id:reason:)`` for a file that cannot be read.
  static func key(_ item: DatasetCase, recipe: String, previous: LabelArray?) throws -> String {
    var hash = SHA256()
    hash.update(data: Data(recipe.utf8))
    for path in item.images.flatMap(files) { try update(&hash, path, item.id) }
    hash.update(data: Data("labels".utf8))
    for path in item.label.map(files) ?? [] { try update(&hash, path, item.id) }
    if let previous {
      hash.update(data: Data("previous \(previous.shape) \(previous.spacing)".utf8))
      previous.labels.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    return text(hash.finalize())
  }

  /// The files that a path stands for: a folder's, or those that hold the voxels of a header.
  private static func files(of path: String) -> [String] {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    _ = manager.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue {
      let names = manager.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      return names.sorted().map { path + "/" + $0 }.filter { !isDirectory($0) }
    }
    guard [".hdr", ".mhd", ".nhdr"].contains(ImageFile.ending(of: path) ?? "") else {
      return [path]
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let stem = ImageFile.stem(of: path) + "."
    let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(stem) }.sorted().map { folder + "/" + $0 }
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func update(_ hash: inout SHA256, _ path: String, _ id: String) throws {
    var inner = SHA256()
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
        inner.update(data: part)
      }
    } catch {
      throw PreparationError.failedCase(id: id, reason: "\(path) cannot be read")
    }
    // The digest has one length, so that no two lists of files give the same bytes.
    hash.update(data: Data(inner.finalize()))
  }

  private static func text(_ digest: SHA256.Digest) -> String {
    let digits = Array("0123456789abcdef")
    return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

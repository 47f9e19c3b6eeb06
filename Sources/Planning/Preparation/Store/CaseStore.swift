// Prepared cases in a folder, one file each, made once and rebuilt only when something has changed.

import Foundation

/// The prepared cases of one configuration.
public struct CaseStore: Sendable {
  public let folder: String
  let cache: BlockCache

  /// - Parameters:
  ///   - folder: Where the cases lie; it need not exist yet.
  ///   - cacheLimit: Bytes of decompressed blocks that all open cases together may keep.
  public init(folder: String, cacheLimit: Int = 1 << 30) {
    self.folder = folder
    cache = BlockCache(limit: cacheLimit)
  }

  /// Opens a case.
  ///
  /// - Throws: ``PreparationError/missing(path:)``, ``PreparationError/damaged(path:reason:)``
  public func open(_ id: String) throws -> MappedCase {
    try MappedCase(path: path(of: id), cache: cache)
  }

  /// Names of the cases that have a file, sorted.
  public var ids: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard name.hasSuffix(Self.ending), !name.hasPrefix(".") else { return nil }
      return String(name.dropLast(Self.ending.count)).removingPercentEncoding
    }.sorted()
  }

  /// The file of a case; a name's slashes and the like are written as %2F.
  public func path(of id: String) -> String {
    let name = id.addingPercentEncoding(withAllowedCharacters: Self.plain) ?? id
    return URL(fileURLWithPath: folder).appendingPathComponent(name + Self.ending).path
  }

  private static let ending = ".case"
  private static let plain = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")

  /// What was done with one case.
  public struct Progress: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
      /// The file was whole and up to date.
      case kept
      case built
      /// The file was there and of no use.
      case rebuilt(reason: String)
    }

    public let id: String
    public let outcome: Outcome
    /// Cases that are done, this one included.
    public let finished: Int
    public let count: Int
  }
}

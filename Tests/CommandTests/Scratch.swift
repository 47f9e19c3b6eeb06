// A folder that lives as long as a test and holds its inputs beside its results.

import Foundation

final class Scratch: Sendable {
  let url: URL
  /// What the harness itself needs, out of sight of `files`.
  private let backstage: URL

  init() throws {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appendingPathComponent("vesalius-\(UUID().uuidString)")
    url = folder.appendingPathComponent("stage")
    backstage = folder.appendingPathComponent("backstage")
    for part in [url, backstage] {
      try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func hidden(_ name: String) -> String { backstage.appendingPathComponent(name).path }

  /// Writes a file, with the folders on its way, and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = try place(name)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// The path of a file that is to be written, in a folder that exists.
  func place(_ name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    return file.path
  }

  func contents(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

  /// Everything below the folder, hidden files and folders too, sorted.
  var files: [String] {
    FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String }.sorted() ?? []
  }
}

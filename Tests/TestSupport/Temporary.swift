// Files that a test makes and takes away again.

import Foundation

public enum Temporary {
  /// A path that nothing has yet, ending with `name`.
  public static func path(_ name: String) -> String {
    NSTemporaryDirectory() + "vesalius-\(UUID().uuidString)-\(name)"
  }

  public static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// Calls `body` with a new folder that is removed afterwards.
  public static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = path("folder")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { remove(folder) }
    return try body(folder)
  }
}

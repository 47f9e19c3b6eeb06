// Where tests find the real images, networks and golden outputs that lie outside the repository.

public import Foundation

/// The folder `../shared` beside the checkout (or `VESALIUS_SHARED`), which a fresh clone may lack.
///
/// Suites that need it carry `.enabled(if: Shared.isPresent, "skipped: no ../shared")`, so that a run without it
/// counts them as skipped and says why.
public enum Shared {
  public static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["VESALIUS_SHARED"] {
      return URL(fileURLWithPath: path)
    }
    return URL(fileURLWithPath: #filePath)  // Tests/TestSupport/Shared.swift
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("shared")
  }()

  public static var isPresent: Bool { FileManager.default.fileExists(atPath: root.path) }

  public static func path(_ relative: String) -> String {
    root.appendingPathComponent(relative).path
  }
}

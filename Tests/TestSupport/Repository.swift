// Paths inside the checkout, for tests that read what the repository carries.

public import Foundation

public enum Repository {
  /// The folder of Package.swift.
  public static let root = URL(fileURLWithPath: #filePath)  // Tests/TestSupport/Repository.swift
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  public static func path(_ relative: String) -> String {
    root.appendingPathComponent(relative).path
  }

  /// Files in a folder, sorted by name.
  public static func files(in folder: String, withSuffix suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted().map { path(folder + "/" + $0) }
  }
}

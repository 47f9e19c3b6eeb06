// The results of one run appear together or not at all, because half a set of results misleads.

import Foundation
import Imaging

/// Files that are written into hidden folders beside their targets and moved into place at the end.
public struct Drafts {
  private struct Place {
    let draft: URL
    let target: URL
  }

  private var folders: [URL: URL] = [:]
  private var places: [Place] = []

  public init() {}

  /// Writes one result; `body` gets the path to write to, whose name ends as that of the target does.
  ///
  /// - Throws: `ImagingError`, which names the target and never the draft, and what `body` throws.
  public mutating func write(_ path: String, _ body: (String) throws -> Void) throws {
    let target = URL(fileURLWithPath: path)
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw ImagingError.writing(path: path, reason: "a folder has this name")
    }
    let aside = try aside(of: target.deletingLastPathComponent(), path: path)
    let draft = aside.appendingPathComponent(target.lastPathComponent)
    do {
      try body(draft.path)
    } catch ImagingError.writing(draft.path, let reason) {
      throw ImagingError.writing(path: path, reason: reason)
    } catch ImagingError.doesNotFit(draft.path, let met, let expected) {
      throw ImagingError.doesNotFit(path: path, met: met, expected: expected)
    } catch let error as CocoaError {
      let cause = error.userInfo[NSUnderlyingErrorKey] as? POSIXError
      throw ImagingError.writing(
        path: path,
        reason: cause.map { String(cString: strerror($0.code.rawValue)) }
          ?? error.localizedDescription)
    }
    places.append(Place(draft: draft, target: target))
  }

  /// Moves all results to their targets, in the order in which they were written.
  public mutating func publish() throws {
    // The voxels of a .mhd lie in a second file, which must be there before its header is.
    let headers = Set(places.map(\.draft.path))
    for (folder, aside) in folders {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: aside.path)) ?? [] {
        let draft = aside.appendingPathComponent(name)
        if !headers.contains(draft.path) {
          try Self.move(draft, to: folder.appendingPathComponent(name))
        }
      }
    }
    for place in places { try Self.move(place.draft, to: place.target) }
    discard()
  }

  /// Removes what was not published.
  public mutating func discard() {
    for aside in folders.values { try? FileManager.default.removeItem(at: aside) }
    folders = [:]
    places = []
  }

  private mutating func aside(of folder: URL, path: String) throws -> URL {
    if let aside = folders[folder] { return aside }
    let aside = folder.appendingPathComponent(".vesalius-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: aside, withIntermediateDirectories: false)
    } catch {
      throw ImagingError.writing(path: path, reason: "its folder is missing or not writable")
    }
    folders[folder] = aside
    return aside
  }

  private static func move(_ draft: URL, to target: URL) throws {
    guard rename(draft.path, target.path) == 0 else {
      throw ImagingError.writing(path: target.path, reason: String(cString: strerror(errno)))
    }
  }
}

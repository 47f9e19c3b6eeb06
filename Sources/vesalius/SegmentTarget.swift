// Where the results of one image go, and that they harm neither an input nor each other.

import ArgumentParser
import Datasets
import Foundation
import Imaging
import Segmentation

struct SegmentTarget {
  let image: String
  let overlay: String?
  let probabilities: String?
  private let output: String
  private let isFolder: Bool
  private let overlayFolder: String?
  private let stem: String

  /// The target of one image `of` several; with several, `output` and `overlay` are folders, and files in
  /// them go by the image's name or by `name`.
  init(
    image: String, name: String? = nil, of count: Int, output: String, overlay: String?,
    probabilities: String?
  ) {
    self.image = image
    self.output = output
    self.probabilities = probabilities
    // The name of a folder has no ending: 1.2.840.113 is a whole name.
    stem =
      name
      ?? (isDirectory(image)
        ? URL(fileURLWithPath: image).lastPathComponent : ImageFile.stem(of: image))
    isFolder = count > 1 || isDirectory(output) || output.hasSuffix("/")
    if let path = overlay, count > 1 || isDirectory(path) || path.hasSuffix("/") {
      overlayFolder = path
      self.overlay = join(path, stem + ".png")
    } else {
      overlayFolder = nil
      self.overlay = overlay
    }
  }

  /// Photographs get a PNG, everything else (a stack of pages too) a compressed NIfTI, unless the
  /// user named a file.
  func mask(for volume: Volume) -> String {
    let isPhotograph = volume.source?.format.isPhotograph ?? false
    return mask(isPicture: isPhotograph && volume.geometry.size.z == 1)
  }

  /// A mask that is there already, whichever of its two names it has.
  var existingMask: String? {
    [mask(isPicture: true), mask(isPicture: false)].first(where: FileManager.default.fileExists)
  }

  private func mask(isPicture: Bool) -> String {
    isFolder ? join(output, stem + (isPicture ? ".png" : ".nii.gz")) : output
  }

  /// Writes a thin twin of each result and removes it, so that a wrong ending, a missing folder or
  /// lacking permission is told before the network runs and not after.
  func rehearse(for volume: Volume) throws {
    if isFolder { try makeFolder(output) }
    if let overlayFolder { try makeFolder(overlayFolder) }
    var drafts = Drafts()
    defer { drafts.discard() }
    let thin = Geometry(size: SIMD3(1, 1, volume.geometry.size.z))
    let zeros = [Int32](repeating: 0, count: thin.count)
    try drafts.write(mask(for: volume)) {
      try LabelMap(geometry: thin, labels: zeros).write(to: $0)
    }
    if let probabilities {
      let values = Volume(geometry: thin, voxels: .float32(zeros.map(Float.init)))
      try drafts.write(probabilities) { try values.write(to: $0) }
    }
    if let overlay {
      let pixel = Volume(
        geometry: Geometry(size: .one), channels: 3, voxels: .uint8([0, 0, 0]))
      try drafts.write(overlay) { try pixel.write(to: $0) }
    }
  }

  /// `others` are inputs beside images and weights.
  ///
  /// - Throws: `ValidationError` when a result would replace an input, or two would share a file.
  static func requireSafe(
    _ targets: [SegmentTarget], weights: String?, others: [String] = []
  ) throws {
    let inputs = Set((targets.map(\.image) + [weights].compactMap(\.self) + others).map(resolved))
    var taken: [String: String] = [:]
    for target in targets {
      let ending = ImageFile.ending(of: target.image) ?? ""
      let mask = target.mask(
        isPicture: [".png", ".jpg", ".jpeg", ".tif", ".tiff"].contains(ending))
      let results = [mask, RunReport.path(beside: mask), target.overlay, target.probabilities]
        .compactMap(\.self)
      for path in results {
        let place = resolved(path)
        if inputs.contains(place) {
          throw ValidationError("\(path) would replace an input; choose another output")
        }
        if let other = taken.updateValue(target.image, forKey: place) {
          throw ValidationError(
            other == target.image
              ? "two results would share the file \(path); give each a name of its own"
              : "the results of \(other) and \(target.image) would share the file \(path); "
                + "segment them into folders of their own")
        }
      }
    }
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}

/// An image that has been read and whose results have a place to go.
struct OpenedImage {
  let target: SegmentTarget
  let volume: Volume
  let started = Date()
  let stopwatch: Stopwatch

  init(_ target: SegmentTarget, series: String?) throws {
    self.target = target
    var stopwatch = Stopwatch()
    volume = try stopwatch.measure("read") {
      try Volume(contentsOf: target.image, series: series)
    }
    self.stopwatch = stopwatch
    try target.rehearse(for: volume)
  }
}

private func join(_ folder: String, _ name: String) -> String {
  folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// Creates a folder; one line when it cannot be.
private func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw ImagingError.writing(path: path, reason: "the folder cannot be created")
  }
}

private func isDirectory(_ path: String) -> Bool {
  var isFolder: ObjCBool = false
  return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
}

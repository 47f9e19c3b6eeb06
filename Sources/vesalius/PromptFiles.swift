// --mask and --scribble: prompts that are drawn into files on the grid of the image.

import Foundation
import Imaging
import Models
import Segmentation

/// What the prompts of one command ask for, in pixels of its image.
struct PromptRequest {
  var objects: [ObjectPrompt]
  var slice: Int?
  /// What was understood otherwise than it was written.
  var remarks: [String]
}

extension PromptOptions {
  /// The prompts, with those that are drawn into files, for an image.
  ///
  /// - Throws: `SegmentationError.unusable`, `ImagingError`, one line that names the file.
  func request(on volume: Volume) throws -> PromptRequest {
    var request = PromptRequest(objects: objects, slice: slice, remarks: remarks)
    let size = PixelSize(height: volume.geometry.size.y, width: volume.geometry.size.x)
    if let scribble {
      let drawing = try plane(of: scribble, on: volume, slice: &request.slice)
      let points = try named(scribble) { try Scribble.points(in: drawing, size: size) }
      request.objects[0].points += points
    }
    if let mask {
      let labels = try plane(of: mask, on: volume, slice: &request.slice)
      let values = Set(labels).subtracting([0])
      guard values.count == 1 else {
        throw SegmentationError.unusable(
          values.isEmpty
            ? "\(mask): marks no pixel on that slice; give the mask of one object"
            : "\(mask): holds \(values.count) labels; give the mask of one object")
      }
      request.objects[0].pixels = labels.map { $0 == 0 ? 0 : 1 }
    }
    let isPositive = request.objects.allSatisfy { object in
      object.box != nil || object.pixels != nil || object.points.contains(where: \.isInside)
    }
    guard isPositive else {
      throw SegmentationError.unusable(
        "\(scribble ?? "the scribble"): nothing of it lies on an object; draw with 1 there")
    }
    return request
  }

  /// The labels on the slice that the prompts name, else on the only one that the file marks.
  private func plane(of path: String, on volume: Volume, slice: inout Int?) throws -> [Int32] {
    let map = try LabelMap(contentsOf: path)
    let (met, wanted) = (map.geometry.size, volume.geometry.size)
    guard met.x == wanted.x, met.y == wanted.y, met.z == wanted.z || met.z == 1 else {
      func text(_ size: SIMD3<Int>) -> String { "\(size.x)×\(size.y)×\(size.z)" }
      throw SegmentationError.unusable(
        "\(path): has \(text(met)) pixels and the image \(text(wanted)); "
          + "draw on the grid of the image")
    }
    let area = met.x * met.y
    if met.z == 1 { return map.labels }
    if slice == nil {
      let marked = (0..<met.z).filter { z in
        map.labels[z * area..<(z + 1) * area].contains { $0 != 0 }
      }
      guard marked.count < 2 else {
        throw SegmentationError.unusable(
          "\(path): marks \(marked.count) slices; keep one, or name it: --point X,Y,Z")
      }
      slice = marked.first
    }
    let chosen = slice ?? 0
    guard (0..<met.z).contains(chosen) else {
      throw SegmentationError.outside("slice \(chosen)", "0 … \(met.z - 1)")
    }
    return Array(map.labels[chosen * area..<(chosen + 1) * area])
  }

  private func named<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch SegmentationError.unusable(let text) {
      throw SegmentationError.unusable("\(path): \(text)")
    }
  }
}

// The objects of a case that a simulated user points at, made slice by slice, so that a volume of many
// objects does not lie in memory as masks.

import Imaging
import Metrics
import Prompts

/// One object on one slice.
struct PromptedObject: Sendable {
  let key: ObjectKey
  let truth: SliceMask
  /// What tells it from other objects over all slices: its number in the dataset, or of its component.
  let number: Int32
}

/// The objects of a reference.
struct PromptedObjects: Sendable {
  private let caseID: String
  private let size: SIMD3<Int>
  /// Labels as they are scored.
  private let labels: [Int32]
  /// For each voxel the number of its object; nil where all of a label on a slice is one.
  private let numbers: [Int32]?
  /// 1 on voxels that nobody labelled.
  private let ignored: [UInt8]?

  /// - Parameters:
  ///   - plan: what an object is, and which labels are scored
  ///   - item: the case, whose name decides random choices
  ///   - reference: with the values as stored, so that numbered objects can be told apart
  /// - Throws: `MetricsError` when the values do not fill the grid
  init(_ plan: StudyPlan, _ item: StudyPlan.Case, in reference: LabelMap) throws {
    caseID = item.id
    size = reference.geometry.size
    labels = plan.scored(reference)
    ignored = plan.ignored.map { value in reference.labels.map { $0 == value ? 1 : 0 } }
    numbers =
      switch plan.study.objects {
      case .label: nil
      case .instance: reference.labels
      case .component:
        try Instances.components(
          of: labels, size: size, connectivity: plan.study.options.connectivity
        ).numbers
      }
  }

  /// Slices that hold an object.
  var slices: [Int] {
    let area = size.x * size.y
    return (0..<size.z).filter { slice in
      labels[slice * area..<(slice + 1) * area].contains { $0 != 0 }
    }
  }

  /// The objects of a slice, by label and number.
  func on(slice: Int) throws -> [PromptedObject] {
    let area = size.x * size.y
    let range = slice * area..<(slice + 1) * area
    var pixels: [Int32: [Int32: [Int]]] = [:]
    for (pixel, voxel) in range.enumerated() where labels[voxel] != 0 {
      let number = numbers?[voxel] ?? labels[voxel]
      pixels[labels[voxel], default: [:]][number, default: []].append(pixel)
    }
    return try pixels.sorted { $0.key < $1.key }.flatMap { label, objects in
      try objects.sorted { $0.key < $1.key }.map { number, places in
        var mask = [UInt8](repeating: 0, count: area)
        for place in places { mask[place] = 1 }
        return PromptedObject(
          key: ObjectKey(caseID: caseID, label: label, slice: slice, object: Int(number)),
          truth: try SliceMask(mask, width: size.x, height: size.y), number: number)
      }
    }
  }

  /// An answer as the user judges it: what nobody labelled is no error.
  func judged(_ mask: SliceMask, onSlice slice: Int) throws -> SliceMask {
    guard let ignored else { return mask }
    let start = slice * size.x * size.y
    let pixels = mask.pixels.enumerated().map { ignored[start + $0] == 1 ? 0 : $1 }
    return try SliceMask(pixels, width: size.x, height: size.y)
  }
}

extension StudyPlan {
  /// The labels of a reference as they are scored: semantic, without those that are not scored and without
  /// what nobody labelled.
  func scored(_ reference: LabelMap) -> [Int32] {
    let kept = Set(labels.map(\.value))
    let semantic = reference.semantic(description).labels
    return zip(semantic, reference.labels).map { label, stored in
      kept.contains(label) && stored != ignored ? label : 0
    }
  }
}

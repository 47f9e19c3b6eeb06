// The objects of a case that a simulated user points at, slice by slice.

import Imaging
import Metrics
import Prompts

/// One object on one slice.
struct PromptedObject: Sendable {
  let key: ObjectKey
  let truth: SliceMask
}

extension StudyPlan {
  /// Objects by slice, in the order of slices, labels and numbers; slices without one are left out.
  ///
  /// `reference` holds the values as stored, so that numbered objects can be told apart.
  func objects(of item: Case, in reference: LabelMap) throws -> [Int: [PromptedObject]] {
    let size = reference.geometry.size
    let semantic = scored(reference)
    let area = size.x * size.y
    var result: [Int: [PromptedObject]] = [:]
    for slice in 0..<size.z {
      let range = slice * area..<(slice + 1) * area
      let here = semantic[range]
      for label in labels where here.contains(label.value) {
        let pieces: [[UInt8]]
        switch study.objects {
        case .label:
          pieces = [here.map { $0 == label.value ? 1 : 0 }]
        case .instance:
          let stored = reference.labels[range]
          pieces = Set(stored).subtracting([0]).sorted().map { value in
            stored.map { $0 == value ? 1 : 0 }
          }
        case .component:
          let mask = here.map { $0 == label.value ? Int32(1) : 0 }
          let components = try Instances.components(of: mask, size: SIMD3(size.x, size.y, 1))
          pieces = components.all.indices.map { number in
            components.numbers.map { Int($0) == number + 1 ? 1 : 0 }
          }
        }
        for (number, pixels) in pieces.enumerated() {
          let truth = try SliceMask(pixels, width: size.x, height: size.y)
          let key = ObjectKey(caseID: item.id, label: label.value, slice: slice, object: number)
          result[slice, default: []].append(PromptedObject(key: key, truth: truth))
        }
      }
    }
    return result
  }

  /// The labels of a reference as they are scored: semantic, without those that are not.
  func scored(_ reference: LabelMap) -> [Int32] {
    let kept = Set(labels.map(\.value))
    return reference.semantic(description).labels.map { kept.contains($0) ? $0 : 0 }
  }
}

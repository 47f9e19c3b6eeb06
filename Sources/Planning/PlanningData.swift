// What planning needs of a fingerprint: medians, the target spacing, and which axis comes first.

import Datasets
import Foundation

/// Medians over the cases and the voxel size that all cases are brought to; axes as in the files.
struct PlanningData {
  /// An axis is coarse when its voxels are more than this many times longer than those of the others.
  static let anisotropy = 3.0

  let medianSpacing: [Double]
  let medianShape: [Double]
  /// Voxel size of the full resolution in mm.
  let targetSpacing: [Double]
  /// Median over the cases of the shape at the target spacing.
  let targetShape: [Double]
  let transposeForward: [Int]
  let transposeBackward: [Int]
  let normalisation: [NormalisationScheme]
  let usesMask: [Bool]
  let caseCount: Int
  /// Entries under "labels", the background included: outputs of the network as the planner counts them.
  let classes: Int

  init(
    _ fingerprint: Fingerprint, _ description: DatasetDescription, caseCount: Int?,
    targetSpacing wanted: [Double]?
  ) throws {
    try Self.check(fingerprint, wanted)
    let (spacings, shapes) = (fingerprint.spacings, fingerprint.shapesAfterCrop)
    let spacing = wanted ?? Self.targetSpacing(spacings, shapes)
    medianSpacing = Self.median(spacings)
    medianShape = Self.median(shapes.map { $0.map(Double.init) })
    targetSpacing = spacing
    let resampled = zip(spacings, shapes).map { old, shape in
      (0..<3).map { axis in
        (old[axis] / spacing[axis] * Double(shape[axis])).rounded(.toNearestOrEven)
      }
    }
    targetShape = Self.median(resampled)

    // The spacing across single slices means nothing and must not turn them.
    let isFlat = shapes.allSatisfy { $0[0] == 1 }
    let coarsest = isFlat ? 0 : Self.firstLargest(spacing)
    let forward = [coarsest] + (0..<3).filter { $0 != coarsest }
    transposeForward = forward
    transposeBackward = (0..<3).map { axis in forward.firstIndex(of: axis) ?? axis }

    let channels = fingerprint.foregroundIntensities.count
    let names = description.channelNames(count: max(channels, description.channelNames.count))
    normalisation = names.map(NormalisationScheme.init(channelName:))
    let isCropped = fingerprint.medianRelativeSizeAfterCropping < 3.0 / 4
    usesMask = normalisation.map { isCropped && $0 == .zScore }
    self.caseCount = caseCount ?? spacings.count
    classes = Self.classes(description, fingerprint)
  }

  func transposed<Value>(_ values: [Value]) -> [Value] { transposeForward.map { values[$0] } }

  /// The median, except along a coarse axis of few voxels: there the 10th percentile, because interpolation
  /// between slices far apart invents what lies between them.
  private static func targetSpacing(_ spacings: [[Double]], _ shapes: [[Int]]) -> [Double] {
    var target = (0..<3).map { axis in percentile(spacings.map { $0[axis] }, 50) }
    let size = (0..<3).map { axis in percentile(shapes.map { Double($0[axis]) }, 50) }
    let coarse = firstLargest(target)
    let others = (0..<3).filter { $0 != coarse }
    let largestOther = others.map { target[$0] }.max() ?? 0
    let shortestOther = others.map { size[$0] }.min() ?? 0
    guard target[coarse] > anisotropy * largestOther, size[coarse] * anisotropy < shortestOther
    else { return target }
    let low = percentile(spacings.map { $0[coarse] }, 10)
    target[coarse] = low < largestOther ? max(largestOther, low) + 1e-5 : low
    return target
  }

  private static func check(_ fingerprint: Fingerprint, _ wanted: [Double]?) throws {
    let (spacings, shapes) = (fingerprint.spacings, fingerprint.shapesAfterCrop)
    guard !spacings.isEmpty, spacings.count == shapes.count else {
      throw PlanningError.malformed(
        place: "fingerprint", met: "\(spacings.count) spacings and \(shapes.count) shapes",
        expected: "one of each per case, and one case at least")
    }
    for spacing in spacings + (wanted.map { [$0] } ?? []) {
      guard spacing.count == 3, spacing.allSatisfy({ $0.isFinite && $0 > 0 }) else {
        throw PlanningError.malformed(
          place: "spacings", met: "\(spacing)", expected: "three numbers above 0, in mm")
      }
    }
    for shape in shapes {
      guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
        throw PlanningError.malformed(
          place: "shapes_after_crop", met: "\(shape)", expected: "three numbers from 1")
      }
    }
  }

  private static func classes(
    _ description: DatasetDescription, _ fingerprint: Fingerprint
  ) -> Int {
    if description.instances { return 2 }
    var names = Set(description.labels.values)
    if description.labels[0] == nil { names.insert("background") }
    names.formUnion(description.regions.map(\.name))
    if description.labels.isEmpty, description.regions.isEmpty {
      let met = Set(fingerprint.cases.flatMap(\.classSizes.keys)).subtracting([0])
      return 1 + max(1, met.count)
    }
    return names.count + (description.ignoredLabel == nil ? 0 : 1)
  }

  static func firstLargest(_ values: [Double]) -> Int {
    values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
  }

  private static func median(_ rows: [[Double]]) -> [Double] {
    (0..<3).map { axis in
      let sorted = rows.map { $0[axis] }.sorted()
      let middle = sorted.count / 2
      return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
  }

  /// Linear between the ranks, rounded exactly as numpy does, since plans are compared to the last bit.
  static func percentile(_ values: [Double], _ percent: Double) -> Double {
    let sorted = values.sorted()
    let rank = Double(sorted.count - 1) * (percent / 100)
    let below = min(Int(rank), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    let (low, high, part) = (sorted[below], sorted[above], rank - Double(below))
    return part >= 0.5 ? high - (high - low) * (1 - part) : low + (high - low) * part
  }
}

extension NormalisationScheme {
  /// nnU-Net's table of channel names; every other name means z-scores.
  public init(channelName: String) {
    switch channelName.lowercased() {
    case "ct": self = .ct
    case "nonorm": self = .none
    case "rescale_to_0_1": self = .range
    case "rgb_to_0_1": self = .rgb
    default: self = .zScore
    }
  }
}

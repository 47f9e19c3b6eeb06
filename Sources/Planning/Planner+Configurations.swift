// Which configurations a dataset gets: slices always, volumes where there are any, low resolution where needed.

import Foundation

extension Planner {
  func configurations(for data: PlanningData) throws -> [String: Plans.Entry] {
    let spacing = data.transposed(data.targetSpacing)
    let shape = data.transposed(data.targetShape)
    let voxels = product(shape) * Double(data.caseCount)
    var result: [String: Plans.Entry] = [:]
    var flat = try configuration(
      "2d", spacing: Array(spacing.dropFirst()), shape: Array(shape.dropFirst()), voxels: voxels,
      data)
    flat.batchDice = true
    result["2d"] = Plans.Entry(flat)
    guard shape[0] != 1 else { return result }

    var full = try configuration(
      "3d_fullres", spacing: spacing, shape: shape, voxels: voxels, data)
    if var low = try lowResolution(below: full, shape: shape, data) {
      low.nextStage = "3d_cascade_fullres"
      result["3d_lowres"] = Plans.Entry(low)
      full.batchDice = true
      var cascade = full
      cascade.previousStage = "3d_lowres"
      result["3d_cascade_fullres"] = Plans.Entry(cascade, inheritsFrom: "3d_fullres")
    }
    result["3d_fullres"] = Plans.Entry(full)
    return result
  }

  /// Makes voxels 3 % longer, the fine axes first, until a patch shows a quarter of the image; none where the
  /// image gets less than half as large by it.
  private func lowResolution(
    below full: PlannedConfiguration, shape: [Double], _ data: PlanningData
  ) throws -> PlannedConfiguration? {
    var spacing = full.spacing
    var voxels = product(shape)
    var patchVoxels = product(full.patchSize.map(Double.init))
    var low: PlannedConfiguration?
    while patchVoxels / voxels < 0.25 {
      let coarsest = spacing.max() ?? 1
      let fine = spacing.indices.filter { coarsest / spacing[$0] > 2 }
      for axis in fine.isEmpty ? Array(spacing.indices) : fine { spacing[axis] *= 1.03 }
      let size = spacing.indices.map { full.spacing[$0] / spacing[$0] * shape[$0] }
      voxels = product(size)
      // Voxels so long that nothing is left of the image mean a patch that cannot grow.
      guard size.contains(where: { $0 >= 1 }) else { return nil }
      let next = try configuration(
        "3d_lowres", spacing: spacing, shape: size.map { max(1, $0.rounded(.toNearestOrEven)) },
        voxels: voxels * Double(data.caseCount), data)
      patchVoxels = product(next.patchSize.map(Double.init))
      low = next
    }
    return product(shape) / voxels < 2 ? nil : low
  }

  private func product(_ values: [Double]) -> Double { values.reduce(1, *) }
}

// What can be wrong with cases and settings before the first patch is cut.

extension PatchSampler {
  static func check(
    _ cases: [any TrainingCase], _ initialPatchSize: [Int], _ patchSize: [Int],
    _ settings: Settings
  ) throws {
    try check(
      "patchSize", patchSize, patchSize.count == 2 || patchSize.count == 3,
      "two or three extents")
    try check("patchSize", patchSize, patchSize.allSatisfy { $0 > 0 }, "extents above zero")
    try check(
      "initialPatchSize", initialPatchSize,
      initialPatchSize.count == patchSize.count
        && zip(initialPatchSize, patchSize).allSatisfy { $0 >= $1 },
      "at least the patch size \(patchSize) along each axis")
    try check("batchSize", settings.batchSize, settings.batchSize > 0, "at least 1")
    try check(
      "foregroundFraction", settings.foregroundFraction,
      (0...1).contains(settings.foregroundFraction), "a number from 0 to 1")
    guard let first = cases.first else { throw SamplingError.noCases }
    for sample in cases {
      try check(sample, like: first)
    }
  }

  private static func check(
    _ name: String, _ met: some Any, _ holds: Bool, _ expected: String
  ) throws {
    if holds { return }
    throw SamplingError.settingInvalid(name: name, met: "\(met)", expected: expected)
  }

  private static func check(_ sample: any TrainingCase, like first: any TrainingCase) throws {
    let shape = sample.shape
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      throw SamplingError.caseUnfit(
        id: sample.id, reason: "its shape is \(shape), expected three extents above zero")
    }
    guard sample.channelCount == first.channelCount, sample.channelCount > 0,
      sample.labelChannelCount == first.labelChannelCount, sample.labelChannelCount > 0
    else {
      throw SamplingError.caseUnfit(
        id: sample.id,
        reason:
          "it has \(sample.channelCount) image and \(sample.labelChannelCount) label channels, "
          + "'\(first.id)' has \(first.channelCount) and \(first.labelChannelCount)")
    }
    for (label, voxels) in sample.classLocations.sorted(by: { $0.key < $1.key }) {
      let stray = voxels.first { voxel in
        (0..<3).contains { voxel[$0] < 0 || Int(voxel[$0]) >= shape[$0] }
      }
      if let stray {
        throw SamplingError.caseUnfit(
          id: sample.id,
          reason: "class \(label) is said to be at \(stray), outside its shape \(shape)")
      }
    }
  }
}

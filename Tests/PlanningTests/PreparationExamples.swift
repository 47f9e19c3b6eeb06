// Plans with nothing in them but what preparing reads.

@testable import Planning

extension PlannedConfiguration {
  static func example(
    spacing: [Double], normalisation: [NormalisationScheme] = [.zScore], masks: [Bool]? = nil,
    patchSize: [Int]? = nil
  ) -> PlannedConfiguration {
    PlannedConfiguration(
      dataIdentifier: "test", preprocessor: "DefaultPreprocessor", batchSize: 2,
      patchSize: patchSize ?? Array(repeating: 8, count: spacing.count),
      medianImageSize: Array(repeating: 8, count: spacing.count), spacing: spacing,
      normalisation: normalisation,
      usesMaskForNormalisation: masks ?? Array(repeating: false, count: normalisation.count),
      dataResampling: .data, labelResampling: .labels, probabilityResampling: .probabilities,
      architecture: PlannedArchitecture(
        kind: .plain, features: [8], kernels: [[3, 3, 3]], strides: [[1, 1, 1]],
        encoderBlocks: [2], decoderConvolutions: []), batchDice: false, previousStage: nil,
      nextStage: nil)
  }
}

extension Plans {
  static func example(
    _ configuration: PlannedConfiguration, transposition: [Int] = [0, 1, 2],
    intensities: [IntensityProperties] = []
  ) -> Plans {
    let numbered = intensities.enumerated().map { (String($0), $1) }
    return Plans(
      datasetName: "Test", plansName: "nnUNetPlans", originalMedianSpacing: [1, 1, 1],
      originalMedianShape: [8, 8, 8], imageReaderWriter: "SimpleITKIO",
      transposeForward: transposition,
      transposeBackward: (0..<3).map { axis in transposition.firstIndex(of: axis) ?? axis },
      configurations: ["test": Entry(configuration)], experimentPlannerUsed: "ExperimentPlanner",
      labelManager: "LabelManager",
      foregroundIntensities: Dictionary(uniqueKeysWithValues: numbered))
  }
}

// All metrics of a case at once against each metric of each label alone.

import Metrics
import Testing

@Suite struct MetricEvaluatorTests {
  private static let metrics = Metric.all.filter { $0.need != .surfaces }

  private static func mask(_ labels: [Int32], _ label: Int32) -> [Int32] {
    labels.map { $0 == label ? 1 : 0 }
  }

  @Test func agreesWithEachMetricAlone() throws {
    for pair in VolumePair.many.prefix(200) {
      var generator = SeededGenerator(seed: pair.seed)
      let probabilities = pair.reference.map { _ in Float.random(in: 0...1, using: &generator) }
      let scores = try MetricEvaluator(metrics: Self.metrics).scores(
        prediction: pair.prediction, reference: pair.reference, size: pair.size,
        spacing: pair.spacing, labels: [1, 2, 77], probabilities: [2: probabilities])
      #expect(scores.keys.sorted() == [1, 2, 77])
      for label: Int32 in [1, 2, 77] {
        let prediction = Self.mask(pair.prediction, label)
        let reference = Self.mask(pair.reference, label)
        let table = try OverlapTable(prediction: prediction, reference: reference)
        let overlaps = try InstanceOverlaps(
          prediction: .components(of: prediction, size: pair.size),
          reference: .components(of: reference, size: pair.size))
        let volumes = table[1].volumeDifference(voxelVolume: pair.voxelVolume)
        let matching = try overlaps.matching()
        var expected: [String: Double?] = [
          "dice": table[1].dice(), "iou": table[1].iou(), "sensitivity": table[1].sensitivity(),
          "specificity": table.specificity(of: 1), "precision": table[1].precision(),
          "volume-difference": volumes.signedML,
          "absolute-volume-difference": volumes.absoluteML,
          "relative-volume-difference": volumes.relative,
          "volume-similarity": table[1].volumeSimilarity(),
          "false-positive-volume": table[1].falsePositiveVolume(voxelVolume: pair.voxelVolume),
          "pq": matching.panopticQuality(), "sq": matching.segmentationQuality(),
          "rq": matching.recognitionQuality(), "instance-f1": matching.f1(),
          "lesion-sensitivity": try overlaps.lesions().sensitivity(),
          "lesion-false-positives": Double(try overlaps.lesions().falsePositives),
          "ece": nil as Double?, "brier": nil as Double?, "auroc": nil as Double?,
        ]
        if label == 2 {
          let truth = reference.map(UInt8.init)
          expected["ece"] = try Calibration(
            probabilities: probabilities, reference: truth
          ).expectedError
          expected["brier"] = try Brier.score(probabilities: probabilities, reference: truth)
          expected.updateValue(
            try AUROC.score(probabilities: probabilities, reference: truth), forKey: "auroc")
        }
        #expect(scores[label] == expected, "seed \(pair.seed), label \(label)")
      }
    }
  }

  @Test func numberedObjectsAreTakenAsTheyAre() throws {
    // Two touching objects: one component, but two numbers; number 2 also names an object of label 2.
    let labels: [Int32] = [1, 1, 1, 1, 0, 2]
    let numbers: [Int32] = [1, 1, 2, 2, 0, 2]
    let evaluator = MetricEvaluator(metrics: [.pq, .lesionFalsePositives])
    let merged = try evaluator.scores(
      prediction: labels, reference: labels, size: SIMD3(6, 1, 1), spacing: .one, labels: [1, 2],
      instances: (prediction: [1, 1, 1, 1, 0, 0], reference: numbers))
    #expect(merged[1]?["pq"] == 0)
    #expect(merged[2]?["pq"] == 0)
    let apart = try evaluator.scores(
      prediction: labels, reference: labels, size: SIMD3(6, 1, 1), spacing: .one, labels: [1, 2],
      instances: (prediction: numbers, reference: numbers))
    #expect(apart[1]?["pq"] == 1)
    #expect(apart[2]?["pq"] == 1)
    #expect(apart[1]?["lesion-false-positives"] == 0)
  }

  @Test func optionsReachTheMetrics() throws {
    let prediction: [Int32] = [1, 1, 0, 2, 2]
    let reference: [Int32] = [1, 1, 1, 1, 0]
    func score(_ metric: Metric, label: Int32 = 1, _ change: (inout MetricOptions) -> Void) throws
      -> Double?
    {
      var options = MetricOptions()
      change(&options)
      return try MetricEvaluator(metrics: [metric], options: options).scores(
        prediction: prediction, reference: reference, size: SIMD3(5, 1, 1), spacing: .one,
        labels: [label], probabilities: [1: [0, 0.5, 1, 1, 1]])[label]?[metric.id] ?? nil
    }
    #expect(try score(.rq) { _ in } == 0)
    #expect(try score(.rq) { $0.matchingComparison = .reaches } == 1)
    #expect(try score(.rq) { $0.matchingThreshold = 0.4 } == 1)
    #expect(try score(.instanceF1) { $0.detectionScore = .averagePrecision } == 0)
    #expect(try score(.lesionSensitivity) { _ in } == 1)
    #expect(try score(.lesionSensitivity) { $0.lesionDefinition = .matched } == 0)
    #expect(try score(.lesionSensitivity) { $0.lesionDefinition = .covered } == 1)
    #expect(
      try score(.lesionSensitivity) {
        $0.lesionDefinition = .covered
        $0.lesionFraction = 0.6
      } == 0)
    #expect(try score(.dice, label: 9) { _ in } == nil)
    #expect(try score(.dice, label: 9) { $0.emptyPolicy = .one } == 1)
    #expect(try score(.brier) { _ in } == (1 + 0.25 + 1) / 5)
    #expect(try score(.brier) { $0.brierClasses = .both } == 2 * (1 + 0.25 + 1) / 5)
    #expect(try score(.ece) { $0.calibrationBins = 1 } == abs(3.5 - 4) / 5)
    #expect(
      try score(.ece) {
        $0.calibrationBins = 1
        $0.calibrationExcludesZero = true
      } == abs(3.5 - 3) / 4)
    // Corners connect by default, which a row of voxels cannot tell.
    let checks: [Int32] = [1, 0, 0, 1]
    for (connectivity, count) in [(Connectivity.full, 1.0), (.faces, 2)] {
      var options = MetricOptions()
      options.connectivity = connectivity
      let scores = try MetricEvaluator(metrics: [.lesionFalsePositives], options: options).scores(
        prediction: checks, reference: [0, 0, 0, 0], size: SIMD3(2, 2, 1), spacing: .one,
        labels: [1])
      #expect(scores[1]?["lesion-false-positives"] == count)
    }
  }

  @Test func misuseIsRefused() {
    func scores(
      _ count: Int = 2, size: SIMD3<Int> = SIMD3(2, 1, 1), spacing: SIMD3<Double> = .one,
      instances: (prediction: [Int32], reference: [Int32])? = nil, probabilities: [Float] = [0, 0]
    ) throws {
      _ = try MetricEvaluator(metrics: Self.metrics).scores(
        prediction: Array(repeating: 0, count: count), reference: [0, 1], size: size,
        spacing: spacing, labels: [1], instances: instances, probabilities: [1: probabilities])
    }
    #expect(throws: MetricsError.lengthsDiffer(prediction: 3, reference: 2)) { try scores(3) }
    #expect(throws: MetricsError.sizeDiffers(voxels: 2, size: SIMD3(3, 1, 1))) {
      try scores(size: SIMD3(3, 1, 1))
    }
    for bad in [0, -1, Double.nan, .infinity] {
      #expect(throws: MetricsError.self) { try scores(spacing: SIMD3(1, bad, 1)) }
    }
    #expect(throws: MetricsError.self) { try scores(instances: (prediction: [1], reference: [1])) }
    #expect(throws: MetricsError.self) { try scores(probabilities: [0]) }
  }
}

// From an answer to its scores: all metrics of a study on all its labels, each array passed over once.

import Datasets
import Imaging
import Metrics

/// Scores answers to one case.
struct CaseScorer {
  private let plan: StudyPlan
  private let ofMasks: MetricEvaluator
  private let ofProbabilities: MetricEvaluator
  private let geometry: Geometry
  private let reference: [Int32]
  private let instances: [Int32]?
  /// Whether a voxel counts: somebody labelled it. Nil where all do.
  private let counts: [Bool]?

  /// - Parameters:
  ///   - plan: labels, metrics and their options
  ///   - stored: the reference with the values of its file
  /// - Throws: `MetricsError` for an unknown metric
  init(_ plan: StudyPlan, reference stored: LabelMap) throws {
    self.plan = plan
    let metrics = try Metric.named(plan.study.metrics)
    let options = plan.study.options
    ofMasks = MetricEvaluator(
      metrics: metrics.filter { $0.need != .probabilities }, options: options)
    ofProbabilities = MetricEvaluator(
      metrics: metrics.filter { $0.need == .probabilities }, options: options)
    geometry = stored.geometry
    counts = plan.ignored.map { value in stored.labels.map { $0 != value } }
    reference = plan.scored(stored)
    instances = plan.instances ? zip(stored.labels, reference).map { $1 == 0 ? 0 : $0 } : nil
  }

  /// The scores of each label, and how often stated probabilities came true.
  ///
  /// Where the dataset numbers objects and the participant does not, the connected components of its mask
  /// are its objects. Voxels that nobody labelled are background on both sides, and are left out of what is
  /// said about probabilities.
  func scores(
    of answer: CaseAnswer
  ) throws -> (labels: [CaseRecord.LabelScores], calibration: Calibration?) {
    let prediction = counted(answer.labels, else: 0)
    let values = try ofMasks.scores(
      prediction: prediction, reference: reference, size: geometry.size,
      spacing: geometry.spacing, labels: plan.labels.map(\.value),
      instances: try instances.map {
        (prediction: try objects(of: answer, prediction), reference: $0)
      })
    let stated = try probabilities(of: answer)
    let labels = plan.labels.map { label in
      CaseRecord.LabelScores(
        label: label.value, isReferenced: reference.contains(label.value),
        isPredicted: prediction.contains(label.value),
        values: (values[label.value] ?? [:]).merging(stated.values) { first, _ in first })
    }
    return (labels, stated.calibration)
  }

  /// What is said about the probability of the only label; undefined with several.
  private func probabilities(
    of answer: CaseAnswer
  ) throws -> (values: [String: Double?], calibration: Calibration?) {
    var values: [String: Double?] = [:]
    for metric in ofProbabilities.metrics { values.updateValue(nil, forKey: metric.id) }
    guard plan.labels.count == 1, let label = plan.labels.first?.value,
      let stated = answer.probabilities
    else { return (values, nil) }
    let kept = stated.indices.filter { counts?[$0] ?? true }
    let probabilities = kept.map { stated[$0] }
    let truth = kept.map { reference[$0] }
    let scores = try ofProbabilities.scores(
      prediction: truth, reference: truth, size: SIMD3(kept.count, 1, 1), spacing: .one,
      labels: [label], probabilities: [label: probabilities])
    let calibration = try Calibration(
      probabilities: probabilities, reference: truth.map { $0 == label ? 1 : 0 },
      options: plan.study.options.calibration)
    return (values.merging(scores[label] ?? [:]) { $1 }, calibration)
  }

  private func objects(of answer: CaseAnswer, _ prediction: [Int32]) throws -> [Int32] {
    if let instances = answer.instances { return counted(instances, else: 0) }
    return try Instances.components(
      of: prediction, size: geometry.size, connectivity: plan.study.options.connectivity
    ).numbers
  }

  private func counted(_ labels: [Int32], else other: Int32) -> [Int32] {
    guard let counts else { return labels }
    return zip(labels, counts).map { $1 ? $0 : other }
  }
}

// From an answer to its scores: all metrics of a study on all its labels, each array passed over once.

import Datasets
import Imaging
import Metrics

/// Scores answers to one case.
struct CaseScorer {
  private let plan: StudyPlan
  private let evaluator: MetricEvaluator
  private let geometry: Geometry
  private let reference: [Int32]
  private let instances: [Int32]?
  /// Voxels that nobody labelled.
  private let ignored: [Int]

  /// - Parameters:
  ///   - plan: labels, metrics and their options
  ///   - stored: the reference with the values of its file
  /// - Throws: `MetricsError` for an unknown metric
  init(_ plan: StudyPlan, reference stored: LabelMap) throws {
    self.plan = plan
    evaluator = MetricEvaluator(
      metrics: try Metric.named(plan.study.metrics), options: plan.study.options)
    geometry = stored.geometry
    ignored =
      plan.ignored.map { value in
        stored.labels.indices.filter { stored.labels[$0] == value }
      } ?? []
    reference = plan.scored(stored)
    instances = plan.instances ? stored.labels : nil
  }

  /// The scores of each label, and how often stated probabilities came true.
  ///
  /// Where the dataset numbers objects and the participant does not, the connected components of its mask
  /// are its objects. Ignored voxels count as background on both sides.
  func scores(
    of answer: CaseAnswer
  ) throws -> (labels: [CaseRecord.LabelScores], calibration: Calibration?) {
    var prediction = answer.labels
    for index in ignored { prediction[index] = 0 }
    let only = plan.labels.count == 1 ? plan.labels.first?.value : nil
    let values = try evaluator.scores(
      prediction: prediction, reference: reference, size: geometry.size,
      spacing: geometry.spacing, labels: plan.labels.map(\.value),
      instances: try instances.map {
        (prediction: try objects(of: answer, prediction), reference: $0)
      },
      probabilities: only.flatMap { label in answer.probabilities.map { [label: $0] } } ?? [:])
    let labels = plan.labels.map {
      CaseRecord.LabelScores(label: $0.value, values: values[$0.value] ?? [:])
    }
    let calibration = try answer.probabilities.map {
      try Calibration(
        probabilities: $0, reference: reference.map { $0 == only ? 1 : 0 },
        options: plan.study.options.calibration)
    }
    return (labels, only == nil ? nil : calibration)
  }

  private func objects(of answer: CaseAnswer, _ prediction: [Int32]) throws -> [Int32] {
    if let instances = answer.instances { return instances }
    return try Instances.components(
      of: prediction, size: geometry.size, connectivity: plan.study.options.connectivity
    ).numbers
  }
}

// `vesalius segment --support`: a model that is shown what to look for.

import ArgumentParser
import Models
import Segmentation

extension SegmentCommand {
  /// The network with the examples that it is shown.
  func inContext(
    _ model: any Model, entry: RegisteredModel, shown request: inout SupportRequest?
  ) throws -> InContextSegmenter {
    guard var shown = request else { throw SupportError.noExamples }
    defer { request = shown }
    let labels = shown.labels.isEmpty ? nil : shown.labels
    let segmenter = try shown.segmenter { [settings = shown.settings] examples in
      try InContextSegmenter(
        model, entry: entry, examples: examples, labels: labels, settings: settings,
        device: device)
    }
    if probabilities != nil, segmenter.labels.count > 1 {
      throw ValidationError(
        "--probabilities goes with one label and the examples have "
          + segmenter.labels.map(String.init).joined(separator: ", ")
          + "; choose one with --support-label")
    }
    return segmenter
  }
}

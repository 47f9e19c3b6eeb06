// One spelling for what can be written in several ways, and paths that mean the same everywhere.

import Foundation
import Metrics

extension StudyProtocol {
  /// The protocol with the catalogue's names for its metrics, and with every metric, level of prompts and
  /// column once. What nobody knows stays as it is written, to be named in an error.
  public func normalised() -> StudyProtocol {
    func id(_ name: String) -> String { (try? Metric(named: name))?.id ?? name }
    func once(_ names: [String]) -> [String] {
      names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
    var result = self
    result.metrics = once(metrics.map(id))
    result.primary = id(primary)
    result.prompts = once(prompts)
    result.subgroups = once(subgroups)
    for index in models.indices {
      result.models[index].prompts = models[index].prompts.map(once)
    }
    return result
  }

  /// The protocol with absolute paths, so that it means the same wherever it is written to.
  ///
  /// - Parameter folder: where its relative paths start
  /// - Returns: the same protocol otherwise
  public func absolute(from folder: String) -> StudyProtocol {
    let base = URL(fileURLWithPath: folder, isDirectory: true)
    func full(_ path: String) -> String {
      path.isEmpty ? path : URL(fileURLWithPath: path, relativeTo: base).standardizedFileURL.path
    }
    var result = self
    result.dataset = full(dataset)
    result.published = published.map(full)
    for index in models.indices {
      result.models[index].predictions = models[index].predictions.map(full)
      if models[index].hasWeightFile {
        result.models[index].weights = models[index].weights.map(full)
      }
    }
    return result
  }
}

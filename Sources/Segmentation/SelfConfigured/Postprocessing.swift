// Keeping the largest component where cross-validation showed that it helps, as nnU-Net decides it.

import Foundation
public import Imaging

/// Steps that are applied to every predicted label map, in order.
public struct Postprocessing: Sendable, Codable, Equatable {
  /// Voxels with one of these labels form one mask; of its pieces only the largest stays.
  public struct Step: Sendable, Codable, Equatable {
    public var keepLargestOf: [Int32]

    public init(keepLargestOf labels: [Int32]) { keepLargestOf = labels }
  }

  /// The mean Dice of each label or region, by its values joined with "+", before and after all steps.
  public struct Evidence: Sendable, Codable, Equatable {
    public var cases: Int
    public var before: [String: Double]
    public var after: [String: Double]

    public init(cases: Int, before: [String: Double], after: [String: Double]) {
      self.cases = cases
      self.before = before
      self.after = after
    }
  }

  public var steps: [Step]
  public var evidence: Evidence?

  public init(steps: [Step], evidence: Evidence? = nil) {
    self.steps = steps
    self.evidence = evidence
  }

  /// Reads the file of a decision.
  ///
  /// - Throws: ``SelfConfiguredError/malformed(path:reason:)``
  public init(contentsOf path: String) throws {
    do {
      self = try JSONDecoder().decode(
        Postprocessing.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw SelfConfiguredError.malformed(
        path: path, reason: "no decision on post-processing: \(error.localizedDescription)")
    }
  }

  /// Where training leaves the decision of a cross-validation in a model's folder.
  public static func path(in modelFolder: String) -> String {
    modelFolder + "/postprocessing.json"
  }

  /// The decision that goes with a trained model.
  ///
  /// - Parameter model: the model's folder; other paths have none
  /// - Returns: nil where nothing was decided
  /// - Throws: ``SelfConfiguredError/malformed(path:reason:)``
  public static func decided(for model: String) throws -> Postprocessing? {
    let file = path(in: model)
    return FileManager.default.fileExists(atPath: file)
      ? try Postprocessing(contentsOf: file) : nil
  }

  /// Writes the decision as JSON.
  public func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// The label map after all steps; removed voxels become background.
  ///
  /// - Throws: `MetricsError` for labels that do not fill their grid.
  public func applied(to map: LabelMap) throws -> LabelMap {
    var result = map
    for step in steps {
      result.labels = try step.applied(to: result.labels, size: map.geometry.size)
    }
    return result
  }
}

extension Postprocessing.Step {
  func applied(to labels: [Int32], size: SIMD3<Int>) throws -> [Int32] {
    let chosen = Set(keepLargestOf)
    let mask = labels.map(chosen.contains)
    let kept = try LargestComponents.kept(mask, size: size)
    return labels.indices.map { mask[$0] && !kept[$0] ? 0 : labels[$0] }
  }
}

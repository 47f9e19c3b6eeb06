// The run file of one fold: every number that its training depends on, to read, diff and resume by.

internal import Foundation
internal import Planning
internal import Weights

/// What `training.json` holds: the request and what became of it.
public struct TrainingPlan: Sendable, Codable, Equatable {
  public var request: TrainingRequest
  public var configuration: String
  public var fold: String
  public var trainingCases: [String]
  public var validationCases: [String]
  public var loop: TrainingLoop.Settings
  public var sampling: PatchSampler.Settings
  public var augmentation: Augmentation
  public var validationSteps: Int
  public var loss: SegmentationLoss
  /// One for each output of the network, the finest first.
  public var outputWeights: [Double]
  /// Seconds that a step took when ``TrainingRequest/hours`` were turned into epochs.
  public var measuredSeconds: Double?

  /// Reads a run file.
  ///
  /// - Parameter path: Of `training.json`.
  /// - Returns: The plan; `nil` when there is no file.
  /// - Throws: ``TrainingError/checkpointUnusable(path:reason:)``
  static func read(_ path: String) throws -> TrainingPlan? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    do { return try JSONDecoder().decode(TrainingPlan.self, from: data) } catch {
      throw TrainingError.checkpointUnusable(path: path, reason: "it is no run file")
    }
  }

  func write(to path: String) throws {
    do {
      try Self.encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw TrainingError.checkpointUnwritable(
        path: path, reason: error.localizedDescription, last: nil)
    }
  }

  /// A text that differs when anything that decides the result does.
  ///
  /// - Parameters:
  ///   - plans: The plan of the networks.
  ///   - keys: What the prepared cases were made from.
  /// - Returns: A hash in hexadecimal digits.
  /// - Throws: `EncodingError`
  func identity(_ plans: Plans, keys: [String]) throws -> String {
    var text = String(decoding: try Self.encoder.encode(self), as: UTF8.self)
    text += String(decoding: try plans.json(), as: UTF8.self)
    return String((text + keys.joined()).fnv1a64, radix: 16)
  }

  /// Settings that differ, each as "name: here, asked for".
  static func differences(_ kept: TrainingRequest, _ asked: TrainingRequest) -> [String] {
    func table(_ request: TrainingRequest) -> [String: String] {
      guard let data = try? encoder.encode(request),
        let object = try? JSONDecoder().decode([String: JSONText].self, from: data)
      else { return [:] }
      return object.mapValues(\.text)
    }
    let (old, new) = (table(kept), table(asked))
    return Set(old.keys).union(new.keys).sorted().compactMap { key in
      let (a, b) = (old[key] ?? "not set", new[key] ?? "not set")
      return a == b ? nil : "\(key): \(a), asked for \(b)"
    }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

/// Any JSON value as a short text.
private struct JSONText: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    if let list = try? decoder.singleValueContainer().decode([JSONText].self) {
      text = "[" + list.map(\.text).joined(separator: ", ") + "]"
    } else if let table = try? decoder.singleValueContainer().decode([String: JSONText].self) {
      text = table.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)" }
        .joined(separator: ", ")
    } else if let flag = try? decoder.singleValueContainer().decode(Bool.self) {
      text = String(flag)
    } else if let number = try? decoder.singleValueContainer().decode(Double.self) {
      text = number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    } else {
      text = (try? decoder.singleValueContainer().decode(String.self)) ?? "null"
    }
  }
}

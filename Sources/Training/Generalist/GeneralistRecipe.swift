// What a generalist is trained on and how: a file that anybody can read, edit and run again.

public import Foundation
internal import Models
internal import Yams

/// A recipe file.
public struct GeneralistRecipe: Sendable, Codable, Equatable {
  /// What the model is led by.
  public enum Model: String, Sendable, Codable {
    /// Clicks, strokes, boxes and earlier masks: `InteractiveUNet`.
    case interactive
    /// Images with masks: `UniverSeg`.
    case inContext = "in-context"
  }

  /// A data set to learn from.
  public struct Source: Sendable, Codable, Equatable {
    public var name: String
    /// Folder of the data set, from the folder that the command names; `folder/*` takes each folder in it as a
    /// data set.
    public var path: String
    /// What made its images; validation leaves modalities out by this name.
    public var modality: String
    /// How often it is drawn from, in relation to the others.
    public var weight: Double
    /// Most slices to keep, evenly spread; all without it.
    public var most: Int?
    /// Which of several channels is read, from 0.
    public var channel: Int

    public init(
      name: String, path: String, modality: String, weight: Double = 1, most: Int? = nil,
      channel: Int = 0
    ) {
      self.name = name
      self.path = path
      self.modality = modality
      self.weight = weight
      self.most = most
      self.channel = channel
    }

    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      name = try values.decode(String.self, forKey: .name)
      path = try values.decode(String.self, forKey: .path)
      modality = try values.decode(String.self, forKey: .modality)
      weight = try values.decodeIfPresent(Double.self, forKey: .weight) ?? 1
      most = try values.decodeIfPresent(Int.self, forKey: .most)
      channel = try values.decodeIfPresent(Int.self, forKey: .channel) ?? 0
    }
  }

  public var model: Model
  public var seed: UInt64
  /// Weights to start from, a file in the folder of the data; random ones without it.
  public var start: String?
  /// Channels of each stage of the network, the finest first.
  public var features: [Int]
  /// Side of the views, in pixels.
  public var viewSize: Int
  public var epochs: Int
  public var stepsPerEpoch: Int
  /// Dialogues in a step; of an in-context model examples in a step, over all images.
  public var batch: Int
  /// Answers of a dialogue; only for interactive models.
  public var rounds: Int?
  /// Most examples of an image; only for in-context models.
  public var supports: Int?
  /// Learning rate of AdamW before its cosine.
  public var rate: Double
  public var validationSamples: Int
  public var sources: [Source]
  /// Data sets that are only validated on.
  public var validation: [Source]

  /// Reads a recipe.
  ///
  /// - Throws: ``GeneralistError/recipe(path:reason:)``
  public init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw GeneralistError.recipe(path: path, reason: "there is no such file")
    }
    do { self = try YAMLDecoder().decode(Self.self, from: data) } catch let error as DecodingError {
      throw GeneralistError.recipe(path: path, reason: Self.text(error))
    } catch {
      throw GeneralistError.recipe(path: path, reason: "it is not YAML")
    }
    try check(path)
  }

  private func check(_ path: String) throws {
    let left = Set(validation.map(\.modality))
    let reason: String? =
      if model == .interactive, rounds == nil {
        "'rounds' is missing"
      } else if model == .inContext, supports == nil {
        "'supports' is missing"
      } else if sources.isEmpty {
        "it has no sources"
      } else if let taken = sources.first(where: { left.contains($0.modality) }) {
        "\(taken.name) has the modality \(taken.modality), which is validated on; leave it out of sources"
      } else if let bad = (sources + validation).first(where: { !($0.weight > 0) }) {
        "the weight of \(bad.name) is \(bad.weight); give a number above 0"
      } else if batch < 1 || rounds ?? 1 < 1 || supports ?? 1 < 1 || epochs < 1 || stepsPerEpoch < 1
      {
        "batch, rounds, supports, epochs and stepsPerEpoch need numbers from 1"
      } else if viewSize < 16 || features.isEmpty || viewSize % (1 << (features.count - 1)) != 0 {
        "viewSize is a multiple of 2 to the number of halvings, at least 16"
      } else { nil }
    if let reason { throw GeneralistError.recipe(path: path, reason: reason) }
  }

  private static func text(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return "'\(key.stringValue)' is missing" + (place.isEmpty ? "" : " in \(place)")
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return place.isEmpty ? "it is not YAML" : "'\(place)' is not what belongs there"
    @unknown default: return "it cannot be read"
    }
  }

  /// What is measured of the validation data after each epoch.
  public var measures: String {
    switch model {
    case .interactive: "dice with a box and after 1, 3, 5 clicks"
    case .inContext: "dice with 1, 4, 16 examples"
    }
  }
}

/// Why a generalist cannot be trained.
public enum GeneralistError: Error, Equatable, CustomStringConvertible {
  case recipe(path: String, reason: String)
  case nothingToLearn(String)
  case noDatasets(String)
  case noTask(String)

  public var description: String {
    switch self {
    case .recipe(let path, let reason): "the recipe \(path) cannot be used: \(reason)"
    case .nothingToLearn(let name):
      "no slice of \(name) shows an object of \(TaskSlice.leastArea) pixels; leave it out of the recipe"
    case .noDatasets(let path): "there is no data set in \(path)"
    case .noTask(let name):
      "\(name) has no label that two of its cases show; leave it out of the recipe"
    }
  }
}

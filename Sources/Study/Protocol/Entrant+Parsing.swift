// How the command line names those who take part.

import Datasets
import Foundation
import Models
import Segmentation

extension Entrant {
  /// What may be said of masks made elsewhere.
  static let givens = ["none", "oracle", "jittered", "human"]
  /// What counts as given to masks of which nothing is said.
  static let notStated = "not stated"

  /// The model whose weights are the path of a trained self-configuring model.
  static let trainedModel = "nnunet"

  /// Reads how the command line names an entrant: MODEL[/TAG][@WEIGHTS], the PATH of a trained
  /// self-configuring model (NAME=PATH gives it a name), or NAME[:GIVEN]=FOLDER for masks made elsewhere,
  /// where GIVEN is none, oracle, jittered or human.
  public init(parsing text: String) {
    if Self.isTrained(text) {
      self.init(trained: text, name: nil)
      return
    }
    let sign = text.firstIndex { $0 == "=" || $0 == "@" }
    guard let sign else {
      self.init(name: text, model: text)
      return
    }
    let front = String(text[..<sign])
    let back = String(text[text.index(after: sign)...])
    if text[sign] == "@", front == Self.trainedModel, back != "untrained", back != "published" {
      self.init(trained: back, name: nil)
    } else if text[sign] == "=", !front.contains(":"), SelfConfiguredModel.isModel(at: back) {
      self.init(trained: back, name: front)
    } else if text[sign] == "@" {
      self.init(
        name: back == "untrained" ? "\(front) (untrained)" : front, model: front, weights: back)
    } else if let colon = front.lastIndex(of: ":"), case let word = front[colon...].dropFirst(),
      !word.isEmpty, word.allSatisfy(\.isLetter)
    {
      self.init(name: String(front[..<colon]), predictions: back, given: String(word))
    } else {
      self.init(name: front, predictions: back)
    }
  }

  /// Reads several entrants. Where two would have one name, those with weights of their own carry the name
  /// of their file: "lwnet (a)" and "lwnet (b)".
  public static func list(parsing texts: [String]) -> [Entrant] {
    let entrants = texts.map { Entrant(parsing: $0) }
    let shared = Dictionary(grouping: entrants, by: \.name).filter { $0.value.count > 1 }
    return entrants.map { entrant in
      guard let same = shared[entrant.name], let weights = entrant.weights, entrant.hasWeightFile
      else { return entrant }
      var named = entrant
      let isTrained = entrant.model == trainedModel
      named.name +=
        isTrained
        ? " (\(Self.difference(weights, among: same.compactMap(\.weights))))"
        : " (\(ImageFile.stem(of: weights)))"
      return named
    }
  }

  /// A trained self-configuring model; its name is `name`, that of its provenance, or its folder's.
  private init(trained path: String, name: String?) {
    let checkpoints = (try? SelfConfiguredModel.checkpoints(of: path)) ?? []
    let stated = checkpoints.count == 1 ? try? Provenance(beside: checkpoints[0])?.name : nil
    self.init(
      name: name ?? stated ?? "\(Self.trainedModel):\(Self.folder(of: path))",
      model: Self.trainedModel, weights: path)
  }

  /// Whether a text can only mean the path of a trained model.
  private static func isTrained(_ text: String) -> Bool {
    guard (try? Registry.model(text)) == nil, !text.contains("=") else { return false }
    let isPath = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
    let isNamed = SelfConfiguredModel.isCheckpointName(text) && !text.contains("@")
    return isPath || isNamed || SelfConfiguredModel.isModel(at: text)
  }

  /// What a model is called after: its folder, whose folds and checkpoints are called alike everywhere, or
  /// its file.
  private static func folder(of path: String) -> String {
    let parts = URL(fileURLWithPath: path).standardizedFileURL.pathComponents.filter { part in
      !part.hasPrefix("fold_") && !part.hasPrefix("checkpoint_")
    }
    let last = parts.last ?? path
    return SelfConfiguredModel.isCheckpointName(last) ? ImageFile.stem(of: last) : last
  }

  /// The last part of a path that differs from the others'.
  private static func difference(_ path: String, among paths: [String]) -> String {
    func parts(_ path: String) -> [String] {
      URL(fileURLWithPath: path).standardizedFileURL.pathComponents.reversed()
    }
    let own = parts(path)
    for (depth, part) in own.enumerated()
    where paths.contains(where: { other in
      let theirs = parts(other)
      return theirs.indices.contains(depth) ? theirs[depth] != part : true
    }) {
      return ImageFile.stem(of: part)
    }
    return ImageFile.stem(of: own.first ?? path)
  }

  /// Whether `weights` is the path of a file.
  var hasWeightFile: Bool { weights.map { $0 != "published" && $0 != "untrained" } ?? false }
}

// How the command line names those who take part.

import Datasets
import Foundation

extension Entrant {
  /// What may be said of masks made elsewhere.
  static let givens = ["none", "oracle", "jittered", "human"]
  /// What counts as given to masks of which nothing is said.
  static let notStated = "not stated"

  /// Reads how the command line names an entrant: MODEL[/TAG][@WEIGHTS], or NAME[:GIVEN]=FOLDER for masks
  /// made elsewhere, where GIVEN is none, oracle, jittered or human.
  public init(parsing text: String) {
    let sign = text.firstIndex { $0 == "=" || $0 == "@" }
    guard let sign else {
      self.init(name: text, model: text)
      return
    }
    let front = String(text[..<sign])
    let back = String(text[text.index(after: sign)...])
    if text[sign] == "@" {
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
      guard shared[entrant.name] != nil, let weights = entrant.weights, entrant.hasWeightFile else {
        return entrant
      }
      var named = entrant
      named.name += " (\(ImageFile.stem(of: weights)))"
      return named
    }
  }

  /// Whether `weights` is the path of a file.
  var hasWeightFile: Bool { weights.map { $0 != "published" && $0 != "untrained" } ?? false }
}

// What the caller of sam-benchmark chooses; the same flags as those of the peers.

import Segmentation

struct Options {
  static let usage = """
    usage: sam-benchmark --model ID --weights FILE --image FILE --point X,Y --box X0,Y0,X1,Y1 \
    [--precision fp32] [--threads N] [--runs N] [--started SECONDS]
    """

  var model = ""
  var weights = ""
  var image = ""
  var point: ObjectPrompt.Point?
  var box: ObjectPrompt.Box?
  var precision = "fp32"
  var threads: Int?
  /// How often the image is encoded; each prompt is answered twice as often.
  var runs = 1
  /// When the caller started this process, in seconds since 1970.
  var started: Double?

  init(_ arguments: ArraySlice<String>) throws {
    var arguments = arguments
    while let option = arguments.popFirst() {
      guard let value = arguments.popFirst() else { throw Defect(reason: "\(option) has no value") }
      let numbers = value.split(separator: ",").compactMap { Double($0) }
      switch (option, numbers.count) {
      case ("--model", _): model = value
      case ("--weights", _): weights = value
      case ("--image", _): image = value
      case ("--point", 2): point = .init(x: numbers[0], y: numbers[1])
      case ("--box", 4):
        box = .init(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
      case ("--precision", _): precision = value
      case ("--threads", 1): threads = Int(numbers[0])
      case ("--runs", 1) where numbers[0] >= 1: runs = Int(numbers[0])
      case ("--started", 1): started = numbers[0]
      default: throw Defect(reason: "\(option) \(value) is not understood")
      }
    }
    guard !model.isEmpty, !weights.isEmpty, !image.isEmpty else {
      throw Defect(reason: "a model, its weights and an image are needed")
    }
  }

  /// Why the arguments cannot be used.
  struct Defect: Error, CustomStringConvertible {
    let reason: String
    var description: String { "\(reason)\n\(Options.usage)" }
  }
}

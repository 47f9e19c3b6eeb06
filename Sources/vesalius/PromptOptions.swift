// --point, --background and --box: what a person points at, as the command line writes it.

import ArgumentParser
import Segmentation

struct PromptOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A point on the object, in pixels of the stored image from 0; Z is the slice.",
      valueName: "X,Y[,Z]"),
    transform: Coordinates.init)
  var point: [Coordinates] = []

  @Option(
    help: ArgumentHelp("A point beside the object.", valueName: "X,Y[,Z]"),
    transform: Coordinates.init)
  var background: [Coordinates] = []

  @Option(
    help: ArgumentHelp(
      "A box around an object; each further box is a further object.",
      valueName: "X0,Y0[,Z0],X1,Y1[,Z1]"),
    transform: Coordinates.init)
  var box: [Coordinates] = []

  var isEmpty: Bool { point.isEmpty && background.isEmpty && box.isEmpty }

  /// The slice that all prompts lie on; `nil` when none of them names one.
  var slice: Int? { slices.first }

  func validate() throws {
    for place in point + background where !(2...3).contains(place.values.count) {
      throw ValidationError("a point is X,Y or X,Y,Z, not '\(place.text)'")
    }
    for box in box where ![4, 6].contains(box.values.count) {
      throw ValidationError("a box is X0,Y0,X1,Y1 or X0,Y0,Z0,X1,Y1,Z1, not '\(box.text)'")
    }
    if box.count > 1, !point.isEmpty || !background.isEmpty {
      throw ValidationError("points go with one box at most; give further objects as boxes alone")
    }
    if point.isEmpty, box.isEmpty, !background.isEmpty {
      throw ValidationError("--background needs a --point or a --box to be the background of")
    }
    if Set(slices).count > 1 {
      throw ValidationError("all prompts lie on one slice; these name \(Set(slices).sorted())")
    }
  }

  /// One object for the points and the box, or one for each of several boxes.
  var objects: [ObjectPrompt] {
    let points =
      point.map { $0.point(isInside: true) } + background.map { $0.point(isInside: false) }
    let boxes = box.map(\.box)
    return boxes.count > 1
      ? boxes.map { ObjectPrompt(box: $0) } : [ObjectPrompt(points: points, box: boxes.first)]
  }

  private var slices: [Int] {
    (point + background).filter { $0.values.count == 3 }.map { Int($0.values[2]) }
      + box.filter { $0.values.count == 6 }.flatMap { [Int($0.values[2]), Int($0.values[5])] }
  }
}

/// Numbers with commas between them.
struct Coordinates: Sendable {
  let text: String
  let values: [Double]

  init(_ text: String) throws {
    self.text = text
    values = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let value = Double(part), abs(value) < 1e6 else {
        throw ValidationError("expected numbers with commas between them, not '\(text)'")
      }
      return value
    }
  }

  func point(isInside: Bool) -> ObjectPrompt.Point {
    ObjectPrompt.Point(x: values[0], y: values[1], isInside: isInside)
  }

  var box: ObjectPrompt.Box {
    let end = values.count / 2
    return ObjectPrompt.Box(
      left: values[0], top: values[1], right: values[end], bottom: values[end + 1])
  }
}

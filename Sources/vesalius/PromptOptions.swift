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

  @Option(
    help: ArgumentHelp(
      "An earlier mask of the object on the grid of the image, to go on from.", valueName: "file"))
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "A drawing on the grid of the image: 1 on the object, 2 beside it; it becomes points.",
      valueName: "file"))
  var scribble: String?

  @Flag(help: "Ask for three masks and write the best; the report tells what each promises.")
  var multimask = false

  /// Files that prompts are drawn into.
  var files: [String] { [mask, scribble].compactMap(\.self) }

  var isEmpty: Bool { point.isEmpty && background.isEmpty && box.isEmpty && files.isEmpty }

  /// What was understood otherwise than it was written.
  var remarks: [String] {
    box.filter(\.isTurned).map {
      let box = $0.box
      return "the corners of --box \($0.text) were exchanged: it goes from "
        + "\(Float(box.left)),\(Float(box.top)) to \(Float(box.right)),\(Float(box.bottom))"
    }
  }

  /// The slice that all prompts lie on; `nil` when none of them names one.
  var slice: Int? { slices.first }

  func validate() throws {
    for place in point + background where !(2...3).contains(place.values.count) {
      throw ValidationError("a point is X,Y or X,Y,Z, not '\(place.text)'")
    }
    for box in box where ![4, 6].contains(box.values.count) {
      throw ValidationError("a box is X0,Y0,X1,Y1 or X0,Y0,Z0,X1,Y1,Z1, not '\(box.text)'")
    }
    for box in box where box.isFlat {
      throw ValidationError("the box '\(box.text)' holds no pixel; its corners lie on one line")
    }
    if box.count > 1, !point.isEmpty || !background.isEmpty || !files.isEmpty {
      throw ValidationError("points go with one box at most; give further objects as boxes alone")
    }
    if files.contains("") {
      throw ValidationError("a path is empty; check the variable behind it")
    }
    if multimask, isEmpty { throw ValidationError("--multimask goes with prompts") }
    if point.isEmpty, box.isEmpty, files.isEmpty, !background.isEmpty {
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
    let (x, y) = corners
    return ObjectPrompt.Box(
      left: min(x.0, x.1), top: min(y.0, y.1), right: max(x.0, x.1), bottom: max(y.0, y.1))
  }

  /// Whether the first corner of a box is not the one above and to the left.
  var isTurned: Bool { corners.x.0 > corners.x.1 || corners.y.0 > corners.y.1 }

  var isFlat: Bool { corners.x.0 == corners.x.1 || corners.y.0 == corners.y.1 }

  private var corners: (x: (Double, Double), y: (Double, Double)) {
    let end = values.count / 2
    return ((values[0], values[end]), (values[1], values[end + 1]))
  }
}

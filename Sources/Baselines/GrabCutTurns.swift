// Learning the colours and cutting the object out, in turns.

import Foundation

/// What GrabCut knows between two turns.
///
/// Pixels beside the box never leave the background, so they are no nodes of the graph: what links them to
/// the box is a price of the pixel in the box. The answer is that of the graph over the whole slice.
struct GrabCutTurns {
  let palette: ColourPalette
  let box: PixelBox
  /// What the colours on either side are like.
  var object = ColourMixture(components: [])
  var background = ColourMixture(components: [])
  /// Whether each pixel of the box is on the object, row by row; all of them at first.
  private(set) var isObject: [Bool]
  /// Pixels beside the box by colour.
  private let outside: [Double]
  private let links: GridFlow
  /// What holds each pixel of the box to the pixels beside it.
  private let holds: [Double]

  init(_ palette: ColourPalette, box: PixelBox, gamma: Double) {
    self.palette = palette
    self.box = box
    let (width, height) = (box.columns.count, box.rows.count)
    isObject = [Bool](repeating: true, count: width * height)
    var outside = [Double](repeating: 0, count: palette.colours.count)
    for y in 0..<palette.height {
      for x in 0..<palette.width where !box.contains(x, y) {
        outside[Int(palette.indices[y * palette.width + x])] += 1
      }
    }
    self.outside = outside
    let beta = palette.beta
    var links = GridFlow(width: width, height: height)
    var holds = [Double](repeating: 0, count: width * height)
    for (row, y) in box.rows.enumerated() {
      for (column, x) in box.columns.enumerated() {
        for (step, (dx, dy)) in GridFlow.steps.enumerated() {
          let isBeside = !box.contains(x + dx, y + dy)
          // Every second step is the way back of a link that is already there.
          guard isBeside || step % 2 == 0, (0..<palette.width).contains(x + dx),
            (0..<palette.height).contains(y + dy)
          else { continue }
          let difference = palette.colour(x, y).squaredDistance(to: palette.colour(x + dx, y + dy))
          let length = dx == 0 || dy == 0 ? 1 : 2.0.squareRoot()
          let weight = gamma / length * exp(-beta * difference)
          if isBeside {
            holds[row * width + column] += weight
          } else {
            links.link(column, row, step: step, forward: weight, back: weight)
          }
        }
      }
    }
    self.links = links
    self.holds = holds
  }

  /// Whether a pixel of the slice is on the object.
  func isOnObject(_ x: Int, _ y: Int) -> Bool {
    box.contains(x, y)
      && isObject[(y - box.rows.lowerBound) * box.columns.count + x - box.columns.lowerBound]
  }

  /// Learns the colours of the box and of what lies beside it by k-means.
  mutating func start(components: Int, seed: UInt64) {
    let counts = counts
    func learnt(_ counts: [Double]) -> ColourMixture {
      ColourMixture(
        palette.colours, counts: counts,
        assignment: ColourClusters.assign(
          palette.colours, counts: counts, to: components, seed: seed))
    }
    object = learnt(counts.object)
    background = learnt(counts.background)
  }

  /// Gives each pixel to the likeliest Gaussian of its side, learns these anew and cuts.
  ///
  /// An object that has come to nothing stays so.
  mutating func advance() {
    guard isObject.contains(true) else { return }
    let counts = counts
    object = relearnt(object, counts.object)
    background = relearnt(background, counts.background)
    isObject = graph().cut().isObject
  }

  /// The graph whose cheapest cut is the next answer; there are colours on either side.
  func graph() -> GridFlow {
    let onObject = palette.colours.map { -object.logDensity($0) }
    let beside = palette.colours.map { -background.logDensity($0) }
    var graph = links
    for (row, y) in box.rows.enumerated() {
      for (column, x) in box.columns.enumerated() {
        let colour = Int(palette.indices[y * palette.width + x])
        graph.price(
          column, row, onObject: onObject[colour] + holds[row * box.columns.count + column],
          beside: beside[colour])
      }
    }
    return graph
  }

  private func relearnt(_ mixture: ColourMixture, _ counts: [Double]) -> ColourMixture {
    ColourMixture(
      palette.colours, counts: counts,
      assignment: zip(palette.colours, counts).map { $1 > 0 ? mixture.nearest($0) : 0 })
  }

  /// Pixels on either side by colour.
  private var counts: (object: [Double], background: [Double]) {
    var object = [Double](repeating: 0, count: palette.colours.count)
    var background = outside
    var pixel = 0
    for y in box.rows {
      for x in box.columns {
        let colour = Int(palette.indices[y * palette.width + x])
        if isObject[pixel] { object[colour] += 1 } else { background[colour] += 1 }
        pixel += 1
      }
    }
    return (object, background)
  }
}

// The cheapest way to part a grid of pixels in two, by the maximum flow through it.

/// A grid whose pixels each have a price on either side, and links between the 8 neighbours that cost
/// something where they are cut.
struct GridFlow {
  /// Steps to the neighbours; the step back is the index with its last bit turned.
  static let steps: [(x: Int, y: Int)] = [
    (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (-1, 1), (1, -1),
  ]

  let width: Int
  let height: Int
  /// Nodes of a row: one lies beside each end, without links, so that every pixel has 8 neighbours.
  private let stride: Int
  /// What may flow from each node to its 8 neighbours.
  private(set) var links: [Double]
  /// What may flow from the source to each node, or where negative from the node to the sink.
  private(set) var terminals: [Double]
  /// The part of the prices that every answer pays.
  private var constant = 0.0

  /// A grid of at least one pixel, without links or prices.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    stride = width + 2
    links = [Double](repeating: 0, count: 8 * stride * (height + 2))
    terminals = [Double](repeating: 0, count: stride * (height + 2))
  }

  /// How far apart a node and each of its neighbours lie.
  var offsets: [Int] { Self.steps.map { $0.y * stride + $0.x } }

  private func node(_ x: Int, _ y: Int) -> Int { (y + 1) * stride + x + 1 }

  /// Sets the prices of a link to a neighbour on the grid, at least 0: `forward` where the pixel is on the
  /// object and the neighbour is not, `back` the other way round.
  mutating func link(_ x: Int, _ y: Int, step: Int, forward: Double, back: Double) {
    let (dx, dy) = Self.steps[step]
    links[8 * node(x, y) + step] = forward
    links[8 * node(x + dx, y + dy) + (step ^ 1)] = back
  }

  /// Sets the prices of a pixel, once; they are finite and may be negative.
  mutating func price(_ x: Int, _ y: Int, onObject: Double, beside: Double) {
    terminals[node(x, y)] = beside - onObject
    constant += min(beside, onObject)
  }

  /// The cheapest answer, of several the one with the smallest object: its price, and whether each pixel is
  /// on the object, row by row.
  func cut() -> (price: Double, isObject: [Bool]) {
    var trees = FlowTrees(self)
    trees.run()
    var isObject = [Bool]()
    isObject.reserveCapacity(width * height)
    for y in 0..<height {
      for x in 0..<width { isObject.append(trees.isAtSource(node(x, y))) }
    }
    return (constant + trees.flow, isObject)
  }
}

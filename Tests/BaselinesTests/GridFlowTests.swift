// The cut of a grid against augmenting paths found by search in breadth, and against its own price.

import Testing

@testable import Baselines

@Suite struct GridFlowTests {
  @Test func agreesWithEdmondsAndKarp() {
    var generator = SeededGenerator(seed: 11)
    for round in 0..<400 {
      let grid = RandomGrid(whole: true, &generator)
      let (price, isObject) = grid.flow().cut()
      var network = EdmondsKarp(grid)
      // Whole numbers leave no room for rounding, and the smallest of the cheapest objects is unique.
      #expect(price == network.run(), "round \(round)")
      #expect(isObject == network.isAtSource, "round \(round)")
      #expect(price == grid.price(isObject), "round \(round)")
    }
  }

  @Test func theFlowIsThePriceOfTheCut() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<100 {
      let grid = RandomGrid(whole: false, &generator)
      let (price, isObject) = grid.flow().cut()
      #expect(abs(price - grid.price(isObject)) < 1e-9)
    }
  }

  @Test func noOtherCutIsCheaper() {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<40 {
      let grid = RandomGrid(whole: false, width: 3, height: 3, &generator)
      let price = grid.flow().cut().price
      let least = (0..<512).reduce(Double.infinity) { least, bits in
        min(least, grid.price((0..<9).map { bits >> $0 & 1 == 1 }))
      }
      #expect(abs(price - least) < 1e-9)
    }
  }

  @Test func withoutLinksEachPixelIsItsOwn() {
    var flow = GridFlow(width: 3, height: 1)
    flow.price(0, 0, onObject: -2, beside: 1)
    flow.price(1, 0, onObject: 5, beside: 4)
    flow.price(2, 0, onObject: 3, beside: 3)
    let (price, isObject) = flow.cut()
    #expect(price == 5)
    #expect(isObject == [true, false, false])
  }

  @Test func aLongWayIsFlowedThrough() {
    // From one corner to the other, through the narrowest link.
    var flow = GridFlow(width: 40, height: 1)
    flow.price(0, 0, onObject: 0, beside: 100)
    flow.price(39, 0, onObject: 100, beside: 0)
    for x in 0..<39 { flow.link(x, 0, step: 0, forward: x == 17 ? 3 : 8, back: 0) }
    let (price, isObject) = flow.cut()
    #expect(price == 3)
    #expect(isObject == (0..<40).map { $0 <= 17 })
  }
}

/// Prices by chance.
private struct RandomGrid {
  let width: Int
  let height: Int
  var onObject: [Double] = []
  var beside: [Double] = []
  /// Price of each link where the first pixel is on the object and the second is not.
  var links: [(from: Int, to: Int, step: Int, forward: Double, back: Double)] = []

  init(whole: Bool, width: Int? = nil, height: Int? = nil, _ generator: inout SeededGenerator) {
    self.width = width ?? Int.random(in: 1...7, using: &generator)
    self.height = height ?? Int.random(in: 1...6, using: &generator)
    func number(_ range: ClosedRange<Double>) -> Double {
      let value = Double.random(in: range, using: &generator)
      return whole ? value.rounded() : value
    }
    let reach = number(1...30)
    for pixel in 0..<self.width * self.height {
      onObject.append(number(-reach...reach))
      beside.append(number(-reach...reach))
      for (step, (dx, dy)) in GridFlow.steps.enumerated() where step % 2 == 0 {
        let (x, y) = (pixel % self.width + dx, pixel / self.width + dy)
        guard (0..<self.width).contains(x), (0..<self.height).contains(y),
          Bool.random(using: &generator) || step < 4
        else { continue }
        links.append((pixel, y * self.width + x, step, number(0...12), number(0...12)))
      }
    }
  }

  func flow() -> GridFlow {
    var flow = GridFlow(width: width, height: height)
    for pixel in onObject.indices {
      flow.price(
        pixel % width, pixel / width, onObject: onObject[pixel], beside: beside[pixel])
    }
    for link in links {
      flow.link(
        link.from % width, link.from / width, step: link.step, forward: link.forward,
        back: link.back)
    }
    return flow
  }

  func price(_ isObject: [Bool]) -> Double {
    var sum = isObject.indices.reduce(0) {
      $0 + (isObject[$1] ? onObject[$1] : beside[$1])
    }
    for link in links where isObject[link.from] != isObject[link.to] {
      sum += isObject[link.from] ? link.forward : link.back
    }
    return sum
  }
}

/// The textbook's maximum flow over a matrix of capacities; the last two nodes are source and sink.
private struct EdmondsKarp {
  private var capacity: [[Double]]
  private let source: Int
  private let sink: Int
  private var constant = 0.0

  init(_ grid: RandomGrid) {
    let count = grid.width * grid.height
    (source, sink) = (count, count + 1)
    capacity = Array(repeating: Array(repeating: 0, count: count + 2), count: count + 2)
    for pixel in 0..<count {
      let least = min(grid.onObject[pixel], grid.beside[pixel])
      constant += least
      capacity[source][pixel] = grid.beside[pixel] - least
      capacity[pixel][sink] = grid.onObject[pixel] - least
    }
    for link in grid.links {
      capacity[link.from][link.to] += link.forward
      capacity[link.to][link.from] += link.back
    }
  }

  mutating func run() -> Double {
    var flow = constant
    while true {
      let parents = search()
      guard parents[sink] != nil else { return flow }
      var path: [(Int, Int)] = []
      var node = sink
      while node != source, let parent = parents[node] {
        path.append((parent, node))
        node = parent
      }
      let amount = path.reduce(Double.infinity) { min($0, capacity[$1.0][$1.1]) }
      for (parent, child) in path {
        capacity[parent][child] -= amount
        capacity[child][parent] += amount
      }
      flow += amount
    }
  }

  var isAtSource: [Bool] { search().dropLast(2).map { $0 != nil } }

  private func search() -> [Int?] {
    var parents = [Int?](repeating: nil, count: capacity.count)
    parents[source] = source
    var queue = [source]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      for neighbour in capacity.indices
      where parents[neighbour] == nil && capacity[node][neighbour] > 0 {
        parents[neighbour] = node
        queue.append(neighbour)
      }
    }
    return parents
  }
}

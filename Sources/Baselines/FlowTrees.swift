// Maximum flow by two search trees that are kept from path to path.
// Y. Boykov, V. Kolmogorov, An experimental comparison of min-cut/max-flow algorithms for energy minimization
// in vision, IEEE TPAMI 26 (2004) 1124–1137.

/// The trees of nodes that the source can still reach and that can still reach the sink, in flat buffers.
struct FlowTrees: ~Copyable {
  /// Values of `parents` beyond the 8 steps.
  private static let root: UInt8 = 8
  private static let orphan: UInt8 = 9

  private let offsets: UnsafeMutableBufferPointer<Int>
  /// What may still flow from each node to its 8 neighbours.
  private let links: UnsafeMutableBufferPointer<Double>
  private let terminals: UnsafeMutableBufferPointer<Double>
  /// 1 in the tree of the source, −1 in that of the sink, 0 in neither.
  private let sides: UnsafeMutableBufferPointer<Int8>
  /// The step to the parent, or `root` or `orphan`.
  private let parents: UnsafeMutableBufferPointer<UInt8>
  /// Steps to the root as known at the time beside it.
  private let distances: UnsafeMutableBufferPointer<Int32>
  private let times: UnsafeMutableBufferPointer<Int32>
  /// A ring of nodes whose neighbours are to be looked at, each at most once.
  private let active: UnsafeMutableBufferPointer<Int32>
  private let isActive: UnsafeMutableBufferPointer<Bool>
  private var firstActive = 0
  private var activeCount = 0
  private var orphans: [Int] = []
  private var time: Int32 = 0
  private(set) var flow = 0.0

  init(_ grid: GridFlow) {
    func filled<T>(_ value: T, _ count: Int) -> UnsafeMutableBufferPointer<T> {
      let buffer = UnsafeMutableBufferPointer<T>.allocate(capacity: count)
      buffer.initialize(repeating: value)
      return buffer
    }
    func copied<T>(_ values: [T]) -> UnsafeMutableBufferPointer<T> {
      let buffer = UnsafeMutableBufferPointer<T>.allocate(capacity: values.count)
      _ = buffer.initialize(fromContentsOf: values)
      return buffer
    }
    let count = grid.terminals.count
    offsets = copied(grid.offsets)
    links = copied(grid.links)
    terminals = copied(grid.terminals)
    sides = filled(0, count)
    parents = filled(Self.root, count)
    distances = filled(1, count)
    times = filled(0, count)
    active = filled(0, count)
    isActive = filled(false, count)
  }

  deinit {
    offsets.deallocate()
    links.deallocate()
    terminals.deallocate()
    sides.deallocate()
    parents.deallocate()
    distances.deallocate()
    times.deallocate()
    active.deallocate()
    isActive.deallocate()
  }

  /// Whether the source can still reach a node after all has flowed.
  func isAtSource(_ node: Int) -> Bool { sides[node] > 0 }

  /// Lets flow all that can.
  mutating func run() {
    for node in terminals.indices where terminals[node] != 0 {
      sides[node] = terminals[node] > 0 ? 1 : -1
      activate(node)
    }
    var current: Int?
    while let node = current ?? nextActive() {
      current = nil
      guard let (sender, step) = grow(node) else { continue }
      time += 1
      augment(sender, step)
      var next = 0
      while next < orphans.count {
        adopt(orphans[next])
        next += 1
      }
      orphans.removeAll(keepingCapacity: true)
      if sides[node] != 0 { current = node }
    }
  }

  private mutating func activate(_ node: Int) {
    guard !isActive[node] else { return }
    isActive[node] = true
    let place = firstActive + activeCount
    active[place < active.count ? place : place - active.count] = Int32(node)
    activeCount += 1
  }

  private mutating func nextActive() -> Int? {
    while activeCount > 0 {
      let node = Int(active[firstActive])
      firstActive = firstActive + 1 < active.count ? firstActive + 1 : 0
      activeCount -= 1
      isActive[node] = false
      if sides[node] != 0 { return node }
    }
    return nil
  }

  /// What may still flow along a tree of a side between a node and the neighbour that would hang on it.
  private func capacity(_ side: Int8, from node: Int, _ step: Int, to neighbour: Int) -> Double {
    side > 0 ? links[8 * node + step] : links[8 * neighbour + (step ^ 1)]
  }

  /// Takes in the free neighbours of a node, until one in the other tree is met: the link between the two.
  private mutating func grow(_ node: Int) -> (sender: Int, step: Int)? {
    let side = sides[node]
    for step in 0..<8 {
      let neighbour = node + offsets[step]
      guard capacity(side, from: node, step, to: neighbour) > 0 else { continue }
      if sides[neighbour] == -side {
        return side > 0 ? (node, step) : (neighbour, step ^ 1)
      }
      let isFree = sides[neighbour] == 0
      let isNearer =
        times[neighbour] <= times[node] && distances[neighbour] > distances[node]
      guard isFree || isNearer else { continue }
      parents[neighbour] = UInt8(step ^ 1)
      times[neighbour] = times[node]
      distances[neighbour] = distances[node] + 1
      if isFree {
        sides[neighbour] = side
        activate(neighbour)
      }
    }
    return nil
  }

  /// Sends what fits along the path through a link between the trees; nodes whose link to the parent is then
  /// full become orphans.
  private mutating func augment(_ sender: Int, _ step: Int) {
    let receiver = sender + offsets[step]
    let amount = min(links[8 * sender + step], room(from: sender), room(from: receiver))
    flow += amount
    links[8 * sender + step] -= amount
    links[8 * receiver + (step ^ 1)] += amount
    send(amount, along: sender)
    send(amount, along: receiver)
  }

  /// The least that fits between a node and its root, and through the root.
  private func room(from start: Int) -> Double {
    let side = sides[start]
    var node = start
    var least = Double.infinity
    while parents[node] < Self.root {
      let step = Int(parents[node])
      let above = node + offsets[step]
      least = min(least, capacity(side, from: above, step ^ 1, to: node))
      node = above
    }
    return min(least, abs(terminals[node]))
  }

  private mutating func send(_ amount: Double, along start: Int) {
    let side = sides[start]
    var node = start
    while parents[node] < Self.root {
      let step = Int(parents[node])
      let above = node + offsets[step]
      let (down, up) = (8 * above + (step ^ 1), 8 * node + step)
      links[down] += side > 0 ? -amount : amount
      links[up] += side > 0 ? amount : -amount
      if links[side > 0 ? down : up] <= 0 { orphanise(node) }
      node = above
    }
    terminals[node] -= side > 0 ? amount : -amount
    if terminals[node] == 0 { orphanise(node) }
  }

  private mutating func orphanise(_ node: Int) {
    parents[node] = Self.orphan
    orphans.append(node)
  }

  /// Hangs an orphan on the neighbour nearest to the root, or sets it free with its children as orphans.
  private mutating func adopt(_ node: Int) {
    let side = sides[node]
    var best: (step: Int, distance: Int32)?
    for step in 0..<8 {
      let neighbour = node + offsets[step]
      guard sides[neighbour] == side, capacity(side, from: neighbour, step ^ 1, to: node) > 0,
        let distance = distanceToRoot(neighbour)
      else { continue }
      if distance < best?.distance ?? .max { best = (step, distance) }
    }
    if let best {
      parents[node] = UInt8(best.step)
      times[node] = time
      distances[node] = best.distance + 1
      return
    }
    for step in 0..<8 {
      let neighbour = node + offsets[step]
      guard sides[neighbour] == side else { continue }
      if capacity(side, from: neighbour, step ^ 1, to: node) > 0 { activate(neighbour) }
      if parents[neighbour] == UInt8(step ^ 1) { orphanise(neighbour) }
    }
    sides[node] = 0
  }

  /// Steps from a node to its root, counting one for the root, or nil where the way ends at an orphan. What
  /// is found holds until the next path, since only what hangs on an orphan can lose its root.
  private mutating func distanceToRoot(_ start: Int) -> Int32? {
    var node = start
    var distance: Int32 = 0
    while times[node] != time, parents[node] < Self.root {
      distance += 1
      node += offsets[Int(parents[node])]
    }
    if parents[node] == Self.orphan { return nil }
    if parents[node] == Self.root {
      times[node] = time
      distances[node] = 1
    }
    distance += distances[node]
    node = start
    var remaining = distance
    while times[node] != time {
      times[node] = time
      distances[node] = remaining
      remaining -= 1
      node += offsets[Int(parents[node])]
    }
    return distance
  }
}

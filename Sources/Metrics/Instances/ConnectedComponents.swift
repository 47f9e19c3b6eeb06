// Connected components: how a mask without numbered objects is turned into objects.
// Runs of equal labels are joined by union-find, so the cost follows the surface of the objects.
// He, Chao & Suzuki, IEEE Transactions on Image Processing 17 (2008) 749.

/// Which voxels count as neighbours.
public enum Connectivity: String, Sendable, Codable, CaseIterable {
  /// Voxels that share a face: 4 neighbours in an image, 6 in a volume.
  case faces
  /// Voxels that share a face, an edge or a corner: 8 neighbours in an image, 26 in a volume.
  case full
}

extension Instances {
  /// The connected components of a label array; voxels of different labels are never connected.
  ///
  /// Components are numbered in the order of their first voxels. Memory follows the number of runs.
  ///
  /// - Parameters:
  ///   - labels: one label per voxel, x fastest; 0 is background
  ///   - size: voxels along x, y and z; an image has z = 1
  ///   - connectivity: which voxels are neighbours
  /// - Returns: one object per component
  /// - Throws: ``MetricsError/sizeDiffers(voxels:size:)``
  public static func components(
    of labels: [Int32], size: SIMD3<Int>, connectivity: Connectivity = .full
  ) throws -> Instances {
    try Grid(size: size).check(voxels: labels.count)
    var forest = RunForest(size: size, reach: connectivity == .full ? 1 : 0)
    labels.withUnsafeBufferPointer { forest.collect($0) }
    forest.join()
    return forest.instances(voxels: labels.count)
  }
}

/// Runs of equal labels along x, and the sets in which they are connected.
private struct RunForest {
  struct Run {
    let start: Int
    let end: Int
    let label: Int32
  }

  let size: SIMD3<Int>
  /// How far apart along an axis two neighbours may lie beside another axis: 1 counts diagonals.
  let reach: Int
  var runs: [Run] = []
  /// Position of the first run of every row, and one past the last.
  var rows: [Int] = [0]
  var parents: [Int] = []

  init(size: SIMD3<Int>, reach: Int) {
    self.size = size
    self.reach = reach
  }

  mutating func collect(_ labels: UnsafeBufferPointer<Int32>) {
    rows.reserveCapacity(size.y * size.z + 1)
    for row in 0..<size.y * size.z {
      let base = row * size.x
      var x = 0
      while x < size.x {
        let label = labels[base + x]
        let start = x
        repeat { x += 1 } while x < size.x && labels[base + x] == label
        if label != 0 { runs.append(Run(start: start, end: x, label: label)) }
      }
      rows.append(runs.count)
    }
    parents = Array(runs.indices)
  }

  mutating func join() {
    for z in 0..<size.z {
      for y in 0..<size.y {
        let row = z * size.y + y
        guard rows[row] < rows[row + 1] else { continue }
        if y > 0 { join(row, row - 1) }
        guard z > 0 else { continue }
        for dy in -reach...reach where (0..<size.y).contains(y + dy) {
          join(row, row - size.y + dy)
        }
      }
    }
  }

  /// Connects the runs of a row with those of an earlier row that touch them.
  private mutating func join(_ row: Int, _ earlier: Int) {
    var first = rows[earlier]
    let last = rows[earlier + 1]
    for current in rows[row]..<rows[row + 1] {
      let run = runs[current]
      while first < last, runs[first].end + reach <= run.start { first += 1 }
      var other = first
      while other < last, runs[other].start < run.end + reach {
        if runs[other].label == run.label { unite(current, other) }
        other += 1
      }
    }
  }

  /// The smaller root stays root, so that a set is known by its first run.
  private mutating func unite(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    if a < b { parents[b] = a } else { parents[a] = b }
  }

  private mutating func root(_ run: Int) -> Int {
    var run = run
    while parents[run] != run {
      parents[run] = parents[parents[run]]
      run = parents[run]
    }
    return run
  }

  mutating func instances(voxels: Int) -> Instances {
    var number = [Int32](repeating: 0, count: runs.count)
    var counts: [Int] = []
    var labels: [Int32] = []
    var numbers = [Int32](repeating: 0, count: voxels)
    for row in 0..<rows.count - 1 {
      let base = row * size.x
      for run in rows[row]..<rows[row + 1] {
        let root = root(run)
        if root == run {
          labels.append(runs[run].label)
          counts.append(0)
          number[run] = Int32(labels.count)
        }
        number[run] = number[root]
        counts[Int(number[run]) - 1] += runs[run].end - runs[run].start
        for x in base + runs[run].start..<base + runs[run].end { numbers[x] = number[run] }
      }
    }
    let all = zip(labels, counts).enumerated().map { index, found in
      Instances.Instance(id: Int32(index + 1), label: found.0, voxels: found.1)
    }
    return Instances(numbers: numbers, all: all)
  }
}

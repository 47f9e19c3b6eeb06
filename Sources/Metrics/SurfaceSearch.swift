// The way from every part of one surface to the nearest part of another.

internal import CKernels

/// Searches surfaces in the way that one image asks for.
struct SurfaceSearch: Sendable {
  private let grid: Grid
  private let reading: SurfaceReading
  private let isPlanar: Bool
  private let areas: [Double]
  private let offsets: [vk_row_offset]

  init(grid: Grid, reading: SurfaceReading, isPlanar: Bool) {
    self.grid = grid
    self.reading = reading
    self.isPlanar = isPlanar
    areas =
      switch (reading, isPlanar) {
      case (.borderVoxels, _): []
      case (.surfaceElements, true): SurfaceElements.lengths(spacing: grid.spacing)
      case (.surfaceElements, false): SurfaceElements.areas(spacing: grid.spacing)
      }
    // A grid of corners has one more of each axis.
    let more = reading == .surfaceElements ? 1 : 0
    offsets = Self.offsets(
      rows: grid.size.y + more, planes: grid.size.z + (isPlanar ? 0 : more), grid.spacing)
  }

  /// What holds for a label that neither mask contains.
  var nothing: SurfaceDistances { result(.neither, .none, .none) }

  func distances(_ prediction: VoxelSet, _ reference: VoxelSet) -> SurfaceDistances {
    switch (prediction.isEmpty, reference.isEmpty) {
    case (true, true): return nothing
    case (true, false): return result(.onlyReference, .none, .none)
    case (false, true): return result(.onlyPrediction, .none, .none)
    case (false, false): break
    }
    let predicted = surface(prediction)
    let referenced = surface(reference)
    return result(
      .both, directed(from: predicted, of: prediction, to: referenced),
      directed(from: referenced, of: reference, to: predicted))
  }

  private func result(
    _ presence: SurfaceDistances.Presence, _ toReference: DirectedDistances,
    _ toPrediction: DirectedDistances
  ) -> SurfaceDistances {
    SurfaceDistances(
      presence: presence, reading: reading, toReference: toReference, toPrediction: toPrediction,
      diagonal: grid.diagonal)
  }

  private func surface(_ mask: VoxelSet) -> VoxelSet {
    switch reading {
    case .borderVoxels: mask.border(isPlanar: isPlanar)
    case .surfaceElements: mask.corners(isPlanar: isPlanar)
    }
  }

  private func directed(
    from queries: VoxelSet, of mask: VoxelSet, to targets: VoxelSet
  ) -> DirectedDistances {
    let givenUp = VoxelSet(queries.grid)
    let way = Way(mask: mask, targets: targets)
    var found = entries(from: queries, way, near: givenUp)
    let left = givenUp.count
    if left > 0 {
      // Each may look at every row; a distance transform does a few things for every voxel.
      let isFew = left <= Self.effortPerVoxel * Int(queries.grid.columns)
      let squared = isFew ? nil : SquaredDistances(to: targets, spacing: grid.spacing)
      found += entries(from: givenUp, way, near: nil, squared)
    }
    return DirectedDistances(found)
  }

  /// How many rows can be looked at for each voxel in the time of a distance transform.
  private static let effortPerVoxel = 6

  private struct Way {
    let mask: VoxelSet
    let targets: VoxelSet
  }

  /// Distances from `queries`. Those of which only the neighbourhood was searched, in vain, go into `near`;
  /// without it everything is searched, or looked up in `squared`.
  private func entries(
    from queries: VoxelSet, _ way: Way, near: VoxelSet?, _ squared: SquaredDistances? = nil
  ) -> [vk_distance_entry] {
    let parts = queries.mapRows { rows in
      offsets.withUnsafeBufferPointer { offsets in
        areas.withUnsafeBufferPointer { areas in
          let search = vk_surface_search(
            grid: queries.grid, queries: queries.words, targets: way.targets.words,
            spacing: grid.spacing.x, row_spacing: grid.spacing.y, plane_spacing: grid.spacing.z,
            offsets: near == nil ? nil : offsets.baseAddress, offset_count: Int64(offsets.count),
            given_up: near?.words, squared: squared?.values,
            mask: reading == .surfaceElements ? way.mask.words : nil, mask_grid: way.mask.grid,
            areas: areas.baseAddress, planar: isPlanar)
          return Self.run(search, rows)
        }
      }
    }
    return parts.flatMap { $0 }
  }

  private static func run(_ search: vk_surface_search, _ rows: Range<Int>) -> [vk_distance_entry] {
    let columns = Int(search.grid.columns)
    var effort = Int64(effortPerVoxel * rows.count * columns)
    var tally = DistanceTally(capacity: 4 * columns)
    var row = Int64(rows.lowerBound)
    while row < Int64(rows.upperBound) {
      row = tally.update { tally in
        withUnsafePointer(to: search) {
          vk_surface_search_run($0, row, Int64(rows.upperBound), &effort, &tally)
        }
      }
      if row < Int64(rows.upperBound) { tally.grow() }
    }
    return tally.entries
  }

  /// Rows in the order of their distance, so many that going through all of them once is worth it.
  private static func offsets(
    rows: Int, planes: Int, _ spacing: SIMD3<Double>
  ) -> [vk_row_offset] {
    let wanted = 2048
    var radius = 4 * max(spacing.y, spacing.z)
    while true {
      let (reach, depth) = (
        Int(min(Double(rows - 1), radius / spacing.y)),
        Int(min(Double(planes - 1), radius / spacing.z))
      )
      var found: [vk_row_offset] = []
      for z in -depth...depth {
        for y in -reach...reach {
          let (along, across) = (Double(y) * spacing.y, Double(z) * spacing.z)
          let squared = along * along + across * across
          guard squared <= radius * radius else { continue }
          found.append(vk_row_offset(squared: squared, rows: Int32(y), planes: Int32(z)))
        }
      }
      let isAll = found.count == (2 * rows - 1) * (2 * planes - 1)
      if isAll || found.count >= wanted {
        found.sort { $0.squared < $1.squared }
        if isAll { found.append(vk_row_offset(squared: .infinity, rows: 0, planes: 0)) }
        return found
      }
      radius *= 1.5
    }
  }
}

/// Distances counted as they are found.
private struct DistanceTally {
  private var places: [vk_distance_entry]
  private var used: Int64 = 0

  init(capacity: Int) {
    let enough = max(1024, capacity)
    let power = 1 << (Int.bitWidth - (enough - 1).leadingZeroBitCount)
    places = Array(repeating: vk_distance_entry(), count: power)
  }

  var entries: [vk_distance_entry] { places.filter { $0.count > 0 } }

  mutating func update<Result>(_ body: (inout vk_distance_tally) -> Result) -> Result {
    places.withUnsafeMutableBufferPointer { places in
      var tally = vk_distance_tally(
        entries: places.baseAddress, capacity: Int64(places.count), used: used)
      defer { used = tally.used }
      return body(&tally)
    }
  }

  mutating func grow() {
    let old = entries
    self = DistanceTally(capacity: 4 * places.count)
    update { tally in
      for entry in old { vk_distance_tally_add(&tally, entry) }
    }
  }
}

extension DirectedDistances {
  fileprivate init(_ entries: [vk_distance_entry]) {
    var merged: [vk_distance_entry] = []
    for entry in entries.sorted(by: { $0.squared < $1.squared }) {
      if let last = merged.last, last.squared == entry.squared {
        merged[merged.count - 1].count += entry.count
        merged[merged.count - 1].weight += entry.weight
      } else {
        merged.append(entry)
      }
    }
    self.init(
      distances: merged.map { $0.squared.squareRoot() }, counts: merged.map { Int($0.count) },
      weights: merged.map(\.weight))
  }
}

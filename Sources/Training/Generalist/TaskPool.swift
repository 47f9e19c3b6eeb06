// The data sets that a generalist learns from, in memory as slices.

internal import Datasets
internal import Foundation
internal import Imaging

/// Slices of one data set.
struct TaskPool: Sendable {
  let name: String
  let weight: Double
  let slices: [TaskSlice]

  /// Reads a data set; of volumes every slice along each axis with at least ``leastSide`` pixels that shows an
  /// object.
  ///
  /// - Parameters:
  ///   - source: What the recipe says of it.
  ///   - folder: Where data sets lie.
  ///   - threads: Cases read at once.
  /// - Throws: `DatasetError`, `ImagingError`, ``GeneralistError/nothingToLearn(_:)``.
  init(_ source: GeneralistRecipe.Source, in folder: String, threads: Int) throws {
    name = source.name
    weight = source.weight
    let dataset = try DatasetFolder(contentsOf: "\(folder)/\(source.path)")
    let labelled = dataset.cases.filter { $0.label != nil && !$0.images.isEmpty }
    let areInstances = dataset.description.instances
    let read = try CaseWorkers.map(labelled.count, threads: threads) { index in
      try Self.slices(of: labelled[index], areInstances: areInstances, channel: source.channel)
    }
    let all = read.flatMap { $0 }
    slices = source.most.map { Self.spread(all, $0) } ?? all
    if slices.isEmpty { throw GeneralistError.nothingToLearn(source.name) }
  }

  /// Reads all data sets that a source names: one, or each folder of a folder when its path ends in `/*`.
  ///
  /// - Parameters:
  ///   - source: What the recipe says of them; they share its weight.
  ///   - folder: Where data sets lie.
  ///   - threads: Cases read at once.
  /// - Returns: One pool per data set.
  /// - Throws: `DatasetError`, `ImagingError`, ``GeneralistError``.
  static func all(
    _ source: GeneralistRecipe.Source, in folder: String, threads: Int
  ) throws -> [TaskPool] {
    guard source.path.hasSuffix("/*") else {
      return [try TaskPool(source, in: folder, threads: threads)]
    }
    let parent = String(source.path.dropLast(2))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(parent)")) ?? []
    let found = names.filter { DatasetFolder.layout(of: "\(folder)/\(parent)/\($0)") != nil }
      .sorted()
    if found.isEmpty { throw GeneralistError.noDatasets(source.path) }
    return try found.map { name in
      var one = source
      one.path = "\(parent)/\(name)"
      one.weight /= Double(found.count)
      return try TaskPool(one, in: folder, threads: threads)
    }
  }

  /// Sides below which a slice shows too little.
  static let leastSide = 24

  private static func slices(
    of item: DatasetCase, areInstances: Bool, channel: Int
  ) throws -> [TaskSlice] {
    let image = try Volume(contentsOf: item.images[min(channel, item.images.count - 1)])
    let mask = try LabelMap(contentsOf: item.label ?? "")
    guard mask.geometry.size == image.geometry.size else {
      throw DatasetError.mismatch(
        path: item.label ?? "", met: "the grid \(mask.geometry.size)",
        expected: "the grid of its image, \(image.geometry.size)")
    }
    let values = try image.floats()
    let size = image.geometry.size
    // Voxels of other lengths along an axis would show squeezed organs in the planes along it.
    let spacing = image.geometry.spacing
    let isIsotropic = (spacing.max() / max(spacing.min(), 1e-9)) < 1.5
    return try Plane.all(size, isIsotropic: isIsotropic).compactMap { plane in
      let places = plane.places(in: size)
      return try TaskSlice(
        caseID: item.id, normal: plane.normal, values: places.map { values[$0] },
        labels: places.map { mask.labels[$0] },
        width: plane.width(in: size), height: plane.height(in: size), areInstances: areInstances)
    }
  }

  /// So many of the elements, evenly spread.
  private static func spread(_ all: [TaskSlice], _ most: Int) -> [TaskSlice] {
    guard all.count > most, most > 0 else { return all }
    return (0..<most).map { all[$0 * all.count / most] }
  }
}

/// A plane of a volume.
private struct Plane {
  /// The axis that stands upright on it.
  let normal: Int
  let index: Int

  static func all(_ size: SIMD3<Int>, isIsotropic: Bool) -> [Plane] {
    if size.z == 1 { return [Plane(normal: 2, index: 0)] }
    return (isIsotropic ? [0, 1, 2] : [2]).flatMap { normal -> [Plane] in
      let others = (0..<3).filter { $0 != normal }
      guard others.allSatisfy({ size[$0] >= TaskPool.leastSide }) else { return [] }
      return (0..<size[normal]).map { Plane(normal: normal, index: $0) }
    }
  }

  private var axes: (Int, Int) {
    switch normal {
    case 0: (1, 2)
    case 1: (0, 2)
    default: (0, 1)
    }
  }

  func width(in size: SIMD3<Int>) -> Int { size[axes.0] }
  func height(in size: SIMD3<Int>) -> Int { size[axes.1] }

  /// Voxels of the plane, row by row.
  func places(in size: SIMD3<Int>) -> [Int] {
    let strides = [1, size.x, size.x * size.y]
    let (along, down) = axes
    let start = index * strides[normal]
    return (0..<size[down]).flatMap { y in
      (0..<size[along]).map { x in start + x * strides[along] + y * strides[down] }
    }
  }
}

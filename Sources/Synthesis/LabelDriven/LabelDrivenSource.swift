// Images for any folder of label maps, in the manner of SynthSeg: networks trained on them know every contrast.

internal import Datasets
public import Foundation
internal import Imaging

/// Cases made from label maps: deformed, painted and degraded at random; see ``LabelDrivenSettings``.
public struct LabelDrivenSource: CaseSource {
  public let labelNames: [String]
  public let settings: LabelDrivenSettings
  /// Voxels of the cases along x, y and z; nil for those of each map.
  public let size: SIMD3<Int>?
  private let paths: [String]
  /// The number of each value of the maps.
  private let numbers: [Int32: UInt8]
  private let kept: [IndexedLabels]

  public let title = "Images made from label maps"
  public let channelNames = ["synthetic"]

  /// Maps beyond this many voxels are read again for every case.
  private static let keptVoxels = 600_000_000
  private static let mostAttempts = 40

  /// Reads a folder of label maps.
  ///
  /// - Parameters:
  ///   - folder: a data set, whose masks are taken, or a folder of label maps
  ///   - size: voxels along x, y and z; a depth of 1 gives axial slices
  ///   - settings: ranges
  ///   - threads: maps read at once
  /// - Throws: ``SynthesisError``, `DatasetError` or `ImagingError`
  public init(
    contentsOf folder: String, size: SIMD3<Int>? = nil,
    settings: LabelDrivenSettings = LabelDrivenSettings(),
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    if let size {
      guard PhantomSource.sides.contains(size.x), PhantomSource.sides.contains(size.y),
        size.z == 1 || PhantomSource.depths.contains(size.z)
      else {
        throw SynthesisError.badSize(
          met: "A case of \(size.x)×\(size.y)×\(size.z) voxels",
          expected: "32 to 2048 voxels along x and y and a depth of 1, or 8 to 1024")
      }
    }
    let (paths, description) = try Self.maps(in: folder)
    let read = try CaseWorkers.map(paths.count, threads: threads) { index in
      let map = try LabelMap(contentsOf: paths[index]).semantic(description)
      if let low = map.labels.min(), low < 0 {
        throw SynthesisError.unusable(
          path: paths[index], met: "the label \(low)", expected: "labels from 0")
      }
      return Set(map.counts.keys)
    }
    let values = read.reduce(into: Set<Int32>()) { $0.formUnion($1) }.subtracting([0]).sorted()
    guard (1...255).contains(values.count) else {
      throw SynthesisError.unusable(
        path: folder, met: "\(values.count) labels", expected: "1 to 255 besides the background")
    }
    labelNames = values.map { description.name(of: $0) }
    var numbers: [Int32: UInt8] = [0: 0]
    for (place, value) in values.enumerated() { numbers[value] = UInt8(place + 1) }
    self.numbers = numbers
    self.paths = paths
    self.size = size
    self.settings = settings
    var kept: [IndexedLabels] = []
    var voxels = 0
    for path in paths {
      let map = try IndexedLabels(path, description, numbers)
      voxels += map.values.count
      if voxels > Self.keptVoxels { break }
      kept.append(map)
    }
    self.kept = kept
    self.description = description
  }

  private let description: DatasetDescription

  private static func maps(in folder: String) throws -> ([String], DatasetDescription) {
    guard ImageFile.exists(folder) else { throw DatasetError.notFound(path: folder) }
    if DatasetFolder.layout(of: folder) != nil {
      let dataset = try DatasetFolder(contentsOf: folder)
      let labels = dataset.cases.compactMap(\.label)
      if !labels.isEmpty { return (labels, dataset.description) }
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let files = names.filter { !$0.hasPrefix(".") && ImageFile.ending(of: $0) != nil }.sorted()
    guard !files.isEmpty else {
      throw SynthesisError.nothingToStartFrom(
        path: folder, expected: "label maps (.nii.gz, .nrrd, .mha, .png, …) or a data set")
    }
    return (files.map { folder + "/" + $0 }, DatasetDescription())
  }

  public func makeCase(_ index: Int, seed: UInt64) throws -> SyntheticCase {
    for attempt in 0..<Self.mostAttempts {
      var random = CounterRandom(seed: seed, step: index, sample: attempt)
      let number = random.index(below: paths.count)
      let map =
        number < kept.count ? kept[number] : try IndexedLabels(paths[number], description, numbers)
      if let item = make(from: map, number: number, random: &random) { return item }
    }
    throw SynthesisError.labelsDoNotFit(
      kind: "labels", missing: ["any label"], size: size.map { "\($0.x)×\($0.y)×\($0.z)" } ?? "?")
  }

  /// Nil where the drawn place holds no label.
  private func make(
    from map: IndexedLabels, number: Int, random: inout CounterRandom
  ) -> SyntheticCase? {
    let target = size ?? map.geometry.size
    let isFlat = target.z == 1
    let centre = map.place(for: target, random: &random)
    let labels = LabelWarp(settings, size: target, isFlat: isFlat, random: &random)
      .labels(of: map, around: centre)
    guard labels.contains(where: { $0 != 0 }) else { return nil }
    let painter = LabelPainter(settings, labels: labelNames.count + 1, random: &random)
    let image = painter.paint(labels, size: target, random: &random)
    let geometry = map.geometry(size: target, around: centre)
    return SyntheticCase(
      image: Volume(geometry: geometry, voxels: image.bytes(from: 0, to: 255)),
      labels: LabelMap(geometry: geometry, labels: labels.map(Int32.init)),
      facts: ["map": Double(number + 1), "slice": isFlat ? centre.z : -1])
  }
}

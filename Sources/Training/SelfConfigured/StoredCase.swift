// A prepared case on disk as patches are cut from it.

internal import Datasets
internal import Planning

/// Reads patches of a case of a store, with the labels that the network counts.
struct StoredCase: TrainingCase {
  let id: String
  let classLocations: [Int: [SIMD3<Int32>]]
  let annotatedLabels: [Int]?
  private let file: MappedCase
  private let labels: LabelChannels
  private let previousLabels: Int

  /// What it was prepared from.
  var key: String { file.key }
  var shape: [Int] { file.shape }
  var channelCount: Int { file.channels - previousLabels }
  var labelChannelCount: Int { previousLabels > 0 ? 2 : 1 }

  /// - Parameters:
  ///   - item: The case; a column `annotated` of its table names the labels that were looked for, with
  ///     semicolons between.
  ///   - file: Its prepared file.
  ///   - labels: What the network learns.
  ///   - description: Names of labels.
  ///   - previousLabels: Labels of a cascade's previous stage, each of which is a channel of the file.
  /// - Throws: ``TrainingError/unfit(reason:)`` for an unknown name in `annotated`.
  init(
    _ item: DatasetCase, _ file: MappedCase, _ labels: LabelChannels,
    _ description: DatasetDescription, previousLabels: Int
  ) throws {
    id = item.id
    self.file = file
    self.labels = labels
    self.previousLabels = previousLabels
    annotatedLabels = try Self.annotated(item, description).map(labels.translated)
    var locations: [Int: [SIMD3<Int32>]] = [:]
    for number in file.classes.indices {
      let isAnnotated = labels.hasIgnoreLabel && number == file.classes.count - 1
      let isRegion = if case .regions = labels.scheme.channels { true } else { false }
      // Classes go by the network's label, regions by their number.
      let key = isAnnotated ? CaseLocations.annotated : isRegion ? number : number + 1
      locations[key] = (0..<file.locationCount(of: number)).map {
        let voxel = file.location(of: number, at: $0)
        return SIMD3(Int32(voxel[0]), Int32(voxel[1]), Int32(voxel[2]))
      }
    }
    classLocations = locations
  }

  func read(
    lower: [Int], size: [Int], image: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int16>
  ) throws {
    let count = size.reduce(1, *)
    let own = UnsafeMutableBufferPointer(rebasing: labels[0..<count])
    guard previousLabels > 0 else {
      try file.read(lower: lower, size: size, image: image, labels: own)
      self.labels.translate(own)
      return
    }
    var all = [Float](repeating: 0, count: file.channels * count)
    try all.withUnsafeMutableBufferPointer { all in
      try file.read(lower: lower, size: size, image: all, labels: own)
      _ = image.update(fromContentsOf: all[0..<channelCount * count])
      // The previous stage's channels say for each label whether it is there; patches hold the label.
      let previous = UnsafeMutableBufferPointer(rebasing: labels[count..<2 * count])
      previous.update(repeating: 0)
      for label in 0..<previousLabels {
        let first = (channelCount + label) * count
        for voxel in 0..<count where all[first + voxel] > 0.5 { previous[voxel] = Int16(label + 1) }
      }
    }
    self.labels.translate(own)
  }

  private static func annotated(
    _ item: DatasetCase, _ description: DatasetDescription
  ) throws -> [Int]? {
    guard let text = item.attributes["annotated"] else { return nil }
    return try text.split(separator: ";").map { part in
      let name = part.trimmingPrefix { $0 == " " }.description
      if let number = Int(name), description.labels[Int32(clamping: number)] != nil {
        return number
      }
      guard let label = description.labels.first(where: { $0.value == name })?.key else {
        throw TrainingError.unfit(
          reason: "the case '\(item.id)' is annotated for '\(name)', which is no label of the "
            + "dataset; correct the column 'annotated'")
      }
      return Int(label)
    }
  }
}

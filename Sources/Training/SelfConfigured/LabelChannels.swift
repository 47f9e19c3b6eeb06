// From the labels of a dataset to the channels of its network.

internal import Datasets
internal import Segmentation

/// Which label of the files each channel of a network learns, and which labels patches hold instead.
///
/// A network for classes counts its labels from 0 without gaps, whatever the files hold; regions keep theirs.
struct LabelChannels: Sendable {
  let scheme: LabelScheme
  /// Labels that voxels are drawn for: each class or region of the foreground, by its number; last, where
  /// there is an ignore label, all that are annotated.
  let groups: [[Int16]]
  /// Labels that may occur; `nil` where each value is an object of its own.
  let allowed: Set<Int16>?
  /// Labels of the foreground in the files, ascending: those of a cascade's previous stage.
  let foreground: [Int16]
  let hasIgnoreLabel: Bool
  /// From a label of the files, plus one, to one of the network; empty where they are the same.
  let table: [Int16]

  init(_ dataset: ModelDataset, _ description: DatasetDescription) throws {
    let ignored = dataset.ignoredLabel.map { Int16(clamping: $0) }
    let labels = [0] + dataset.foreground.map { Int16(clamping: $0) }.filter { $0 != ignored }
    let regions = dataset.evaluated.map { $0.map(Int.init) }
    if description.regions.isEmpty {
      scheme = LabelScheme(
        channels: .classes(count: labels.count), ignoreLabel: ignored.map { _ in labels.count })
      groups = labels.dropFirst().map { [$0] } + (ignored == nil ? [] : [labels])
      let isCounted = labels.enumerated().allSatisfy { $0 == Int($1) }
      table =
        isCounted && (ignored.map { Int($0) == labels.count } ?? true)
        ? [] : Self.table(labels, ignored: ignored)
    } else {
      scheme = LabelScheme(channels: .regions(regions), ignoreLabel: ignored.map(Int.init))
      groups =
        dataset.evaluated.map { $0.map { Int16(clamping: $0) } } + (ignored == nil ? [] : [labels])
      table = []
    }
    try scheme.check()
    foreground = Array(labels.dropFirst())
    hasIgnoreLabel = ignored != nil
    allowed = description.instances ? nil : Set(labels + [ignored].compactMap(\.self))
  }

  /// Turns labels of the files into those of the network, in place.
  func translate(_ labels: UnsafeMutableBufferPointer<Int16>) {
    if table.isEmpty { return }
    table.withUnsafeBufferPointer { table in
      for index in labels.indices {
        let place = Int(labels[index]) + 1
        labels[index] = place >= 0 && place < table.count ? table[place] : 0
      }
    }
  }

  /// Labels of the files as the network counts them.
  func translated(_ labels: [Int]) -> [Int] {
    table.isEmpty ? labels : labels.map { $0 + 1 < table.count ? Int(table[$0 + 1]) : 0 }
  }

  private static func table(_ labels: [Int16], ignored: Int16?) -> [Int16] {
    let largest = max(labels.max() ?? 0, ignored ?? 0)
    var table = [Int16](repeating: 0, count: Int(largest) + 2)
    table[0] = -1
    for (channel, label) in labels.enumerated() { table[Int(label) + 1] = Int16(channel) }
    if let ignored { table[Int(ignored) + 1] = Int16(labels.count) }
    return table
  }
}

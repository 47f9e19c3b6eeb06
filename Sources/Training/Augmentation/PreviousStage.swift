// The cascade: what a coarser network found becomes input channels, disturbed so that it isn't trusted blindly.

public import Datasets

/// Appends one channel for each label of the previous stage, then disturbs them.
///
/// nnU-Net: all foreground labels; ``BinaryOperation`` by chance 0.4, then ``ComponentRemoval`` by chance 0.2.
/// Source: batchgeneratorsv2 0.3.6, `MoveSegAsOneHotToDataTransform`.
public struct PreviousStage: PatchTransform {
  public var probability: Double { 1 }
  /// Labels, each of which becomes a channel of zeros and ones behind those of the image.
  public var labels: [Int]
  public var operation: BinaryOperation?
  public var removal: ComponentRemoval?

  public init(
    labels: [Int], operation: BinaryOperation? = BinaryOperation(),
    removal: ComponentRemoval? = ComponentRemoval()
  ) {
    self.labels = labels
    self.operation = operation
    self.removal = removal
  }

  public func apply(to patch: inout Patch, random: inout CounterRandom) {
    append(to: &patch)
    if var operation {
      operation.channelCount = labels.count
      operation.applyByChance(to: &patch, random: &random)
    }
    if var removal {
      removal.channelCount = labels.count
      removal.applyByChance(to: &patch, random: &random)
    }
  }

  public func check() throws {
    try require(
      "labels", labels, !labels.isEmpty && labels.allSatisfy { $0 > 0 && $0 <= Int(Int16.max) },
      "labels from 1 on")
    try operation?.check()
    try removal?.check()
  }

  /// Moves the second label channel to the image; without one the channels are empty.
  func append(to patch: inout Patch) {
    let count = patch.count
    let hasStage = patch.labelChannels > 1
    patch.image.reserveCapacity(patch.image.count + count * labels.count)
    for label in labels {
      if hasStage {
        let stage = patch.labels[count..<2 * count]
        patch.image.append(contentsOf: stage.lazy.map { Int($0) == label ? 1 : 0 })
      } else {
        patch.image.append(contentsOf: repeatElement(0, count: count))
      }
    }
    patch.channels += labels.count
    patch.labels.removeLast(patch.labels.count - count)
    patch.labelChannels = 1
  }
}

// An image ready for a network, with its labels and the way back.

/// What preparing makes of one case.
public struct PreparedCase: Sendable, Equatable {
  /// Normalised channels on the configuration's grid; those of a previous stage come last.
  public var image: ImageArray
  /// Labels on the same grid; −1 where the image is zero around its content.
  public var labels: LabelArray?
  public var placement: Placement

  public init(image: ImageArray, labels: LabelArray?, placement: Placement) {
    self.image = image
    self.labels = labels
    self.placement = placement
  }
}

extension ImageArray {
  /// Adds a channel of zeros and ones for each of `classes`: how a cascade reads its first stage.
  ///
  /// - Parameters:
  ///   - labels: Labels on the grid of this image.
  ///   - classes: Foreground labels in the order of the channels.
  /// - Throws: ``PreparationError/gridsDiffer(image:labels:)``
  public mutating func appendIndicators(of labels: LabelArray, classes: [Int16]) throws {
    guard labels.shape == shape, labels.labels.count == count else {
      throw PreparationError.gridsDiffer(image: shape, labels: labels.shape)
    }
    for label in classes { channels.append(labels.labels.map { $0 == label ? 1 : 0 }) }
  }
}

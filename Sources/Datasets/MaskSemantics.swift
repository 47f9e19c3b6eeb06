// How the values of a mask file become labels, so that masks from different tools can be compared.

public import Imaging

extension LabelMap {
  /// The mask as semantic labels.
  ///
  /// - Where the description says that values number objects, every object becomes label 1.
  /// - A mask that holds only 0 and 255 is binary: 255 becomes 1, unless the description names label 255.
  ///
  /// - Parameter description: of the dataset that the mask belongs to, or is compared with
  /// - Returns: the labels on the same grid
  public func semantic(_ description: DatasetDescription) -> LabelMap {
    if description.instances {
      return LabelMap(geometry: geometry, labels: labels.map { $0 == 0 ? 0 : 1 })
    }
    guard description.labels[255] == nil, description.ignoredLabel != 255,
      labels.allSatisfy({ $0 == 0 || $0 == 255 })
    else { return self }
    return LabelMap(geometry: geometry, labels: labels.map { $0 == 0 ? 0 : 1 })
  }
}

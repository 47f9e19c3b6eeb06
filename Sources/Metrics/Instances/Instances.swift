// Objects on a voxel grid, numbered one by one: what instance and lesion metrics count.

/// Non-overlapping objects, each with the label that it carries.
///
/// They come either from a dataset that numbers its objects or, by ``components(of:size:connectivity:)``,
/// from the connected components of a label array.
public struct Instances: Sendable, Equatable {
  /// One object.
  public struct Instance: Sendable, Equatable, Codable {
    /// The number that the dataset gives it; for components their position, from 1 on.
    public let id: Int32
    /// The label of its voxels.
    public let label: Int32
    /// How many voxels it has.
    public let voxels: Int
  }

  /// One number per voxel: 0 for none, else one more than the position in ``all``.
  public let numbers: [Int32]
  /// The objects in the order of their first voxels.
  public let all: [Instance]

  init(numbers: [Int32], all: [Instance]) {
    self.numbers = numbers
    self.all = all
  }

  /// Takes objects that are numbered already.
  ///
  /// A number that occurs with several labels is one object for each of them, as in panoptic
  /// segmentation; a voxel without number or without label belongs to no object.
  ///
  /// - Parameters:
  ///   - ids: one number per voxel; 0 is none
  ///   - labels: one label per voxel; 0 is background. All objects have label 1 where it is left out
  /// - Throws: ``MetricsError/lengthsDiffer(prediction:reference:)``
  public init(numbered ids: [Int32], labels: [Int32]? = nil) throws {
    if let labels, labels.count != ids.count {
      throw MetricsError.lengthsDiffer(prediction: ids.count, reference: labels.count)
    }
    var numbers = [Int32](repeating: 0, count: ids.count)
    var known: [UInt64: Int32] = [:]
    var found: [(id: Int32, label: Int32, voxels: Int)] = []
    let labels = labels ?? [Int32](repeating: 1, count: ids.count)
    var start = 0
    while start < ids.count {
      let id = ids[start]
      let carried = labels[start]
      var end = start + 1
      while end < ids.count, ids[end] == id, labels[end] == carried { end += 1 }
      if id != 0, carried != 0 {
        let key = UInt64(UInt32(bitPattern: id)) << 32 | UInt64(UInt32(bitPattern: carried))
        let number = known[key] ?? Int32(found.count + 1)
        if known[key] == nil {
          known[key] = number
          found.append((id, carried, 0))
        }
        found[Int(number) - 1].voxels += end - start
        for index in start..<end { numbers[index] = number }
      }
      start = end
    }
    self.numbers = numbers
    all = found.map { Instance(id: $0.id, label: $0.label, voxels: $0.voxels) }
  }
}

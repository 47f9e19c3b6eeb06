// What a training step gets.

/// Samples of one step on one grid.
public struct Batch: Sendable, Equatable {
  /// Number of the step that it was made for.
  public var step: Int
  /// (B, C, spatial…), row-major.
  public var image: [Float]
  /// B, C and the two or three extents of the patch.
  public var imageShape: [Int]
  /// (B, spatial…) labels for each output of the network, the finest first.
  public var targets: [[Int16]]
  /// B and the extents of each target.
  public var targetShapes: [[Int]]
  /// The case of each sample.
  public var caseIDs: [String]
  /// Labels that were looked for in the case of each sample; `nil` stands for all.
  public var annotatedLabels: [[Int]?]

  /// Puts the patches of one step, which must have one shape, behind each other.
  ///
  /// - Parameters:
  ///   - patches: The samples; at least one.
  ///   - step: Number of the step.
  /// - Throws: ``SamplingError`` if a patch differs from the first.
  public init(_ patches: [Patch], step: Int) throws {
    guard let first = patches.first else { throw SamplingError.noCases }
    let shapes = first.targets.map(\.shape)
    for patch in patches {
      let fits =
        patch.shape == first.shape && patch.channels == first.channels
        && patch.targets.map(\.shape) == shapes
      if !fits {
        throw SamplingError.caseUnfit(
          id: patch.caseID,
          reason: "its patch has \(patch.channels) channels of \(patch.shape), "
            + "that of '\(first.caseID)' \(first.channels) of \(first.shape)")
      }
    }
    self.step = step
    imageShape = [patches.count, first.channels] + first.shape
    targetShapes = shapes.map { [patches.count] + $0 }
    image = []
    image.reserveCapacity(imageShape.reduce(1, *))
    for patch in patches { image.append(contentsOf: patch.image) }
    targets = shapes.indices.map { output in patches.flatMap { $0.targets[output].labels } }
    caseIDs = patches.map(\.caseID)
    annotatedLabels = patches.map(\.annotatedLabels)
  }
}

// What every generator makes: an image, its exact labels, and what was drawn to make them.

public import Imaging

/// One made image with its labels, on one grid.
public struct SyntheticCase: Sendable {
  public var image: Volume
  /// The label of each voxel; 0 is background.
  public var labels: LabelMap
  /// The number of the object at each voxel, from 1, where objects of one label touch.
  public var instances: LabelMap?
  /// What was drawn for this case, by name with the unit at its end, such as `noiseHU`.
  public var facts: [String: Double]

  public init(
    image: Volume, labels: LabelMap, instances: LabelMap? = nil, facts: [String: Double] = [:]
  ) {
    self.image = image
    self.labels = labels
    self.instances = instances
    self.facts = facts
  }
}

/// A generator of cases: case `index` of a seed is the same bits whichever other cases are made, on any thread.
public protocol CaseSource: Sendable {
  /// Names of the labels 1, 2, …
  var labelNames: [String] { get }
  /// Names of the image's channels as nnU-Net knows them: "CT" is normalised in another way than the rest.
  var channelNames: [String] { get }
  /// What the images are, in a few words.
  var title: String { get }

  /// Makes a case.
  ///
  /// - Parameters:
  ///   - index: its number, from 0
  ///   - seed: of the data set
  /// - Returns: image and labels
  /// - Throws: ``SynthesisError`` where the case cannot be made, or an error of the files that it is made from
  func makeCase(_ index: Int, seed: UInt64) throws -> SyntheticCase
}

// What a baseline is given: pixels without files or geometry, prompts, masks of other cases.

public import Prompts

/// An image, what was prompted on it, and the masks of other cases.
public struct BaselineInput: Sendable {
  public var image: BaselineImage
  /// On the only slice of `image`.
  public var prompts: PromptSet
  /// Masks of one label, each on a grid of its own.
  public var trainingMasks: [TrainingMask]

  public init(
    image: BaselineImage, prompts: PromptSet = PromptSet(), trainingMasks: [TrainingMask] = []
  ) {
    self.image = image
    self.prompts = prompts
    self.trainingMasks = trainingMasks
  }
}

/// Values of a slice, or of a stack of slices; x fastest, then y, then z.
public struct BaselineImage: Sendable {
  public let width: Int
  public let height: Int
  public let depth: Int
  /// One value per pixel, in any unit.
  public let grey: [Float]
  /// Red, green and blue of each pixel in turn, or nil for an image without colours.
  public let colours: [Float]?

  /// - Throws: ``BaselinesError/valueCount(met:expected:)``
  public init(
    grey: [Float], colours: [Float]? = nil, width: Int, height: Int, depth: Int = 1
  ) throws {
    let size = "\(width) × \(height) × \(depth)"
    let (plane, overflow) = width.multipliedReportingOverflow(by: height)
    let (count, overflow3) = plane.multipliedReportingOverflow(by: depth)
    guard width > 0, height > 0, depth > 0, !overflow, !overflow3, grey.count == count else {
      throw BaselinesError.valueCount(met: grey.count, expected: size)
    }
    if let colours, colours.count / 3 != count || colours.count % 3 != 0 {
      throw BaselinesError.valueCount(met: colours.count, expected: "3 × \(size)")
    }
    self.grey = grey
    self.colours = colours
    self.width = width
    self.height = height
    self.depth = depth
  }

  /// One slice as an image of its own.
  ///
  /// - Throws: ``BaselinesError/noSlice(_:count:)``
  public func slice(_ index: Int) throws -> BaselineImage {
    guard (0..<depth).contains(index) else {
      throw BaselinesError.noSlice(index, count: depth)
    }
    let pixels = index * width * height..<(index + 1) * width * height
    return try BaselineImage(
      grey: Array(grey[pixels]),
      colours: colours.map { Array($0[3 * pixels.lowerBound..<3 * pixels.upperBound]) },
      width: width, height: height)
  }

  /// - Throws: ``BaselinesError/severalSlices(id:count:)``
  func requireOneSlice(for id: String) throws {
    guard depth == 1 else { throw BaselinesError.severalSlices(id: id, count: depth) }
  }

  /// - Throws: ``BaselinesError/nonFinite(_:)``
  func requireNumbers() throws {
    let broken = grey.reduce(0) { $1.isFinite ? $0 : $0 + 1 }
    guard broken == 0 else { throw BaselinesError.nonFinite(broken) }
    let brokenColours = (colours ?? []).reduce(0) { $1.isFinite ? $0 : $0 + 1 }
    guard brokenColours == 0 else { throw BaselinesError.nonFinite(brokenColours) }
  }
}

/// The mask of another case on its own grid; x fastest, then y, then z.
public struct TrainingMask: Sendable {
  public let width: Int
  public let height: Int
  public let depth: Int
  /// Above 0 on the object.
  public let voxels: [UInt8]

  /// - Throws: ``BaselinesError/valueCount(met:expected:)``
  public init(_ voxels: [UInt8], width: Int, height: Int, depth: Int = 1) throws {
    let (plane, overflow) = width.multipliedReportingOverflow(by: height)
    let (count, overflow3) = plane.multipliedReportingOverflow(by: depth)
    guard width > 0, height > 0, depth > 0, !overflow, !overflow3, voxels.count == count else {
      throw BaselinesError.valueCount(
        met: voxels.count, expected: "\(width) × \(height) × \(depth)")
    }
    self.voxels = voxels
    self.width = width
    self.height = height
    self.depth = depth
  }
}

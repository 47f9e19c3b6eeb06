// Phantoms: scenes of analytic solids seen through the physics of a modality, with exact masks.

internal import Datasets
internal import Imaging

/// The modalities of which phantoms are made.
public enum PhantomKind: String, Sendable, Hashable, CaseIterable {
  case ct, mr, ultrasound, xray, microscopy, fundus

  var phantom: any Phantom {
    switch self {
    case .ct: CTPhantom()
    case .mr: MRPhantom()
    case .ultrasound: UltrasoundPhantom()
    case .xray: XRayPhantom()
    case .microscopy: MicroscopyPhantom()
    case .fundus: FundusPhantom()
    }
  }

  /// Whether the modality has volumes; the others are pictures.
  public var hasVolumes: Bool { phantom.hasVolumes }

  /// Names of the labels 1, 2, …
  public var labelNames: [String] { phantom.labelNames }
}

/// The physics and the scenes of a modality.
protocol Phantom: Sendable {
  var title: String { get }
  /// Names of the labels 1, 2, …; each has at least one voxel in every case.
  var labelNames: [String] { get }
  var channelNames: [String] { get }
  var hasVolumes: Bool { get }

  /// Draws a scene and makes its image.
  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase
}

/// Phantoms of one modality and size.
public struct PhantomSource: CaseSource {
  public let kind: PhantomKind
  /// Voxels along x, y and z; one slice is a picture.
  public let size: SIMD3<Int>
  private let phantom: any Phantom

  /// Sizes of pictures and slices, in pixels along a side.
  public static let sides = 32...2048
  /// Slices of a volume.
  public static let depths = 8...1024
  /// Scenes that are drawn until every label has a voxel.
  private static let mostAttempts = 40

  /// Phantoms of a modality.
  ///
  /// - Parameters:
  ///   - kind: the modality
  ///   - size: voxels along x, y and z
  /// - Throws: ``SynthesisError/badSize(met:expected:)``
  public init(_ kind: PhantomKind, size: SIMD3<Int>) throws {
    let text = "\(size.x)×\(size.y)×\(size.z)"
    guard Self.sides.contains(size.x), Self.sides.contains(size.y) else {
      throw SynthesisError.badSize(
        met: "A phantom of \(text) voxels",
        expected: "\(Self.sides.lowerBound) to \(Self.sides.upperBound) pixels along x and y")
    }
    if size.z != 1 {
      guard kind.hasVolumes else {
        throw SynthesisError.badSize(
          met: "A volume of kind '\(kind.rawValue)'", expected: "one slice, since it is a picture")
      }
      guard Self.depths.contains(size.z), size.x * size.y * size.z <= 1 << 28 else {
        throw SynthesisError.badSize(
          met: "A phantom of \(text) voxels",
          expected: "1 slice, or \(Self.depths.lowerBound) to \(Self.depths.upperBound) "
            + "and at most 2²⁸ voxels")
      }
    }
    self.kind = kind
    self.size = size
    phantom = kind.phantom
  }

  public var title: String { phantom.title }
  public var labelNames: [String] { phantom.labelNames }
  public var channelNames: [String] { phantom.channelNames }

  public func makeCase(_ index: Int, seed: UInt64) throws -> SyntheticCase {
    var missing: [String] = []
    for attempt in 0..<Self.mostAttempts {
      var random = CounterRandom(seed: seed, step: index, sample: attempt)
      let item = phantom.render(size, random: &random)
      let present = Set(item.labels.counts.keys)
      missing = labelNames.indices.filter { !present.contains(Int32($0 + 1)) }
        .map { labelNames[$0] }
      if missing.isEmpty { return item }
    }
    throw SynthesisError.labelsDoNotFit(
      kind: kind.rawValue, missing: missing, size: "\(size.x)×\(size.y)×\(size.z)")
  }
}

extension Phantom {
  /// Volumes are stored as scanners store them, in one of two common orders of the axes; pictures as they are.
  func oriented(_ item: SyntheticCase, random: inout CounterRandom) -> SyntheticCase {
    guard item.labels.geometry.size.z > 1, random.happens(0.5) else { return item }
    var result = item
    result.image = item.image.reoriented(to: .ras)
    result.labels = item.labels.reoriented(to: .ras)
    result.instances = item.instances?.reoriented(to: .ras)
    return result
  }
}

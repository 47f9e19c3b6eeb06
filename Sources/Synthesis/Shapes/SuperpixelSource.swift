// Tasks on real images without labels: a few neighbouring superpixels stand for an object.

internal import Datasets
internal import Foundation
internal import Imaging

/// Square pictures cut from a folder of images, each with an object made of one to five superpixels.
///
/// Objects follow edges of the image but mean nothing, as in Ouyang et al., Self-Supervision with Superpixels (ECCV 2020):
/// for training networks that learn from examples or clicks.
public struct SuperpixelSource: CaseSource {
  /// Pixels along a side.
  public let side: Int
  private let paths: [String]

  public let title = "Superpixel tasks"
  public let labelNames = ["object"]
  public let channelNames = ["image"]

  /// Finds the images of a folder.
  ///
  /// - Parameters:
  ///   - folder: a data set, or a folder of images; of volumes single axial slices are taken
  ///   - side: pixels along x and y
  /// - Throws: ``SynthesisError`` or `DatasetError`
  public init(imagesIn folder: String, side: Int) throws {
    guard PhantomSource.sides.contains(side) else {
      throw SynthesisError.badSize(met: "A picture of \(side)² pixels", expected: "32 to 2048")
    }
    guard ImageFile.exists(folder) else { throw DatasetError.notFound(path: folder) }
    self.side = side
    if DatasetFolder.layout(of: folder) != nil {
      paths = try DatasetFolder(contentsOf: folder).cases.compactMap(\.images.first)
    } else {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      paths = names.filter { !$0.hasPrefix(".") && ImageFile.ending(of: $0) != nil }.sorted()
        .map { folder + "/" + $0 }
    }
    guard !paths.isEmpty else {
      throw SynthesisError.nothingToStartFrom(path: folder, expected: "images or a data set")
    }
  }

  public func makeCase(_ index: Int, seed: UInt64) throws -> SyntheticCase {
    var random = CounterRandom(seed: seed, step: index)
    let number = random.index(below: paths.count)
    let picture = try Self.picture(paths[number], side: side, random: &random)
    let pieces = Superpixels.divide(
      picture, count: random.integer(in: 30...140),
      compactness: Float(random.uniform(in: 8...30)))
    let object = Self.object(pieces, width: side, random: &random)
    let geometry = Geometry(size: SIMD3(side, side, 1))
    return SyntheticCase(
      image: Volume(geometry: geometry, voxels: picture.bytes(from: 0, to: 255)),
      labels: LabelMap(geometry: geometry, labels: pieces.map { object.contains($0) ? 1 : 0 }),
      facts: ["image": Double(number + 1)])
  }

  /// A piece and up to four that touch what was chosen before.
  private static func object(
    _ pieces: [Int32], width: Int, random: inout CounterRandom
  ) -> Set<Int32> {
    var chosen: Set<Int32> = [pieces[random.index(below: pieces.count)]]
    for _ in 1..<max(2, random.integer(in: 1...5)) where random.happens(0.75) {
      var neighbours: Set<Int32> = []
      for index in pieces.indices where chosen.contains(pieces[index]) {
        if index % width + 1 < width { neighbours.insert(pieces[index + 1]) }
        if index % width > 0 { neighbours.insert(pieces[index - 1]) }
        if index + width < pieces.count { neighbours.insert(pieces[index + width]) }
        if index >= width { neighbours.insert(pieces[index - width]) }
      }
      // Sorted, since sets have no order that a seed could decide.
      if let next = random.choice(of: neighbours.subtracting(chosen).sorted()) {
        chosen.insert(next)
      }
    }
    return chosen
  }

  /// A square of a slice at a drawn place, in grey levels from 0 to 255.
  private static func picture(
    _ path: String, side: Int, random: inout CounterRandom
  ) throws -> Field {
    var volume = try Volume(contentsOf: path)
    if volume.geometry.size.z > 1 { volume = volume.reoriented(to: .lps) }
    let size = volume.geometry.size
    let grey = try volume.floats(
      volume.channels == 2 || volume.channels > 4 ? .channel(0) : .luminance)
    // The middle of a stack shows more than its ends.
    let slice = size.z > 1 ? random.integer(in: size.z / 5...size.z - 1 - size.z / 5) : 0
    let edge = Double(min(size.x, size.y)) * random.uniform(in: 0.6...1)
    let corner = SIMD2(
      random.uniform(in: 0...Double(size.x) - edge), random.uniform(in: 0...Double(size.y) - edge))
    var field = Field(size: SIMD3(side, side, 1))
    for y in 0..<side {
      for x in 0..<side {
        let u = corner.x + (Double(x) + 0.5) / Double(side) * edge - 0.5
        let v = corner.y + (Double(y) + 0.5) / Double(side) * edge - 0.5
        let left = min(max(Int(u), 0), size.x - 1)
        let top = min(max(Int(v), 0), size.y - 1)
        let right = min(left + 1, size.x - 1)
        let bottom = min(top + 1, size.y - 1)
        let across = Float(min(max(u - Double(left), 0), 1))
        let down = Float(min(max(v - Double(top), 0), 1))
        func value(_ x: Int, _ y: Int) -> Float {
          let value = grey[x + size.x * (y + size.y * slice)]
          return value.isFinite ? value : 0
        }
        let upper = value(left, top) * (1 - across) + value(right, top) * across
        let lower = value(left, bottom) * (1 - across) + value(right, bottom) * across
        field.values[x + side * y] = upper * (1 - down) + lower * down
      }
    }
    let low = field.quantile(0.005)
    let span = max(field.quantile(0.995) - low, 1e-6)
    field.values = field.values.map { min(max(255 * ($0 - low) / span, 0), 255) }
    return field
  }
}

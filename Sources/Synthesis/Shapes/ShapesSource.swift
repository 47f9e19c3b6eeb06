// Random shapes without anatomy: endless tasks for networks that learn from examples or clicks.

internal import Datasets
internal import Foundation
internal import Imaging

/// Cases of one random task: the same shapes, deformed and painted anew for every case.
///
/// Each label owns the voxels where its smooth random field is the highest, as in SynthMorph (Hoffmann et al., IEEE
/// Transactions on Medical Imaging 41 (2022), 543); the images are made as those of ``LabelDrivenSource``, with looks that
/// belong to the task. Another task number gives other shapes.
public struct ShapesSource: CaseSource {
  public let size: SIMD3<Int>
  /// Labels besides the background.
  public let labels: Int
  public let task: Int
  public let settings: LabelDrivenSettings
  private static let mostAttempts = 40

  public let title = "Random shapes"
  public let channelNames = ["synthetic"]

  /// One task.
  ///
  /// - Parameters:
  ///   - size: voxels along x, y and z; one slice is a picture
  ///   - labels: besides the background, 1…32
  ///   - task: its number; with the seed it decides the shapes and how they look
  ///   - settings: ranges of deformation and image
  /// - Throws: ``SynthesisError/badSize(met:expected:)``
  public init(
    size: SIMD3<Int>, labels: Int = 3, task: Int = 0,
    settings: LabelDrivenSettings = LabelDrivenSettings()
  ) throws {
    guard PhantomSource.sides.contains(size.x), PhantomSource.sides.contains(size.y),
      size.z == 1 || PhantomSource.depths.contains(size.z),
      size.x * size.y * size.z <= 1 << 28
    else {
      throw SynthesisError.badSize(
        met: "Shapes on \(size.x)×\(size.y)×\(size.z) voxels",
        expected: "32 to 2048 voxels along x and y, a depth of 1 or 8 to 1024, at most 2²⁸ voxels")
    }
    guard (1...32).contains(labels) else {
      throw SynthesisError.badSize(met: "A task of \(labels) labels", expected: "1 to 32")
    }
    self.size = size
    self.labels = labels
    self.task = task
    self.settings = settings
  }

  public var labelNames: [String] { (1...labels).map { "shape \($0)" } }

  public func makeCase(_ index: Int, seed: UInt64) throws -> SyntheticCase {
    for attempt in 0..<Self.mostAttempts {
      // What belongs to the task must not depend on the case: it has an epoch of its own.
      var common = CounterRandom(seed: seed, epoch: task + 1, sample: attempt)
      let map = shapes(random: &common)
      var painter = LabelPainter(settings, labels: labels + 1, random: &common)
      guard Set(map.values).count == labels + 1 else { continue }
      for again in 0..<Self.mostAttempts {
        var random = CounterRandom(seed: seed, epoch: -task - 1, step: index, sample: again)
        let large = map.geometry.size
        let middle = SIMD3(Double(large.x - 1), Double(large.y - 1), Double(large.z - 1)) / 2
        let warp = LabelWarp(settings, size: size, isFlat: size.z == 1, random: &random)
        let warped = warp.labels(of: map, around: middle)
        guard Set(warped).subtracting([0]).count == labels else { continue }
        painter.vary(0.03, random: &random)
        let image = painter.paint(warped, size: size, random: &random)
        let geometry = map.geometry(size: size, around: middle)
        return SyntheticCase(
          image: Volume(geometry: geometry, voxels: image.bytes(from: 0, to: 255)),
          labels: LabelMap(geometry: geometry, labels: warped.map(Int32.init)),
          facts: ["task": Double(task)])
      }
    }
    throw SynthesisError.labelsDoNotFit(
      kind: "shapes", missing: ["\(labels) labels"], size: "\(size.x)×\(size.y)×\(size.z)")
  }

  /// The label map of the task, half as large again as the cases, so that deformations find shapes beyond them.
  private func shapes(random: inout CounterRandom) -> IndexedLabels {
    var size = size
    for axis in 0..<3 where size[axis] > 1 { size[axis] += size[axis] / 2 }
    var best = Field(size: size, filledWith: -.infinity)
    var owner = [UInt8](repeating: 0, count: best.values.count)
    let coarseness = random.uniform(in: 3...8)
    for label in 0...labels {
      var cells = SIMD3<Int>.one
      for axis in 0..<3 where size[axis] > 1 {
        cells[axis] = max(2, Int((coarseness * random.uniform(in: 0.7...1.4)).rounded()))
      }
      let field = Field.smoothNoise(size, cells: cells, random: &random)
      // Background is favoured, so that shapes are islands in it.
      let bonus: Float = label == 0 ? Float(random.uniform(in: 0.2...0.9)) : 0
      for index in field.values.indices where field.values[index] + bonus > best.values[index] {
        best.values[index] = field.values[index] + bonus
        owner[index] = UInt8(label)
      }
    }
    return IndexedLabels(
      geometry: SceneGrid(size: size, spacing: .one).geometry, values: owner)
  }
}

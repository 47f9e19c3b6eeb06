// A head of solids: scalp, skull, fluid, folded cortex, white matter, ventricles, deep nuclei, lesions.

internal import Datasets
internal import Foundation

/// Draws the scene of one patient.
struct MRScene {
  private var scene = Scene()
  /// Half axes of the brain, mm.
  private let brain: SIMD3<Double>
  /// The middle of the brain: single slices cut it at different heights.
  private let middle: SIMD3<Double>
  private let grid: SceneGrid

  static func draw(on grid: SceneGrid, random: inout CounterRandom) -> Scene {
    var maker = MRScene(grid, random: &random)
    maker.addHead(random: &random)
    let white = maker.addBrain(random: &random)
    maker.addDeepStructures(random: &random)
    maker.addLesions(in: white, random: &random)
    return maker.scene
  }

  private init(_ grid: SceneGrid, random: inout CounterRandom) {
    self.grid = grid
    brain = SIMD3(
      random.uniform(in: 61...69), random.uniform(in: 77...87), random.uniform(in: 60...70))
    middle = SIMD3(
      random.uniform(in: -8...8), random.uniform(in: -8...8), random.uniform(in: -18...12))
  }

  private mutating func add(_ solid: Solid, _ tissue: MRTissue, label: Int32 = 0) {
    scene.add(solid, tissue.rawValue, label: label)
  }

  private func head(
    _ growth: Double, swings: [Blob.Swing] = []
  ) -> Solid {
    .blob(Blob(centre: middle, radii: brain + SIMD3(repeating: growth), swings: swings))
  }

  private mutating func addHead(random: inout CounterRandom) {
    let swings = [Blob.Swing].random(3, amplitude: 0.03, frequency: 1...3, random: &random)
    let scalp = random.uniform(in: 4...8)
    let skull = random.uniform(in: 5...8)
    add(head(3 + skull + scalp + 2, swings: swings), .muscle)
    add(head(3 + skull + scalp, swings: swings), .fat)
    add(head(3 + skull, swings: swings), .skull)
    // Marrow between the tables of the skull.
    add(head(3 + skull * 0.65, swings: swings), .fat)
    add(head(3 + skull * 0.35, swings: swings), .skull)
    add(head(3, swings: swings), .fluid)
  }

  /// Adds cortex and white matter and returns the latter.
  private mutating func addBrain(random: inout CounterRandom) -> Blob {
    let shrinkage = random.uniform(in: 0...4)
    let folds = [Blob.Swing].random(16, amplitude: 0.34, frequency: 11...24, random: &random)
    let cortex = Blob(
      centre: middle, radii: brain - SIMD3(repeating: shrinkage + 1), swings: folds)
    add(.both(.blob(cortex), head(0)), .grey, label: 1)
    let thickness = random.uniform(in: 5...7)
    let finer = folds.map {
      Blob.Swing(frequency: $0.frequency, phase: $0.phase, amplitude: $0.amplitude * 1.6)
    }
    let white = Blob(
      centre: middle, radii: brain - SIMD3(repeating: shrinkage + thickness + 5), swings: finer)
    add(.both(.blob(white), .blob(cortex)), .white, label: 2)
    // The fissure between the halves, open in front, behind and above.
    let width = random.uniform(in: 1...2)
    let fissure = Blob(
      centre: middle, radii: SIMD3(width + 3.5, brain.y * 1.1, brain.z * 1.1))
    let bridge = Blob(
      centre: middle + SIMD3(0, 4, -12), radii: SIMD3(40, brain.y * 0.48, brain.z * 0.55))
    add(.both(.without(.blob(fissure), .blob(bridge)), .blob(cortex)), .grey, label: 1)
    let gap = Blob(centre: middle, radii: SIMD3(width, brain.y * 1.1, brain.z * 1.1))
    add(.both(.without(.blob(gap), .blob(bridge)), head(0)), .fluid)
    return white
  }

  private mutating func addDeepStructures(random: inout CounterRandom) {
    let size = random.uniform(in: 0.75...1.5)
    for side in [-1.0, 1] {
      func point(_ x: Double, _ y: Double, _ z: Double) -> SIMD3<Double> {
        middle + SIMD3(side * x, y, z)
      }
      func nucleus(
        _ x: Double, _ y: Double, _ z: Double, _ radii: SIMD3<Double>, angle: Double = 0
      ) {
        add(
          .blob(
            Blob(
              centre: point(x, y, z), radii: radii, angle: side * angle,
              swings: .random(3, amplitude: 0.08, frequency: 1.5...4, random: &random))), .grey,
          label: 1)
      }
      nucleus(11, 12, -4, SIMD3(8, 14, 10), angle: -0.4)
      nucleus(25, -4, -5, SIMD3(7, 17, 11), angle: -0.15)
      nucleus(13, -20, 4, SIMD3(5.5, 10, 12), angle: 0.2)
      // Front horn, body and back horn of the side ventricle.
      let horns = [
        (point(12, -33, 3), point(5, -16, 8), 3.0, 4.0),
        (point(5, -16, 8), point(8, 16, 12), 4.0, 4.0),
        (point(8, 16, 12), point(22, 40, 2), 4.5, 3.5),
        (point(22, 40, 2), point(27, 22, -16), 3.5, 2.0),
      ]
      for (start, end, first, last) in horns {
        add(
          .capsule(Capsule(from: start, to: end, radius: first * size, endRadius: last * size)),
          .fluid, label: 3)
      }
    }
    add(
      .blob(Blob(centre: middle + SIMD3(0, 8, -10), radii: SIMD3(2.2 * size, 15, 11))), .fluid,
      label: 3)
  }

  private mutating func addLesions(in white: Blob, random: inout CounterRandom) {
    for number in 0..<random.integer(in: 2...9) {
      let radius = max(random.logUniform(in: 2...8), 1.4 * grid.spacing.x)
      var centre = white.point(within: 0.8, random: &random)
      let reach = min(grid.extent.z / 2, radius)
      if number == 0 { centre.z = random.uniform(in: -0.4...0.4) * reach }
      let lesion = Blob(
        centre: centre,
        radii: SIMD3(
          radius, radius * random.uniform(in: 0.6...1), max(radius, 0.8 * grid.spacing.z)),
        angle: random.uniform(in: 0...3),
        swings: .random(4, amplitude: 0.2, frequency: 1.5...4, random: &random))
      add(.both(.blob(lesion), .blob(white)), .lesion, label: 4)
    }
  }
}

// Masks of analytic shapes: voxel by voxel by the definition, and their volumes.

import Datasets
import Foundation
import Testing

@testable import Synthesis

@Suite("Scenes of solids")
struct SceneTests {
  private let grid = SceneGrid(size: SIMD3(64, 56, 24), spacing: SIMD3(1, 1.2, 2.5))

  private func volume(_ solid: Solid) -> (mask: Double, partial: Double) {
    var scene = Scene()
    scene.add(solid, 0, label: 1)
    let owners = scene.owners(on: grid)
    let voxel = grid.spacing.x * grid.spacing.y * grid.spacing.z
    let parts = scene.partialVolumes([1], outside: 0, owners: owners, on: grid, samples: 4)
    return (
      Double(scene.labels(owners).count { $0 == 1 }) * voxel,
      parts.values.reduce(0) { $0 + Double($1) } * voxel
    )
  }

  @Test func volumesAreThoseOfTheFormula() {
    let ball = Blob(centre: SIMD3(1.3, -2.1, 0.4), radii: SIMD3(20, 15, 18), angle: 0.7)
    let expected = 4 / 3 * Double.pi * 20 * 15 * 18
    let met = volume(.blob(ball))
    #expect(abs(met.mask / expected - 1) < 0.01)
    #expect(abs(met.partial / expected - 1) < 0.004)
    let rod = Capsule(from: SIMD3(-15, 3, -10), to: SIMD3(12, -8, 9), radius: 6)
    let length = (27.0 * 27 + 11 * 11 + 19 * 19).squareRoot()
    let content = Double.pi * 36 * length + 4 / 3 * Double.pi * 216
    #expect(abs(volume(.capsule(rod)).partial / content - 1) < 0.01)
  }

  @Test func masksHoldExactlyTheCentresInside() {
    var random = CounterRandom(seed: 5)
    let shape = Solid.without(
      .blob(
        Blob(
          centre: .zero, radii: SIMD3(22, 18, 20), angle: 0.3,
          swings: .random(5, amplitude: 0.2, frequency: 2...6, random: &random))),
      .capsule(Capsule(from: SIMD3(0, 0, -30), to: SIMD3(4, 0, 30), radius: 5)))
    var scene = Scene()
    scene.add(shape, 0, label: 3)
    let labels = scene.labels(scene.owners(on: grid))
    var index = 0
    var differing = 0
    for z in 0..<24 {
      for y in 0..<56 {
        for x in 0..<64 {
          let inside = shape.contains(grid.point(x, y, z))
          if (labels[index] == 3) != inside { differing += 1 }
          index += 1
        }
      }
    }
    #expect(differing == 0)
    #expect(labels.contains(3))
  }

  @Test func laterPartsLieOverEarlierOnes() {
    var scene = Scene()
    scene.add(.blob(Blob(centre: .zero, radii: SIMD3(20, 20, 20))), 0, label: 1)
    scene.add(.blob(Blob(centre: .zero, radii: SIMD3(8, 8, 8))), 1, label: 2)
    let labels = scene.labels(scene.owners(on: grid))
    let middle = 32 + 64 * (28 + 56 * 12)
    #expect(labels[middle] == 2 && labels[0] == 0)
    #expect(scene.owner(at: SIMD3(15, 0, 0)) == 0 && scene.owner(at: SIMD3(40, 0, 0)) == -1)
  }

  @Test func raysAreAsLongAsTheFormulaSays() {
    var scene = Scene()
    scene.add(.blob(Blob(centre: SIMD3(0, 3, 0), radii: SIMD3(10, 20, 10), angle: 0)), 0, label: 1)
    scene.add(.blob(Blob(centre: SIMD3(0, 3, 0), radii: SIMD3(5, 5, 5))), 1, label: 2)
    var lengths = [0.0, 0]
    scene.trace(x: 0, z: 0) { lengths[$0] += $1 }
    #expect(abs(lengths[0] - 30) < 1e-9 && abs(lengths[1] - 10) < 1e-9)
    let rod = Capsule(from: SIMD3(-30, 4, 1), to: SIMD3(30, 8, 2), radius: 5)
    // By small steps, for a ray that passes the axis aside.
    let steps = stride(from: -40.0, through: 40, by: 0.001).count {
      rod.contains(SIMD3(7, $0, 3))
    }
    let range = rod.interval(x: 7, z: 3)
    #expect(abs((range.map { $0.upperBound - $0.lowerBound } ?? 0) - Double(steps) * 0.001) < 0.01)
    #expect(rod.interval(x: 0, z: 40) == nil)
  }
}

// A retina: disc, fovea, arcades of arteries and veins around it, and lesions that are not vessels.

internal import Datasets
internal import Foundation

/// The scene of one eye in mm on the retina; the disc lies to the right in a right eye.
struct FundusScene: Sendable {
  let disc: Blob
  let cup: Blob
  let fovea: SIMD2<Double>
  let arteries: Scene
  let veins: Scene
  /// Both, for the mask.
  let vessels: Scene
  /// Radius of what the camera sees.
  let aperture: Double

  init(on grid: SceneGrid, random: inout CounterRandom) {
    let side = min(grid.extent.x, grid.extent.y)
    aperture = 0.48 * side
    let eye = random.sign()
    let shift = SIMD2(random.uniform(in: -0.8...0.8), random.uniform(in: -0.8...0.8))
    let place = SIMD2(eye * random.uniform(in: 2...3.2), random.uniform(in: -0.5...0.3)) + shift
    let fovea = place + SIMD2(-eye * random.uniform(in: 4.1...4.7), random.uniform(in: 0.2...0.7))
    self.fovea = fovea
    let radius = random.uniform(in: 0.75...0.95)
    disc = Blob(
      centre: SIMD3(place.x, place.y, 0),
      radii: SIMD3(radius * random.uniform(in: 0.86...1), radius, 10),
      swings: .random(3, amplitude: 0.04, frequency: 1...3, random: &random))
    cup = Blob(
      centre: SIMD3(place.x - eye * 0.05, place.y, 0),
      radii: SIMD3(1, 1, 10) * (radius * random.uniform(in: 0.3...0.6)))
    let pixel = grid.spacing.x
    var scenes: [Scene] = []
    for kind in 0..<2 {
      let tree = Self.tree(
        disc: place, fovea: fovea, eye: eye, aperture: aperture, isVein: kind == 1, random: &random)
      // Main vessels measure 0.1 to 0.2 mm, veins a quarter more than arteries.
      let widest = random.uniform(in: 0.062...0.08) * (kind == 1 ? 1.25 : 1)
      let root = tree.radii.max() ?? 1
      var scene = Scene()
      for capsule in tree.capsules(scale: widest / root, limits: 0.013...widest) {
        // What is far below a pixel could be neither seen nor outlined.
        if max(capsule.startRadius, capsule.endRadius) > 0.18 * pixel {
          scene.add(.capsule(capsule), kind, label: 1)
        }
      }
      scenes.append(scene)
    }
    arteries = scenes[0]
    veins = scenes[1]
    var both = veins
    for part in arteries.parts { both.add(part.solid, part.material, label: 1) }
    vessels = both
  }

  private static func tree(
    disc: SIMD2<Double>, fovea: SIMD2<Double>, eye: Double, aperture: Double, isVein: Bool,
    random: inout CounterRandom
  ) -> VesselTree {
    let reach = aperture * 1.08
    let toFovea = fovea - disc
    let distance = (toFovea * toFovea).sum().squareRoot()
    let along = toFovea / distance
    let aside = SIMD2(-along.y, along.x)
    var trunks: [[SIMD2<Double>]] = []
    for half in [-1.0, 1] {
      // The arcade: a parabola that opens from the disc around the fovea.
      let opening = random.uniform(in: 0.8...1.1) * distance * 0.62 + (isVein ? 0.25 : 0)
      let length = random.uniform(in: 1.2...1.7)
      var arcade: [SIMD2<Double>] = []
      var nasal: [SIMD2<Double>] = []
      let bend = random.uniform(in: -0.12...0.12)
      let turn = random.uniform(in: 0.5...0.9)
      for step in 0...26 {
        let t = Double(step) / 26
        let swing = 0.06 * sin(9 * t + bend * 30) * t
        arcade.append(
          disc + along * (distance * length * t * t)
            + aside * (half * (opening * sin(.pi / 2 * min(1, 1.35 * t)) + swing)))
        nasal.append(
          disc - along * (aperture * turn * t * t * 0.8)
            + aside * (half * (aperture * 0.55 * t + bend * t + swing)))
      }
      trunks.append(arcade.filter { ($0 * $0).sum() < reach * reach })
      trunks.append(Array(nasal.prefix(20)).filter { ($0 * $0).sum() < reach * reach })
    }
    var attractors: [SIMD2<Double>] = []
    let avascular = random.uniform(in: 0.55...0.8)
    let count = random.integer(in: 170...320)
    while attractors.count < count {
      let point = SIMD2(
        random.uniform(in: -reach...reach), random.uniform(in: -reach...reach))
      let toCentre = point - fovea
      let near = (toCentre * toCentre).sum().squareRoot()
      if (point * point).sum() > reach * reach || near < avascular { continue }
      attractors.append(point)
    }
    let step = aperture / 55
    return VesselTree(
      trunks: trunks, attractors: attractors,
      settings: VesselTree.Settings(
        influence: aperture, kill: 3.2 * step, step: step, tip: 1,
        exponent: random.uniform(in: 2.8...3.4)),
      random: &random)
  }
}

// Radiography of a chest: exact path lengths, Beer and Lambert's law, scatter, photons.

internal import Datasets
internal import Foundation
internal import Imaging

/// Frontal chest pictures; the patient's right is on the left of the picture.
///
/// Lengths of rays in ellipsoids and rods are computed, not sampled: I = I₀ exp(−Σ μ l). Drawn for each patient: build,
/// lungs and their air, heart, diaphragm, ribs, clavicles, one to three nodules of 8–30 mm, lines and electrodes,
/// 60–90 keV, 800–20 000 photons per pixel behind nothing, 5–25 % scatter.
/// A label is where the ray of the pixel's centre meets the solid: nodule before heart before lung.
struct XRayPhantom: Phantom {
  let title = "Chest X-ray phantoms"
  let labelNames = ["lung", "heart", "nodule"]
  let channelNames = ["X-ray"]
  let hasVolumes = false

  /// Linear attenuation in 1/mm: mass attenuation of NIST's XCOM times density (ICRU 44) at 60 and 90 keV.
  enum Material: Int, CaseIterable {
    case fat, soft, lung, bone, metal

    var attenuation: (at60: Double, at90: Double) {
      switch self {
      case .fat: (0.0188, 0.0164)
      case .soft: (0.0217, 0.0187)
      case .lung: (0.0055, 0.0046)
      case .bone: (0.0604, 0.0390)
      case .metal: (0.95, 0.37)
      }
    }
  }

  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase {
    let field = random.uniform(in: 350...430)
    let pixel = field / Double(min(size.x, size.y))
    // Rays run along y; the picture's rows are z from head to feet.
    let grid = SceneGrid(size: SIMD3(size.x, size.y, 1), spacing: SIMD3(pixel, pixel, 1))
    let scene = XRayScene.draw(pixel: pixel, random: &random)
    let hardness = random.uniform(in: 0...1)
    let air = random.uniform(in: 0.7...1.5)
    // Bones are a shell around marrow.
    let bone = random.uniform(in: 0.5...0.8)
    let table = Material.allCases.map { material in
      let (low, high) = material.attenuation
      let value = low + (high - low) * hardness
      return material == .lung ? value * air : material == .bone ? value * bone : value
    }
    var labels = [Int32](repeating: 0, count: size.x * size.y)
    var passed = Field(size: grid.size)
    for row in 0..<size.y {
      for column in 0..<size.x {
        let place = grid.point(column, row, 0)
        let index = column + size.x * row
        var sum = 0.0
        var label: Int32 = 0
        scene.trace(x: place.x, z: -place.y) { part, length in
          sum += table[scene.parts[part].material] * length
          label = max(label, scene.parts[part].label)
        }
        passed.values[index] = Float(exp(-sum))
        labels[index] = label
      }
    }
    let photons = random.logUniform(in: 800...20_000)
    let scatter = Float(random.uniform(in: 0.05...0.25))
    let blur = random.uniform(in: 0.3...0.8)
    let direct = passed.blurred(SIMD3(blur, blur, 0))
    let wide = Double(size.x) / 12
    let haze = passed.blurred(SIMD3(wide, wide, 0))
    var expected = direct
    for index in expected.values.indices {
      let mixed = (1 - scatter) * direct.values[index] + scatter * haze.values[index]
      expected.values[index] = Float(photons) * mixed
    }
    let counted = Noise.photons(expected, read: 2, random: &random)
    // Films and detectors show the logarithm: dense is bright.
    var image = counted
    for index in image.values.indices {
      image.values[index] = -log(max(counted.values[index], 0.5))
    }
    let geometry = Geometry(size: size, spacing: SIMD3(pixel, pixel, 1))
    return SyntheticCase(
      image: Volume(
        geometry: geometry,
        voxels: image.bytes(
          from: image.quantile(random.uniform(in: 0.005...0.05)),
          to: image.quantile(random.uniform(in: 0.985...0.999)))),
      labels: LabelMap(geometry: geometry, labels: labels),
      facts: ["photons": photons, "scatter": Double(scatter), "hardness": hardness])
  }
}

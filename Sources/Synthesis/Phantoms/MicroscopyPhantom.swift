// Fluorescence microscopy of stained nuclei: touching neighbours, blur, photons, the camera's noise.

internal import Datasets
internal import Foundation
internal import Imaging

/// Pictures and stacks of cell nuclei with a label map of nuclei and a map that numbers them.
///
/// Drawn for each case: 0.25–0.65 µm pixels, nuclei of 3.5–8 µm in clusters, outlines, brightness of each nucleus,
/// chromatin, haze out of focus, debris, 20–900 photons in the brightest voxels, read noise of 1.5–6 electrons,
/// point spread of 0.15–0.35 µm (three times that in depth).
struct MicroscopyPhantom: Phantom {
  let title = "Fluorescence microscopy phantoms of nuclei"
  let labelNames = ["nucleus"]
  let channelNames = ["fluorescence"]
  let hasVolumes = true

  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase {
    // Micrometres up to the very end, where files want mm.
    let pixel = random.logUniform(in: 0.25...0.65) * 256 / Double(max(size.x, 256))
    let scale = size.x < 160 ? 160 / Double(size.x) : 1
    let step = random.uniform(in: 0.8...1.6)
    let grid = SceneGrid(
      size: size, spacing: SIMD3(pixel * scale, pixel * scale, size.z > 1 ? step : 1))
    var scene = Scene()
    let nuclei = NucleusPlacer.place(on: grid, random: &random)
    for (number, nucleus) in nuclei.enumerated() {
      scene.add(.blob(nucleus), number, label: 1, instance: Int32(number + 1))
    }
    let spread = random.uniform(in: 0.8...1.4)
    let brightness = nuclei.map { _ in Float(random.logUniform(in: 0.35...1) * spread) }
    let owners = scene.owners(on: grid)
    var image = scene.partialVolumes(brightness, outside: 0, owners: owners, on: grid)
    // Chromatin: darker nucleoli and brighter grains.
    let fineCells = (grid.extent / random.uniform(in: 0.9...2)).rounded(.up)
    let cells = SIMD3(
      max(2, min(Int(fineCells.x), size.x)), max(2, min(Int(fineCells.y), size.y)),
      size.z > 1 ? max(2, min(Int(fineCells.z), size.z)) : 1)
    let chromatin = Field.smoothNoise(size, cells: cells, random: &random)
    let grain = Float(random.uniform(in: 0.05...0.3))
    for index in image.values.indices {
      image.values[index] *= max(0.2, 1 + grain * chromatin.values[index])
    }
    addDebris(to: &image, grid, random: &random)
    let haze = image.blurred(SIMD3(repeating: 3 / grid.spacing.x))
    let outOfFocus = Float(random.uniform(in: 0.05...0.4))
    for index in image.values.indices { image.values[index] += outOfFocus * haze.values[index] }
    let psf = random.uniform(in: 0.15...0.35)
    image = image.blurred(SIMD3(psf, psf, size.z > 1 ? 3 * psf : 0) / grid.spacing)
    let shade = Noise.biasField(size, strength: random.uniform(in: 0.02...0.15), random: &random)
    let photons = random.logUniform(in: 20...900)
    let dark = random.uniform(in: 0.02...0.12)
    for index in image.values.indices {
      image.values[index] =
        Float(photons) * (image.values[index] * shade.values[index] + Float(dark))
    }
    let read = random.uniform(in: 1.5...6)
    let counts = Noise.photons(image, read: read, random: &random)
    let gain = Float(random.uniform(in: 0.7...0.98)) * 255 / max(counts.quantile(0.998), 1)
    var geometry = grid.geometry
    geometry.spacing /= 1000
    geometry.origin /= 1000
    let instances = Self.numbered(scene.instances(owners))
    return SyntheticCase(
      image: Volume(geometry: geometry, voxels: counts.bytes(from: 0, to: 255 / gain)),
      labels: LabelMap(geometry: geometry, labels: scene.labels(owners)),
      instances: LabelMap(geometry: geometry, labels: instances),
      facts: [
        "nuclei": Double(instances.max() ?? 0), "photons": photons, "readElectrons": read,
        "pixelUM": grid.spacing.x,
      ])
  }

  /// Specks of stain and ghosts out of focus, neither of which is a nucleus.
  private func addDebris(to image: inout Field, _ grid: SceneGrid, random: inout CounterRandom) {
    var layer = Scene()
    var values: [Float] = []
    let half = grid.extent / 2
    for _ in 0..<random.integer(in: 0...12) {
      let place = SIMD3(
        random.uniform(in: -half.x...half.x), random.uniform(in: -half.y...half.y),
        random.uniform(in: -half.z...half.z))
      let radius = random.uniform(in: 0.3...0.9)
      layer.add(.blob(Blob(centre: place, radii: SIMD3(repeating: radius))), 0)
      values.append(Float(random.uniform(in: 0.3...1.6)))
    }
    let specks = layer.partialVolumes(values, outside: 0, owners: layer.owners(on: grid), on: grid)
    layer = Scene()
    values = []
    for _ in 0..<random.integer(in: 0...4) {
      let place = SIMD3(
        random.uniform(in: -half.x...half.x), random.uniform(in: -half.y...half.y), 0)
      let radius = random.uniform(in: 5...9)
      layer.add(.blob(Blob(centre: place, radii: SIMD3(radius, radius, 1e3))), 0)
      values.append(Float(random.uniform(in: 0.08...0.3)))
    }
    let ghosts = layer.partialVolumes(values, outside: 0, owners: layer.owners(on: grid), on: grid)
      .blurred(SIMD3(repeating: 2.2 / grid.spacing.x))
    for index in image.values.indices {
      image.values[index] += specks.values[index] + ghosts.values[index]
    }
  }

  /// Objects that have a voxel, numbered from 1 without gaps.
  private static func numbered(_ objects: [Int32]) -> [Int32] {
    let present = Set(objects).subtracting([0]).sorted()
    let numbers = Dictionary(
      uniqueKeysWithValues: present.enumerated().map { ($1, Int32($0 + 1)) })
    return objects.map { numbers[$0] ?? 0 }
  }
}

/// Puts nuclei into clusters in which neighbours touch.
enum NucleusPlacer {
  /// Nuclei in µm; later ones lie over earlier ones where they overlap a little.
  static func place(on grid: SceneGrid, random: inout CounterRandom) -> [Blob] {
    let half = grid.extent / 2
    let typical = random.uniform(in: 3.5...8)
    let spread = random.uniform(in: 0.05...0.25)
    let crowding = random.uniform(in: 0.08...0.4)
    let depth = grid.size.z > 1 ? max(1, grid.extent.z / (2 * typical)) : 1
    let wanted = crowding * grid.extent.x * grid.extent.y * depth / (.pi * typical * typical)
    let clustering = random.uniform(in: 0...0.85)
    var nuclei: [Blob] = []
    var tries = 0
    while Double(nuclei.count) < max(2, wanted), tries < 40 * Int(max(2, wanted)) {
      tries += 1
      let size = typical * max(0.5, 1 + spread * random.normal())
      let stretch = random.uniform(in: 1...1.6).squareRoot()
      let radii = SIMD3(size * stretch, size / stretch, size * random.uniform(in: 0.7...1))
      var centre = SIMD3(
        random.uniform(in: -half.x...half.x), random.uniform(in: -half.y...half.y),
        grid.size.z > 1 ? random.uniform(in: -half.z...half.z) : 0)
      if let neighbour = random.choice(of: nuclei), random.happens(clustering) {
        let angle = random.uniform(in: 0...2 * .pi)
        let reach = (neighbour.radii.x + neighbour.radii.y + radii.x + radii.y) / 2
        centre = neighbour.centre + SIMD3(cos(angle), sin(angle), 0) * reach * 0.95
      }
      if abs(centre.x) > half.x || abs(centre.y) > half.y { continue }
      let isFree = nuclei.allSatisfy { other in
        let gap = ((centre - other.centre) * (centre - other.centre)).sum().squareRoot()
        let reach = (other.radii.x + other.radii.y + radii.x + radii.y) / 2
        return gap >= 0.9 * reach
      }
      guard isFree else { continue }
      nuclei.append(
        Blob(
          centre: centre, radii: radii, angle: random.uniform(in: 0...Double.pi),
          swings: .random(
            4, amplitude: random.uniform(in: 0.02...0.14), frequency: 1.5...4, random: &random)))
    }
    return nuclei
  }
}

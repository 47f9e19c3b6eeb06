// Colour photographs of a retina: what pigment and blood take from the light, the flash, the lens, the camera.

internal import Datasets
internal import Foundation
internal import Imaging

/// Photographs with a field of view of about 45° (13 mm) and an exact mask of the vessels.
///
/// Vessels take light by Beer and Lambert's law with a path as long as the vessel is thick; blood takes much green and blue and
/// little red. Drawn for each eye: pigment, disc and cup, position of the fovea, two vessel trees, light, colours of the
/// camera, blur, photons, up to thirty spots (drusen and exudates are bright, haemorrhages dark).
struct FundusPhantom: Phantom {
  let title = "Fundus phantoms"
  let labelNames = ["vessel"]
  let channelNames = ["red", "green", "blue"]
  let hasVolumes = false

  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase {
    let pixel = random.uniform(in: 12...13.5) / Double(min(size.x, size.y))
    let grid = SceneGrid(size: SIMD3(size.x, size.y, 1), spacing: SIMD3(pixel, pixel, pixel))
    let scene = FundusScene(on: grid, random: &random)
    let planes = Planes(scene, grid, random: &random)
    let owners = scene.vessels.owners(on: grid)
    let red = random.uniform(in: 0.62...0.85)
    let green = red * random.uniform(in: 0.36...0.52)
    let blue = green * random.uniform(in: 0.3...0.55)
    let lost: [(artery: Double, vein: Double, pigment: Double, spot: Double)] = [
      (0.12, 0.3, 0.25, 0.25), (0.75, 1.05, 0.55, 1.2), (0.6, 0.8, 0.4, 1),
    ]
    let paleness: [Double] = [0.95, 0.82, 0.55]
    let photons = random.logUniform(in: 600...6000)
    let blur = random.uniform(in: 0.3...0.9)
    let depth = random.uniform(in: 0.55...0.95)
    let light = Noise.biasField(
      grid.size, strength: random.uniform(in: 0.05...0.2), random: &random)
    var channels: [Field] = []
    for (channel, base) in [red, green, blue].enumerated() {
      var plane = Field(size: grid.size)
      for index in plane.values.indices {
        let disc = Double(planes.disc.values[index])
        let cup = Double(planes.cup.values[index])
        var value = base * (1 - disc) + disc * paleness[channel] * (0.82 + 0.18 * cup)
        value *= exp(-lost[channel].pigment * Double(planes.pigment.values[index]) * (1 - disc))
        value *= exp(
          -depth * lost[channel].artery * Double(planes.arteries.values[index])
            - depth * lost[channel].vein * Double(planes.veins.values[index])
            - lost[channel].spot * Double(planes.dark.values[index]))
        let bright = Double(planes.bright.values[index])
        value = value * (1 - bright) + bright * [0.95, 0.85, 0.5][channel]
        value += 0.25 * base * Double(planes.reflex.values[index])
        value *= Double(light.values[index])
        plane.values[index] = Float(max(0, value))
      }
      plane = plane.blurred(SIMD3(blur, blur, 0))
      for index in plane.values.indices {
        let inside = planes.aperture.values[index]
        plane.values[index] *= Float(photons) * inside
      }
      plane = Noise.photons(plane, read: 4, random: &random)
      channels.append(plane)
    }
    let top = Float(photons) * Float(random.uniform(in: 0.95...1.2))
    var bytes = [UInt8](repeating: 0, count: 3 * size.x * size.y)
    for channel in 0..<3 {
      for index in 0..<size.x * size.y {
        let value = 255 * channels[channel].values[index] / top
        bytes[3 * index + channel] = UInt8(min(max(value.rounded(), 0), 255))
      }
    }
    var labels = scene.vessels.labels(owners)
    for index in labels.indices {
      let point = grid.point(index % size.x, index / size.x, 0)
      let squared = point.x * point.x + point.y * point.y
      if squared > scene.aperture * scene.aperture { labels[index] = 0 }
    }
    let geometry = Geometry(size: size, spacing: SIMD3(pixel, pixel, 1))
    return SyntheticCase(
      image: Volume(geometry: geometry, channels: 3, voxels: .uint8(bytes)),
      labels: LabelMap(geometry: geometry, labels: labels),
      facts: [
        "photons": photons, "segments": Double(scene.vessels.parts.count), "pixelMM": pixel,
      ])
  }

  /// What lies in the retina, each from 0 to about 1 by pixel.
  private struct Planes {
    let disc: Field
    let cup: Field
    let arteries: Field
    let veins: Field
    let pigment: Field
    let bright: Field
    let dark: Field
    let reflex: Field
    let aperture: Field

    init(_ scene: FundusScene, _ grid: SceneGrid, random: inout CounterRandom) {
      func plane(_ solids: [Solid], soft mm: Double) -> Field {
        var layer = Scene()
        for solid in solids { layer.add(solid, 0) }
        let values = [Float](repeating: 1, count: solids.count)
        return layer.partialVolumes(
          values, outside: 0, owners: layer.owners(on: grid), on: grid, samples: 4
        ).blurred(SIMD3(mm / grid.spacing.x, mm / grid.spacing.y, 0))
      }
      disc = plane([.blob(scene.disc)], soft: 0.06)
      cup = plane([.blob(scene.cup)], soft: 0.12)
      arteries = Self.thickness(scene.arteries, grid)
      veins = Self.thickness(scene.veins, grid)
      let half = scene.aperture * 0.9
      func spots(_ count: Int, _ sizes: ClosedRange<Double>) -> [Solid] {
        (0..<count).map { _ in
          let place = SIMD3(random.uniform(in: -half...half), random.uniform(in: -half...half), 0)
          let radius = random.logUniform(in: sizes)
          return .blob(
            Blob(
              centre: place, radii: SIMD3(radius, radius * random.uniform(in: 0.5...1), 10),
              angle: random.uniform(in: 0...3),
              swings: .random(3, amplitude: 0.3, frequency: 2...5, random: &random)))
        }
      }
      let isIll = random.happens(0.5)
      bright = plane(spots(isIll ? random.integer(in: 0...18) : 0, 0.03...0.2), soft: 0.02)
      dark = plane(spots(isIll ? random.integer(in: 0...12) : 0, 0.03...0.25), soft: 0.03)
      let broad = Field.smoothNoise(grid.size, cells: SIMD3(4, 4, 1), random: &random)
      let fine = Field.smoothNoise(grid.size, cells: SIMD3(40, 40, 1), random: &random)
      let mottled = Float(random.uniform(in: 0.03...0.12))
      var pigment = Field(size: grid.size)
      var reflex = Field(size: grid.size)
      var seen = Field(size: grid.size)
      let yellow = random.uniform(in: 0.7...1.2)
      let vignette = random.uniform(in: 0.1...0.5)
      for y in 0..<grid.size.y {
        for x in 0..<grid.size.x {
          let index = x + grid.size.x * y
          let point = grid.point(x, y, 0)
          let gap = SIMD2(point.x, point.y) - scene.fovea
          let squared = (gap * gap).sum()
          pigment.values[index] =
            Float(yellow * exp(-squared / (2 * 0.75 * 0.75)))
            + mottled * (broad.values[index] + 0.7 * fine.values[index])
          reflex.values[index] = Float(0.5 * exp(-squared / (2 * 0.06 * 0.06)))
          let radius = (point.x * point.x + point.y * point.y).squareRoot() / scene.aperture
          let edge = min(max((1 - radius) * scene.aperture / grid.spacing.x + 0.5, 0), 1)
          seen.values[index] = Float(edge * (1 - vignette * radius * radius))
        }
      }
      self.pigment = pigment
      self.reflex = reflex
      aperture = seen
    }

    /// How thick the blood is at each pixel, as a part of the widest vessel.
    private static func thickness(_ scene: Scene, _ grid: SceneGrid) -> Field {
      let widths = scene.parts.map { part -> Float in
        guard case .capsule(let capsule) = part.solid else { return 0 }
        return Float(max(capsule.startRadius, capsule.endRadius))
      }
      let widest = max(widths.max() ?? 1, 1e-6)
      return scene.partialVolumes(
        widths.map { 0.45 + 0.55 * $0 / widest }, outside: 0, owners: scene.owners(on: grid),
        on: grid, samples: 4)
    }
  }
}

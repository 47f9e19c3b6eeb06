// Ultrasound: speckle of many scatterers under a point spread, attenuation, shadows, logarithmic compression.

internal import Datasets
internal import Foundation
internal import Imaging

/// B-mode pictures of superficial tissue from straight or fanned probes; the slices of a volume are frames of a sweep.
///
/// Speckle is the magnitude of a circular complex Gaussian field seen through a Gaussian point spread in depth and across
/// the beams, hence Rayleigh with a contrast of √(4/π − 1) = 0.523 (Wagner et al., IEEE Transactions on Sonics and
/// Ultrasonics 30 (1983), 156). Drawn for each case: probe, depth 35–70 mm, frequency 5–12 MHz, layers, one to three solid
/// lesions with shadow, one or two cysts with enhancement, fat lobules, strands and calcifications.
struct UltrasoundPhantom: Phantom {
  let title = "Ultrasound phantoms of superficial tissue"
  let labelNames = ["lesion", "cyst"]
  let channelNames = ["US"]
  let hasVolumes = true

  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase {
    let pixel = random.uniform(in: 35...70) / Double(size.y)
    let grid = SceneGrid(size: size, spacing: SIMD3(pixel, pixel, random.uniform(in: 0.5...2)))
    let tissues = UltrasoundTissue.draw(random: &random)
    let scene = UltrasoundScene.draw(on: grid, random: &random)
    let beams = BeamGrid(over: grid, random: &random)
    let frequency = random.uniform(in: 5...12)
    let range = random.uniform(in: 42...58)
    // Echoes of one wave spread over a length that shrinks with frequency.
    let axial = random.uniform(in: 0.9...1.3) * 0.9 / frequency
    let lateral = axial * random.uniform(in: 1.8...3)
    let compensation = random.uniform(in: 0.8...1.1)
    var values = [Float](repeating: 0, count: size.x * size.y * size.z)
    for slice in 0..<size.z {
      let echoes = beams.echoes(
        of: scene, tissues, height: grid.point(0, 0, slice).z, frequencyMHz: frequency,
        axialMM: axial, lateralMM: lateral, compensation: compensation, random: &random)
      let plane = beams.converted(echoes, onto: grid)
      let start = slice * size.x * size.y
      for index in 0..<size.x * size.y { values[start + index] = plane[index] }
    }
    let envelope = Field(size: size, values: values)
    let brightest = 1.6 * envelope.quantile(0.97)
    var image = envelope
    for index in image.values.indices {
      let ratio = max(Double(image.values[index] / brightest), 1e-6)
      image.values[index] = Float(20 * log10(ratio) / range + 1)
    }
    let owners = scene.owners(on: grid)
    let geometry = grid.geometry
    let item = SyntheticCase(
      image: Volume(geometry: geometry, voxels: image.bytes(from: 0, to: 1)),
      labels: LabelMap(
        geometry: geometry, labels: beams.seen(scene.labels(owners), on: grid)),
      facts: [
        "frequencyMHz": frequency, "dynamicRangeDB": range, "isFanned": beams.isFanned ? 1 : 0,
        "axialMM": axial, "lateralMM": lateral,
      ])
    return item
  }
}

/// What ultrasound sees of a tissue.
struct UltrasoundTissue: Sendable {
  enum Kind: Int, CaseIterable {
    case skin, fat, gland, muscle, strand, lesion, cyst, calcification, bone
  }

  /// Backscatter relative to gland, dB.
  let echoDB: Double
  /// One-way attenuation, dB/(cm MHz).
  let attenuation: Double

  /// Draws the tissues of a case; attenuation as in Duck, Physical Properties of Tissue, Academic Press 1990, table 4.
  static func draw(random: inout CounterRandom) -> [UltrasoundTissue] {
    Kind.allCases.map { kind in
      let (echo, loss): (ClosedRange<Double>, ClosedRange<Double>) =
        switch kind {
        case .skin: (4...8, 0.5...0.8)
        case .fat: (-9...(-5), 0.4...0.6)
        case .gland: (-1...1, 0.5...0.7)
        case .muscle: (-7...(-3), 0.5...0.7)
        case .strand: (5...10, 0.6...0.8)
        case .lesion: (-17...(-8), 0.9...1.7)
        case .cyst: (-60...(-38), 0...0.05)
        case .calcification: (16...22, 12...25)
        case .bone: (16...22, 15...25)
        }
      return UltrasoundTissue(
        echoDB: random.uniform(in: echo), attenuation: random.uniform(in: loss))
    }
  }
}

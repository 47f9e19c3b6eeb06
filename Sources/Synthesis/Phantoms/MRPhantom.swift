// Magnetic resonance of a head: tissue contrast by sequence, the coil's bias field, thick slices, Rician noise.

internal import Datasets
internal import Foundation
internal import Imaging

/// Axial slices or volumes of heads in T1, T2 or FLAIR contrast.
///
/// Drawn for each patient: the sequence and its times, relaxation (±6 %), head and folds of the cortex,
/// ventricles, two to nine lesions of the white matter, field of view 210–260 mm, slices of 1–5 mm, bias field with a
/// logarithmic deviation of 0.03–0.2, noise of 1–6 % of the white matter.
struct MRPhantom: Phantom {
  let title = "MR phantoms of the head"
  let labelNames = ["grey matter", "white matter", "ventricles", "lesion"]
  let channelNames = ["MR"]
  let hasVolumes = true
  /// Sequences of which one is drawn for each case.
  var sequences = MRSequence.Weighting.allCases

  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase {
    let pixel = random.uniform(in: 210...260) / Double(min(size.x, size.y))
    let thickness = random.uniform(in: 1...5)
    let grid = SceneGrid(size: size, spacing: SIMD3(pixel, pixel, thickness))
    let scene = MRScene.draw(on: grid, random: &random)
    let weighting = random.choice(of: sequences) ?? .t1
    let sequence = MRSequence(weighting, random: &random)
    let table = MRTissue.allCases.map { tissue in
      1000 * sequence.signal(tissue, variation: random.uniform(in: 0.94...1.06))
    }
    let owners = scene.owners(on: grid)
    var image = scene.partialVolumes(
      scene.parts.map { Float(table[$0.material]) }, outside: 0, owners: owners, on: grid)
    // Receivers scale freely, and tissue is never quite even.
    let white = table[MRTissue.white.rawValue]
    let scale = Float(random.logUniform(in: 250...900) / white)
    let texture = Field.smoothNoise(
      size, cells: SIMD3(24, 24, size.z > 1 ? 8 : 1), random: &random)
    let unevenness = Float(random.uniform(in: 0.005...0.03))
    let bias = random.uniform(in: 0.03...0.2)
    let field = Noise.biasField(size, strength: bias, random: &random)
    for index in image.values.indices {
      image.values[index] *= scale * field.values[index] * (1 + unevenness * texture.values[index])
    }
    let blur = random.uniform(in: 0.3...0.7)
    image = image.blurred(SIMD3(blur, blur, 0))
    let noise = random.logUniform(in: 0.01...0.06) * white * Double(scale)
    image = Noise.rician(image, sigma: noise, random: &random)
    let geometry = grid.geometry
    let item = SyntheticCase(
      image: Volume(
        geometry: geometry,
        voxels: size.z > 1 ? image.words : image.bytes(from: 0, to: image.quantile(0.995))),
      labels: LabelMap(geometry: geometry, labels: scene.labels(owners)),
      facts: [
        "sequence": Double(MRSequence.Weighting.allCases.firstIndex(of: weighting) ?? 0),
        "noise": noise, "bias": bias, "repetitionMS": sequence.repetition,
        "echoMS": sequence.echo, "sliceMM": thickness,
      ])
    return oriented(item, random: &random)
  }
}

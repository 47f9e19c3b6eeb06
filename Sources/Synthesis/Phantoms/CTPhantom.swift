// Computed tomography of an abdomen: Hounsfield numbers, partial volume, a blurred kernel and its noise.

internal import Datasets
internal import Imaging

/// Axial slices or volumes, in HU; pictures show a window of the abdomen in eight bits.
///
/// Everything is drawn anew for each patient: build, organs (±15 %), outlines, contrast medium (a third are native),
/// one to four lesions of the liver, bowel with gas, field of view 340–440 mm, slices of 2–6 mm,
/// noise of 6–28 HU, kernels of 0.4–0.9 voxels.
struct CTPhantom: Phantom {
  let title = "CT phantoms of the abdomen"
  let labelNames = ["liver", "kidney", "spine", "lesion"]
  let channelNames = ["CT"]
  let hasVolumes = true

  func render(_ size: SIMD3<Int>, random: inout CounterRandom) -> SyntheticCase {
    let field = random.uniform(in: 340...440)
    let pixel = field / Double(min(size.x, size.y))
    let thickness = random.uniform(in: 2...6)
    let grid = SceneGrid(size: size, spacing: SIMD3(pixel, pixel, thickness))
    let scene = CTScene.draw(on: grid, random: &random)
    let contrast = random.happens(0.33) ? 0 : random.uniform(in: 0.4...1)
    var table = CTTissue.allCases.map { $0.draw(contrast: contrast, random: &random) }
    if random.happens(0.3) {
      // Haemangiomas and metastases of some tumours are brighter than the liver.
      table[CTTissue.lesion.rawValue] =
        table[CTTissue.liver.rawValue] + random.uniform(in: 25...60)
    } else {
      table[CTTissue.lesion.rawValue] = min(
        table[CTTissue.lesion.rawValue],
        table[CTTissue.liver.rawValue] - random.uniform(in: 15...30))
    }
    let values = scene.parts.map { Float(table[$0.material]) }
    let owners = scene.owners(on: grid)
    var image = scene.partialVolumes(values, outside: -1000, owners: owners, on: grid)
    let sharpness = random.uniform(in: 0.4...0.9)
    let kernel = SIMD3(sharpness, sharpness, 0)
    image = image.blurred(kernel)
    let noise = random.logUniform(in: 6...28)
    Noise.addSmooth(to: &image, deviation: noise, sigma: kernel, random: &random)
    let voxels: Voxels
    if size.z > 1 {
      voxels = image.shorts
    } else {
      let centre = Float(random.uniform(in: 30...60))
      let width = Float(random.uniform(in: 350...450))
      voxels = image.bytes(from: centre - width / 2, to: centre + width / 2)
    }
    let geometry = grid.geometry
    let item = SyntheticCase(
      image: Volume(geometry: geometry, voxels: voxels),
      labels: LabelMap(geometry: geometry, labels: scene.labels(owners)),
      facts: [
        "noiseHU": noise, "contrast": contrast, "liverHU": table[CTTissue.liver.rawValue],
        "lesionHU": table[CTTissue.lesion.rawValue],
        "kidneyHU": table[CTTissue.kidney.rawValue], "sliceMM": thickness,
      ])
    return oriented(item, random: &random)
  }
}

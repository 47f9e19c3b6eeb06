// Layers under a probe with lesions, cysts and what looks like them; y is depth, the probe lies at the top.

internal import Datasets
internal import Foundation

enum UltrasoundScene {
  /// Draws the scene of one patient.
  static func draw(on grid: SceneGrid, random: inout CounterRandom) -> Scene {
    var scene = Scene()
    func add(_ solid: Solid, _ tissue: UltrasoundTissue.Kind, label: Int32 = 0) {
      scene.add(solid, tissue.rawValue, label: label)
    }
    let width = grid.extent.x
    let depth = grid.extent.y
    let top = -depth / 2
    func layer(_ part: ClosedRange<Double>, _ random: inout CounterRandom) -> Layer {
      let waves = (0..<3).map { _ in
        (
          length: random.uniform(in: 0.05...0.25) * width,
          phase: random.uniform(in: 0...6), height: random.uniform(in: 0.003...0.015) * depth
        )
      }
      return Layer(
        y: top + random.uniform(in: part) * depth, slope: random.uniform(in: -0.06...0.06),
        waves: waves)
    }
    add(.layer(Layer(y: -1e4, slope: 0, waves: [])), .skin)
    add(.layer(layer(0.03...0.06, &random)), .fat)
    add(.layer(layer(0.14...0.26, &random)), .gland)
    if random.happens(0.8) {
      add(.layer(layer(0.72...0.78, &random)), .strand)
      add(.layer(layer(0.79...0.82, &random)), .muscle)
      if random.happens(0.35) {
        for number in -2...2 {
          let place = SIMD3(
            (Double(number) + random.uniform(in: -0.2...0.2)) * 22, top + 0.92 * depth, 0)
          add(.blob(Blob(centre: place, radii: SIMD3(6, 3, 40))), .bone)
        }
      }
    }
    func place(_ depths: ClosedRange<Double>, _ random: inout CounterRandom) -> SIMD3<Double> {
      SIMD3(
        random.uniform(in: -0.33...0.33) * width, top + random.uniform(in: depths) * depth,
        random.uniform(in: -0.3...0.3) * grid.extent.z)
    }
    var taken: [(centre: SIMD3<Double>, reach: Double)] = []
    /// A place away from the lesions and cysts so far, if there is one: a cyst must not hide a lesion.
    func apart(
      _ depths: ClosedRange<Double>, _ reach: Double, _ random: inout CounterRandom
    ) -> SIMD3<Double> {
      var centre = place(depths, &random)
      for _ in 0..<30 {
        let isFree = taken.allSatisfy { other in
          let gap = centre - other.centre
          return (gap * gap).sum().squareRoot() > reach + other.reach
        }
        if isFree { break }
        centre = place(depths, &random)
      }
      taken.append((centre, reach))
      return centre
    }
    func organic(_ amplitude: Double, _ random: inout CounterRandom) -> [Blob.Swing] {
      .random(5, amplitude: amplitude, frequency: 2...7, random: &random)
    }
    // Lobules of fat within the gland look like lesions but cast no shadow.
    for _ in 0..<random.integer(in: 3...9) {
      let half = random.uniform(in: 0.03...0.1) * depth
      add(
        .blob(
          Blob(
            centre: place(0.2...0.7, &random), radii: SIMD3(half * 1.6, half * 0.7, half * 1.5),
            angle: random.uniform(in: -0.4...0.4), swings: organic(0.2, &random))), .fat)
    }
    for _ in 0..<random.integer(in: 4...14) {
      let start = place(0.1...0.75, &random)
      let reach = random.uniform(in: 0.05...0.3) * width
      let end = start + SIMD3(reach, random.uniform(in: -0.25...0.25) * reach, 0)
      add(
        .capsule(
          Capsule(
            from: start, to: end, radius: random.uniform(in: 0.15...0.5), endRadius: 0.1)), .strand)
    }
    for _ in 0..<random.integer(in: 1...3) {
      let half = random.uniform(in: 0.06...0.15) * depth
      let centre = apart(0.25...0.7, 1.3 * half, &random)
      let radii = SIMD3(half * random.uniform(in: 0.8...1.4), half * 0.8, half * 1.2)
      let angle = random.uniform(in: -0.6...0.6)
      let outline = organic(random.uniform(in: 0.1...0.35), &random)
      add(
        .blob(Blob(centre: centre, radii: radii, angle: angle, swings: outline)), .lesion, label: 1)
      for _ in 0..<(random.happens(0.4) ? random.integer(in: 1...5) : 0) {
        let grain = Blob(centre: centre, radii: radii).point(within: 0.7, random: &random)
        // A grain is part of its lesion.
        add(
          .blob(Blob(centre: grain, radii: SIMD3(repeating: random.uniform(in: 0.2...0.5)))),
          .calcification, label: 1)
      }
    }
    for _ in 0..<random.integer(in: 1...2) {
      let half = random.uniform(in: 0.05...0.12) * depth
      add(
        .blob(
          Blob(
            centre: apart(0.2...0.65, 1.3 * half, &random),
            radii: SIMD3(half * random.uniform(in: 0.9...1.4), half, half * 1.2),
            angle: random.uniform(in: -0.3...0.3), swings: organic(0.06, &random))), .cyst, label: 2
      )
    }
    return scene
  }
}

// An abdomen of solids, with the liver on the patient's right: −x, since scenes use LPS axes.

internal import Datasets
internal import Foundation

/// Draws the scene of one patient.
struct CTScene {
  private var scene = Scene()
  private let body: SIMD2<Double>
  /// Half of the height that is seen, mm.
  private let half: Double
  private let voxel: Double
  private let voxelHeight: Double

  static func draw(on grid: SceneGrid, random: inout CounterRandom) -> Scene {
    var maker = CTScene(grid, random: &random)
    maker.addBody(random: &random)
    maker.addBowel(random: &random)
    maker.addOrgans(random: &random)
    maker.addLiver(random: &random)
    maker.addBones(random: &random)
    return maker.scene
  }

  private init(_ grid: SceneGrid, random: inout CounterRandom) {
    let side = min(grid.extent.x, grid.extent.y)
    let width = side * random.uniform(in: 0.4...0.46)
    body = SIMD2(width, width * random.uniform(in: 0.62...0.8))
    half = max(grid.extent.z / 2, grid.spacing.z)
    voxel = grid.spacing.x
    voxelHeight = grid.spacing.z
  }

  /// An ellipsoid in parts of the body's half axes; the height is in mm.
  private func blob(
    _ x: Double, _ y: Double, _ width: Double, _ depth: Double, height: Double, z: Double = 0,
    angle: Double = 0, swings: [Blob.Swing] = []
  ) -> Blob {
    Blob(
      centre: SIMD3(x * body.x, y * body.y, z),
      radii: SIMD3(width * body.x, depth * body.y, height), angle: angle, swings: swings)
  }

  private func organic(_ amplitude: Double, _ random: inout CounterRandom) -> [Blob.Swing] {
    .random(5, amplitude: amplitude, frequency: 1.5...5, random: &random)
  }

  private mutating func add(
    _ solid: Solid, _ tissue: CTTissue, label: Int32 = 0
  ) { scene.add(solid, tissue.rawValue, label: label) }

  private mutating func addBody(random: inout CounterRandom) {
    let tall = max(900, 6 * half)
    let surface = body.y + random.uniform(in: 1...6)
    add(
      .blob(
        Blob(
          centre: SIMD3(0, surface + 260, 0), radii: SIMD3(1.1 * body.x, 260, 1e4))), .table)
    add(
      .blob(
        Blob(
          centre: SIMD3(0, surface + 266, 0), radii: SIMD3(1.1 * body.x, 260, 1e4))), .air)
    let swings = [Blob.Swing].random(
      3, amplitude: random.uniform(in: 0...0.03), frequency: 1...3, random: &random)
    add(.blob(blob(0, 0, 1, 1, height: tall, swings: swings)), .fat)
    let wall = random.uniform(in: 0.84...0.94)
    add(.blob(blob(0, 0, wall, wall, height: tall, swings: swings)), .muscle)
    let cavity = wall - random.uniform(in: 0.08...0.12)
    add(.blob(blob(0, -0.08, cavity, cavity - 0.08, height: tall, swings: swings)), .visceralFat)
    // The muscles beside the spine.
    for side in [-1.0, 1] {
      add(.blob(blob(side * 0.2, 0.55, 0.17, 0.2, height: tall)), .muscle)
    }
  }

  private mutating func addBowel(random: inout CounterRandom) {
    for _ in 0..<random.integer(in: 4...9) {
      let angle = random.uniform(in: 0.15...0.95) * .pi
      let place = SIMD2(0.5 * cos(angle), -0.45 * sin(angle) + 0.05)
      let width = random.uniform(in: 0.07...0.14)
      let loop = blob(
        place.x, place.y, width, width * 1.3, height: random.uniform(in: 15...50),
        z: random.uniform(in: -half...half), angle: random.uniform(in: 0...3),
        swings: organic(0.15, &random))
      add(.blob(loop), .bowel)
      guard random.happens(0.6) else { continue }
      // Gas rises to the front of a loop.
      let gas = blob(
        place.x, place.y - width * 0.35, width * 0.6, width * 0.6,
        height: random.uniform(in: 8...30), z: loop.centre.z, swings: organic(0.2, &random))
      add(.both(.blob(gas), .blob(loop)), .gas)
    }
  }

  private mutating func addOrgans(random: inout CounterRandom) {
    func about(_ value: Double) -> Double { value * random.uniform(in: 0.85...1.15) }
    let stomach = blob(
      0.36, -0.3, about(0.2), about(0.26), height: about(55),
      z: random.uniform(in: -0.4...0.6) * half,
      angle: about(0.5), swings: organic(0.1, &random))
    add(.blob(stomach), .bowel)
    add(
      .both(
        .blob(blob(0.36, -0.34, 0.17, 0.22, height: 45, z: stomach.centre.z)), .blob(stomach)),
      .fluid)
    if random.happens(0.7) {
      add(
        .both(.blob(blob(0.36, -0.48, 0.14, 0.1, height: 35, z: stomach.centre.z)), .blob(stomach)),
        .gas)
    }
    add(
      .blob(
        blob(
          0.6, 0.24, about(0.15), about(0.27), height: about(50),
          z: random.uniform(in: 0...0.8) * half,
          angle: about(0.3), swings: organic(0.08, &random))), .spleen)
    // Great vessels before the spine; the aorta is to the left.
    for (x, y, radius) in [(0.07, 0.25, about(10.5)), (-0.13, 0.23, about(11))] {
      add(
        .capsule(
          Capsule(
            from: SIMD3(x * body.x, y * body.y, -1e3), to: SIMD3(x * body.x, y * body.y, 1e3),
            radius: radius)), .blood)
    }
    for side in [-1.0, 1] {
      let angle = side * random.uniform(in: 0.2...0.6)
      let z = random.uniform(in: -0.4...0.3) * half
      let place = SIMD2(side * about(0.4), 0.36)
      let size = SIMD2(about(0.14), about(0.19))
      add(
        .blob(
          blob(
            place.x, place.y, size.x, size.y, height: about(55), z: z, angle: angle,
            swings: organic(0.05, &random))), .kidney, label: 2)
      // The pelvis opens towards the middle; it is not counted as kidney.
      add(
        .blob(
          blob(
            place.x - side * 0.08, place.y - 0.02, size.x * 0.5, size.y * 0.4, height: 20, z: z,
            angle: angle)), random.happens(0.5) ? .pelvis : .visceralFat)
    }
  }

  private mutating func addLiver(random: inout CounterRandom) {
    let liver = blob(
      -0.36, -0.12, random.uniform(in: 0.36...0.45), random.uniform(in: 0.45...0.58),
      height: max(70, half * random.uniform(in: 0.7...1.2)),
      z: random.uniform(in: -0.2...0.3) * half,
      angle: random.uniform(in: -0.5...0), swings: organic(random.uniform(in: 0.04...0.12), &random)
    )
    // The organ gives way to the kidney behind it.
    let bed = Blob(
      centre: SIMD3(-0.42 * body.x, 0.42 * body.y, liver.centre.z),
      radii: SIMD3(0.2 * body.x, 0.26 * body.y, 70))
    let organ = Solid.without(.blob(liver), .blob(bed))
    add(organ, .liver, label: 1)
    for _ in 0..<random.integer(in: 2...5) {
      let start = liver.point(within: 0.7, random: &random)
      let end = liver.point(within: 0.9, random: &random)
      add(
        .both(
          .capsule(
            Capsule(
              from: start, to: end, radius: random.uniform(in: 2.5...5), endRadius: 1.5)), organ),
        .blood, label: 1)
    }
    for number in 0..<random.integer(in: 1...4) {
      var centre = liver.point(within: 0.65, random: &random)
      let radius = max(random.logUniform(in: 5...24), 1.7 * voxel)
      // The first is where a single slice or a thin stack meets it.
      if number == 0 { centre.z = random.uniform(in: -0.3...0.3) * min(half, radius) }
      let lesion = Blob(
        centre: centre,
        radii: SIMD3(radius, radius * random.uniform(in: 0.75...1), max(radius, voxelHeight)),
        angle: random.uniform(in: 0...3), swings: organic(0.15, &random))
      add(.both(.blob(lesion), organ), .lesion, label: 4)
    }
  }

  private mutating func addBones(random: inout CounterRandom) {
    let width = random.uniform(in: 0.13...0.17)
    let depth = width * body.x / body.y * random.uniform(in: 0.75...0.9)
    let tall = max(900, 6 * half)
    let y = random.uniform(in: 0.44...0.5)
    // Discs between the vertebrae would be softer; the column is taken as one piece.
    add(.blob(blob(0, y, width, depth, height: tall)), .compactBone, label: 3)
    add(.blob(blob(0, y, width * 0.87, depth * 0.85, height: tall)), .spongyBone, label: 3)
    let back = (y + depth) * body.y
    let canal = SIMD3(0, back + 9, 0)
    for end in [SIMD3(0, back + 42, 0), SIMD3(-32, back + 20, 0), SIMD3(32, back + 20, 0)] {
      add(
        .capsule(
          Capsule(
            from: canal, to: end, radius: 7, endRadius: 4)), .compactBone, label: 3)
    }
    add(.blob(Blob(centre: canal, radii: SIMD3(12, 11, 1e3))), .compactBone, label: 3)
    add(.blob(Blob(centre: canal, radii: SIMD3(9, 8, 1e3))), .canal)
    let turn = random.uniform(in: 0...0.3)
    for number in 0..<12 {
      let angle = turn + Double(number) / 12 * 2 * .pi
      // Ribs end before the middle of the belly.
      if sin(angle) < -0.75 || (sin(angle) > 0.8) { continue }
      let place = SIMD3(0.86 * body.x * cos(angle), 0.86 * body.y * sin(angle), 0)
      let along = atan2(body.y * cos(angle), -body.x * sin(angle))
      let z = random.uniform(in: -half...half)
      let rib = Blob(
        centre: place + SIMD3(0, 0, z), radii: SIMD3(14, 5, 12), angle: along)
      add(.blob(rib), .compactBone)
      add(
        .blob(Blob(centre: rib.centre, radii: SIMD3(11, 2.8, 9), angle: along)), .spongyBone)
    }
  }
}

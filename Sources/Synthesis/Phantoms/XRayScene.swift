// A chest of convex solids: x to the patient's left, y backwards, z up.

internal import Datasets
internal import Foundation

enum XRayScene {
  /// Draws the scene of one patient.
  static func draw(pixel: Double, random: inout CounterRandom) -> Scene {
    var scene = Scene()
    func add(_ solid: Solid, _ material: XRayPhantom.Material, label: Int32 = 0) {
      scene.add(solid, material.rawValue, label: label)
    }
    func blob(
      _ centre: SIMD3<Double>, _ radii: SIMD3<Double>, angle: Double = 0
    ) -> Solid {
      .blob(Blob(centre: centre, radii: radii, angle: angle))
    }
    func rod(_ start: SIMD3<Double>, _ end: SIMD3<Double>, _ radius: Double) -> Solid {
      .capsule(Capsule(from: start, to: end, radius: radius))
    }
    let width = random.uniform(in: 150...175)
    let deep = random.uniform(in: 95...120)
    let layer = random.uniform(in: 8...22)
    add(blob(SIMD3(0, 0, -60), SIMD3(width, deep, 420)), .fat)
    add(blob(SIMD3(0, 0, -60), SIMD3(width - layer, deep - layer, 410)), .soft)
    // Shoulders, arms and neck.
    for side in [-1.0, 1] {
      add(blob(SIMD3(side * 150, 0, 130), SIMD3(62, 60, 55)), .soft)
      add(rod(SIMD3(side * 165, 0, 130), SIMD3(side * 215, 0, -220), 42), .soft)
      add(rod(SIMD3(side * 165, 0, 130), SIMD3(side * 212, 0, -220), 13), .bone)
    }
    add(rod(SIMD3(0, 0, 120), SIMD3(0, 10, 300), 58), .soft)
    let shift = random.uniform(in: -6...6)
    let apex = random.uniform(in: 130...150)
    let base = random.uniform(in: -110 ... -70)
    let lungDepth = (deep - layer) * 0.8
    var lungs: [Blob] = []
    for side in [-1.0, 1] {
      let half = (apex - base + 70) / 2
      let lung = Blob(
        centre: SIMD3(side * random.uniform(in: 66...72) + shift, 0, apex - half),
        radii: SIMD3(random.uniform(in: 52...60), lungDepth, half))
      lungs.append(lung)
      add(.blob(lung), .lung, label: 1)
    }
    // Vessels fan out from the hila.
    for lung in lungs {
      let side = lung.centre.x > shift ? 1.0 : -1
      for _ in 0..<random.integer(in: 14...26) {
        let hilum = SIMD3(
          shift + side * random.uniform(in: 22...34), random.uniform(in: -15...15),
          random.uniform(in: 5...40))
        let angle = random.uniform(in: -1.35...1.2)
        let reach = random.uniform(in: 30...95)
        let end =
          hilum
          + SIMD3(
            side * cos(angle) * reach, random.uniform(in: -50...50), sin(angle) * reach * 1.2)
        let middle = hilum + (end - hilum) * 0.5
        for (start, stop, radius) in [(hilum, middle, 3.6), (middle, end, 1.8)] {
          add(.both(rod(start, stop, radius * random.uniform(in: 0.6...1.1)), .blob(lung)), .soft)
        }
      }
    }
    // The domes of the diaphragm; the right one stands higher, over the liver.
    let right = base + random.uniform(in: 8...22)
    add(blob(SIMD3(-72, 0, right - 150), SIMD3(82, deep - layer, 150)), .soft)
    add(blob(SIMD3(72, 0, base - 150), SIMD3(82, deep - layer, 150)), .soft)
    if random.happens(0.6) {
      add(blob(SIMD3(70, -20, base - 26), SIMD3(28, 30, 16)), .lung)
    }
    // Mediastinum, aortic arch, heart.
    add(blob(SIMD3(shift, 0, 60), SIMD3(random.uniform(in: 22...30), 55, 190)), .soft)
    add(blob(SIMD3(shift + 20, 10, 72), SIMD3(19, 30, 20)), .soft)
    add(rod(SIMD3(shift, 5, 190), SIMD3(shift + 2, 10, 62), 7.5), .lung)
    let heart = random.uniform(in: 0.85...1.25)
    add(
      blob(
        SIMD3(shift + 22, -22, base + 48 * heart),
        SIMD3(62 * heart, 48 * heart, 54 * heart)), .soft, label: 2)
    addBones(&scene, width: width, deep: deep, random: &random)
    for number in 0..<random.integer(in: 1...3) {
      let radius = max(random.logUniform(in: 4...15), 1.5 * pixel)
      guard let lung = random.choice(of: lungs) else { continue }
      let place = lung.point(within: number == 0 ? 0.7 : 0.85, random: &random)
      add(
        blob(place, SIMD3(radius, radius, radius * random.uniform(in: 0.8...1.1))), .soft, label: 3)
    }
    if random.happens(0.35) {
      var place = SIMD3(random.uniform(in: -60...60), -deep, 190)
      for _ in 0..<5 {
        let next = place + SIMD3(random.uniform(in: -35...35), 0, random.uniform(in: -70 ... -25))
        add(rod(place, next, 0.8), .metal)
        place = next
      }
      add(blob(place, SIMD3(5, 1.5, 5)), .metal)
    }
    return scene
  }

  private static func addBones(
    _ scene: inout Scene, width: Double, deep: Double, random: inout CounterRandom
  ) {
    let bone = XRayPhantom.Material.bone.rawValue
    func rod(_ start: SIMD3<Double>, _ end: SIMD3<Double>, _ radius: Double) {
      scene.add(.capsule(Capsule(from: start, to: end, radius: radius)), bone)
    }
    for level in -8...8 {
      let z = Double(level) * 27
      scene.add(
        .blob(Blob(centre: SIMD3(0, deep * 0.55, z), radii: SIMD3(17, 15, 12))), bone)
      rod(SIMD3(0, deep * 0.75, z), SIMD3(0, deep * 0.85, z - 14), 3)
      rod(SIMD3(-24, deep * 0.7, z), SIMD3(24, deep * 0.7, z), 3.5)
    }
    let slope = random.uniform(in: 32...48)
    for level in 0..<9 {
      let top = 138 - Double(level) * 27
      // Ribs reach farther to the side further down.
      let reach = (width - 14) * min(1, 0.6 + 0.1 * Double(level))
      for side in [-1.0, 1] {
        var before: SIMD3<Double>?
        for step in 0...11 {
          let angle = Double(step) / 11 * 2.5
          let place = SIMD3(
            side * reach * sin(angle + 0.12), (deep - 18) * cos(angle),
            top - slope * angle * 0.9)
          if let before { rod(before, place, 4.6) }
          before = place
        }
      }
    }
    for side in [-1.0, 1] {
      rod(SIMD3(side * 18, -deep * 0.7, 126), SIMD3(side * 70, -deep * 0.55, 142), 5.5)
      rod(SIMD3(side * 70, -deep * 0.55, 142), SIMD3(side * 135, -10, 152), 5)
      rod(SIMD3(side * 105, deep * 0.7, 110), SIMD3(side * 85, deep * 0.75, 10), 3)
    }
  }
}

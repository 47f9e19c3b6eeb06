// The beams of an ultrasound probe: samples by depth and beam, and their conversion to a picture.

internal import Datasets
internal import Foundation

/// Straight or fanned beams over a slice.
struct BeamGrid: Sendable {
  let isFanned: Bool
  private let beams: Int
  private let depths: Int
  /// Half of the fan, radians; half of the width, mm, where beams are straight.
  private let spread: Double
  /// From the centre of the fan to the skin, mm.
  private let radius: Double
  private let top: Double
  private let depth: Double

  init(over grid: SceneGrid, random: inout CounterRandom) {
    isFanned = random.happens(0.45)
    beams = max(64, grid.size.x * 5 / 4)
    depths = max(128, grid.size.y * 2)
    top = -grid.extent.y / 2
    depth = grid.extent.y
    radius = isFanned ? random.uniform(in: 0.5...1.2) * depth : 0
    let half = grid.extent.x / 2
    spread =
      isFanned
      ? min(random.uniform(in: 0.45...0.7), asin(min(0.98, half / (radius + depth) * 1.15))) : half
  }

  /// A sample's place in the slice.
  private func point(_ beam: Int, _ sample: Int, height: Double) -> SIMD3<Double> {
    let across = (2 * (Double(beam) + 0.5) / Double(beams) - 1) * spread
    let along = (Double(sample) + 0.5) / Double(depths) * depth
    if !isFanned { return SIMD3(across, top + along, height) }
    let reach = radius + along
    return SIMD3(reach * sin(across), top + reach * cos(across) - radius, height)
  }

  /// The beam and sample of a place, as fractions; nil where no beam goes.
  private func coordinates(_ point: SIMD3<Double>) -> SIMD2<Double>? {
    var across = point.x
    var along = point.y - top
    if isFanned {
      let down = along + radius
      across = atan2(point.x, down)
      along = (point.x * point.x + down * down).squareRoot() - radius
    }
    guard abs(across) <= spread, along >= 0, along <= depth else { return nil }
    return SIMD2(
      (across / spread + 1) / 2 * Double(beams) - 0.5, along / depth * Double(depths) - 0.5)
  }

  /// The magnitudes of the echoes, beams fastest.
  ///
  /// - Parameters:
  ///   - scene: what lies under the probe
  ///   - tissues: by the materials of the scene
  ///   - height: of the slice, mm
  ///   - frequencyMHz: of the pulse
  ///   - axialMM: width of the point spread along a beam
  ///   - lateralMM: its width across, at half the depth
  ///   - compensation: part of the mean attenuation that the machine's gain takes back
  ///   - random: where the scatterers come from
  /// - Returns: the envelope
  func echoes(
    of scene: Scene, _ tissues: [UltrasoundTissue], height: Double, frequencyMHz: Double,
    axialMM: Double, lateralMM: Double, compensation: Double, random: inout CounterRandom
  ) -> Field {
    let size = SIMD3(beams, depths, 1)
    var real = Field(size: size, values: random.normals(beams * depths))
    var imaginary = Field(size: size, values: random.normals(beams * depths))
    let step = depth / Double(depths) / 10 * frequencyMHz
    var strength = [Float](repeating: 0, count: beams * depths)
    let all = Array(scene.parts.indices)
    for beam in 0..<beams {
      // There and back, so the loss counts twice.
      var lossDB = 0.0
      for sample in 0..<depths {
        let part = scene.owner(
          at: point(beam, sample, height: height), among: all)
        let tissue = tissues[part < 0 ? 0 : scene.parts[part].material]
        lossDB += 2 * tissue.attenuation * step
        let gainDB = 2 * 0.55 * step * Double(sample) * compensation
        let level = max(-90, tissue.echoDB - lossDB + gainDB)
        strength[beam + beams * sample] = Float(exp(level / 20 * log(10.0)))
      }
    }
    for index in strength.indices {
      real.values[index] *= strength[index]
      imaginary.values[index] *= strength[index]
    }
    let pitch =
      isFanned ? 2 * spread * (radius + depth / 2) / Double(beams) : 2 * spread / Double(beams)
    let spreadSamples = SIMD3(
      lateralMM / pitch, axialMM / (depth / Double(depths)), 0)
    real = real.blurred(spreadSamples)
    imaginary = imaginary.blurred(spreadSamples)
    var envelope = real
    // The amplifier's own noise, 58 dB below gland.
    let floor: Float = 0.00126
    let first = random.normals(strength.count)
    let second = random.normals(strength.count)
    for index in envelope.values.indices {
      let along = real.values[index] + floor * first[index]
      let across = imaginary.values[index] + floor * second[index]
      envelope.values[index] = (along * along + across * across).squareRoot()
    }
    return envelope
  }

  /// Scan conversion: the envelope between beams and samples, linearly; 0 where no beam goes.
  func converted(_ echoes: Field, onto grid: SceneGrid) -> [Float] {
    var result = [Float](repeating: 0, count: grid.size.x * grid.size.y)
    for y in 0..<grid.size.y {
      for x in 0..<grid.size.x {
        guard let place = coordinates(grid.point(x, y, 0)) else { continue }
        let beam = min(max(place.x, 0), Double(beams - 1))
        let sample = min(max(place.y, 0), Double(depths - 1))
        let left = min(Int(beam), beams - 2)
        let upper = min(Int(sample), depths - 2)
        let across = Float(beam - Double(left))
        let along = Float(sample - Double(upper))
        let base = left + beams * upper
        let first =
          echoes.values[base] * (1 - across) + echoes.values[base + 1] * across
        let second =
          echoes.values[base + beams] * (1 - across) + echoes.values[base + beams + 1] * across
        result[x + grid.size.x * y] = first * (1 - along) + second * along
      }
    }
    return result
  }

  /// The labels where a beam goes; nobody can outline what no beam meets.
  func seen(_ labels: [Int32], on grid: SceneGrid) -> [Int32] {
    var result = labels
    for z in 0..<grid.size.z {
      for y in 0..<grid.size.y {
        for x in 0..<grid.size.x where coordinates(grid.point(x, y, 0)) == nil {
          result[x + grid.size.x * (y + grid.size.y * z)] = 0
        }
      }
    }
    return result
  }
}

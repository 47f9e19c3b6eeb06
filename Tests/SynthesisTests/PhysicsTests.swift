// What physics says about noise, speckle and signals, against the figures of its textbooks.

import Datasets
import Foundation
import Testing

@testable import Synthesis

@Suite("Physics of phantoms")
struct PhysicsTests {
  private func moments(_ values: [Float]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (squares / Double(values.count)).squareRoot())
  }

  @Test func ricianNoiseWithoutSignalIsRayleigh() {
    var random = CounterRandom(seed: 1)
    let empty = Field(size: SIMD3(200, 200, 1))
    let noise = moments(Noise.rician(empty, sigma: 12, random: &random).values)
    #expect(abs(noise.mean / (12 * (Double.pi / 2).squareRoot()) - 1) < 0.01)
    #expect(abs(noise.deviation / (12 * (2 - Double.pi / 2).squareRoot()) - 1) < 0.02)
    let strong = Field(size: empty.size, filledWith: 400)
    let bright = moments(Noise.rician(strong, sigma: 12, random: &random).values)
    #expect(abs(bright.mean - 400.18) < 0.3 && abs(bright.deviation - 12) < 0.2)
  }

  @Test(arguments: [0.4, 3, 11.9, 12.1, 60, 5000])
  func photonsVaryAsTheyAreMany(mean: Double) {
    var random = CounterRandom(seed: 2)
    let counts = (0..<40_000).map { _ in Float(random.poisson(mean)) }
    let met = moments(counts)
    #expect(abs(met.mean - mean) < 5 * (mean / 40_000).squareRoot())
    #expect(abs(met.deviation * met.deviation / mean - 1) < 0.05)
  }

  @Test func filteredNoiseKeepsItsDeviation() {
    var random = CounterRandom(seed: 3)
    var field = Field(size: SIMD3(128, 128, 4), filledWith: 40)
    Noise.addSmooth(
      to: &field, deviation: 15, sigma: SIMD3(0.8, 0.8, 0), random: &random)
    let met = moments(field.values)
    #expect(abs(met.mean - 40) < 0.5 && abs(met.deviation / 15 - 1) < 0.02)
  }

  /// √(4/π − 1) = 0.5227 for fully developed speckle.
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func speckleHasRayleighsContrast(seed: UInt64) {
    var random = CounterRandom(seed: seed)
    let grid = SceneGrid(size: SIMD3(160, 160, 1), spacing: SIMD3(0.3, 0.3, 1))
    var scene = Scene()
    scene.add(.layer(Layer(y: -1e4, slope: 0, waves: [])), 0)
    let even = [UltrasoundTissue(echoDB: 0, attenuation: 0.55)]
    let beams = BeamGrid(over: grid, random: &random)
    let echoes = beams.echoes(
      of: scene, even, height: 0, frequencyMHz: 8, axialMM: 0.15, lateralMM: 0.25, compensation: 1,
      random: &random)
    let met = moments(echoes.values)
    #expect(abs(met.deviation / met.mean - 0.5227) < 0.03)
  }

  /// Behind what swallows sound it is dark, behind a cyst it is bright: by the formula, in dB.
  @Test(arguments: [(1.2, -1.0), (0.0, 1.0)])
  func attenuationCastsShadows(attenuation: Double, sign: Double) {
    var random = CounterRandom(seed: 12)
    let grid = SceneGrid(size: SIMD3(128, 128, 1), spacing: SIMD3(0.35, 0.35, 1))
    var scene = Scene()
    scene.add(.layer(Layer(y: -1e4, slope: 0, waves: [])), 0)
    scene.add(.layer(Layer(y: -8, slope: 0, waves: [])), 1)
    scene.add(.layer(Layer(y: 2, slope: 0, waves: [])), 0)
    let tissues = [
      UltrasoundTissue(echoDB: 0, attenuation: 0.55),
      UltrasoundTissue(echoDB: -20, attenuation: attenuation),
    ]
    let echoes = BeamGrid(over: grid, random: &random).echoes(
      of: scene, tissues, height: 0, frequencyMHz: 6, axialMM: 0.2, lateralMM: 0.3,
      compensation: 1, random: &random)
    let rows = echoes.size.y
    func level(_ part: ClosedRange<Double>) -> Double {
      let samples = Int(part.lowerBound * Double(rows))..<Int(part.upperBound * Double(rows))
      let values = samples.flatMap { row in
        echoes.values[row * echoes.size.x..<(row + 1) * echoes.size.x]
      }
      return 20 * log10(moments(values).mean)
    }
    // Layers cross the beams of a fan at an angle, so the middle parts are left out.
    let change = level(0.75...0.95) - level(0.05...0.2)
    // There and back through 10 mm at 6 MHz.
    let expected = 2 * (0.55 - attenuation) * 1 * 6
    #expect(change * sign > 0 && abs(change - expected) < 2)
  }

  @Test func inversionTakesFluidAway() {
    var random = CounterRandom(seed: 4)
    for _ in 0..<20 {
      let flair = MRSequence(.flair, random: &random)
      #expect(flair.signal(.fluid) < 0.1 * flair.signal(.white))
      #expect(flair.signal(.lesion) > 1.2 * flair.signal(.white))
      let t1 = MRSequence(.t1, random: &random)
      #expect(t1.signal(.white) > t1.signal(.grey) && t1.signal(.grey) > t1.signal(.fluid))
      let t2 = MRSequence(.t2, random: &random)
      #expect(t2.signal(.fluid) > t2.signal(.grey) && t2.signal(.grey) > t2.signal(.white))
    }
  }

  @Test func organsHaveTheirHounsfieldNumbers() throws {
    let source = try PhantomSource(.ct, size: SIMD3(64, 64, 8))
    for index in 0..<2 {
      let item = try source.makeCase(index, seed: 6)
      let size = item.labels.geometry.size
      let values = item.image.voxels.floats
      for (label, name) in [(Int32(2), "kidneyHU")] {
        // Voxels whose neighbours in the slice are all of the label: no partial volume, hardly any blur.
        var inner: [Float] = []
        for z in 0..<size.z {
          for y in 2..<size.y - 2 {
            for x in 2..<size.x - 2 {
              let isInner = (-2...2).allSatisfy { dy in
                (-2...2).allSatisfy { dx in
                  item.labels.labels[x + dx + size.x * (y + dy + size.y * z)] == label
                }
              }
              if isInner { inner.append(values[x + size.x * (y + size.y * z)]) }
            }
          }
        }
        guard inner.count > 12, let expected = item.facts[name], let noise = item.facts["noiseHU"]
        else { continue }
        let limit = 4 * noise / Double(inner.count).squareRoot() + 3
        #expect(abs(moments(inner).mean - expected) < limit, "\(name) \(index)")
      }
      // Air around the patient.
      #expect(abs(Double(values[0]) + 1000) < 6 * (item.facts["noiseHU"] ?? 0))
    }
  }

  @Test func smoothFieldsAreStandardised() {
    var random = CounterRandom(seed: 9)
    let field = Field.smoothNoise(SIMD3(40, 30, 6), cells: SIMD3(4, 3, 1), random: &random)
    let met = moments(field.values)
    #expect(abs(met.mean) < 1e-4 && abs(met.deviation - 1) < 1e-3)
    let steps = zip(field.values, field.values.dropFirst()).enumerated()
      .filter { $0.offset % 40 != 39 }.map { abs($0.element.0 - $0.element.1) }
    #expect((steps.max() ?? 9) < 0.8)
  }

  @Test func vesselsNarrowTowardsTheirTwigs() {
    var random = CounterRandom(seed: 7)
    let attractors = (0..<200).map { _ in
      SIMD2(random.uniform(in: -1...1), random.uniform(in: 0...2))
    }
    let tree = VesselTree(
      trunks: [[SIMD2(0, 0), SIMD2(0, 0.05)]], attractors: attractors,
      settings: VesselTree.Settings(influence: 3, kill: 0.1, step: 0.05, tip: 1), random: &random)
    #expect(tree.points.count > 100)
    for node in tree.points.indices where tree.parents[node] >= 0 {
      #expect(tree.radii[node] <= tree.radii[tree.parents[node]] + 1e-9)
    }
    // Murray: the cube of the root's radius counts the twigs.
    let inner = Set(tree.parents)
    let tips = tree.points.indices.count { !inner.contains($0) }
    #expect(abs(pow(tree.radii[0], 3) - Double(tips)) < 1e-6)
    // Places that were to be reached were reached.
    let missed = attractors.count { place in
      !tree.points.contains { (($0 - place) * ($0 - place)).sum() < 0.15 * 0.15 }
    }
    #expect(missed < 10)
  }
}

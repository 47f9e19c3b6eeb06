// Intensity formulae, statistics and quantiles against worked answers.

import Imaging
import Testing

@Suite struct IntensityTests {
  @Test func minMax() {
    #expect(Intensity.minMax([2, 4, 6]) == [0, 0.5, 1])
    #expect(Intensity.minMax([2, 4, 6], to: -1...1) == [-1, 0, 1])
    #expect(Intensity.minMax([5, 5]) == [0, 0])
    #expect(Intensity.minMax([]) == [])
    let mixed = Intensity.minMax([0, .nan, 10, .infinity])
    #expect(mixed[0] == 0 && mixed[1].isNaN && mixed[2] == 1 && mixed[3] == .infinity)
    let extreme = Intensity.minMax([-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude])
    #expect(extreme == [0, 0.5, 1])
  }

  @Test func quantile() throws {
    let values = (0...100).map(Float.init)
    let scaled = try Intensity.quantile(values, fractions: 0.1...0.9)
    #expect(scaled[0] == 0 && scaled[10] == 0 && scaled[50] == 0.5 && scaled[90] == 1)
    #expect(scaled[100] == 1)
    #expect(try Intensity.quantile([7, 7, 7]) == [0, 0, 0])
    #expect(try Intensity.quantile([0, 0, 0, 0, 9], fractions: 0...0.5) == [0, 0, 0, 0, 1])
    #expect(throws: ImagingError.self) { try Intensity.quantile([.nan]) }
    #expect(throws: ImagingError.self) { try Intensity.quantile([1], fractions: -1...0.5) }
  }

  @Test func zeroMeanUnitVariance() {
    let values = Intensity.zeroMeanUnitVariance([1, 2, 3, 4])
    let expected: [Float] = [-1.3416408, -0.4472136, 0.4472136, 1.3416408]
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(Intensity.zeroMeanUnitVariance([0.1, 0.1, 0.1]) == [0, 0, 0])
  }

  @Test func window() throws {
    let values = try Intensity.window(
      [-1000, -160, 40, 240, 3000, .infinity], centre: 40, width: 400)
    #expect(values == [0, 0, 0.5, 1, 1, 1])
    #expect(throws: ImagingError.self) { try Intensity.window([1], centre: 0, width: 0) }
    #expect(throws: ImagingError.self) { try Intensity.window([1], centre: .nan, width: 1) }
  }

  @Test func quantilesAsNumPy() throws {
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], [0, 0.1, 0.25, 0.5, 0.9, 1])
    let volume = Volume(
      geometry: Geometry(size: SIMD3(8, 1, 1)), voxels: .int16([3, 1, 4, 1, 5, 9, 2, 6]))
    let met = try volume.quantiles([0, 0.1, 0.25, 0.5, 0.9, 1])
    let expected = [1.0, 1.0, 1.75, 3.5, 6.9, 9.0]
    #expect(zip(met, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    let figures = try #require(volume.statistics)
    #expect(figures.mean == 3.875 && figures.minimum == 1 && figures.maximum == 9)
    #expect(abs(figures.standardDeviation - 2.5708704751503917) < 1e-12)
  }

  @Test func quickselectIsSorting() throws {
    var generator = SeededGenerator(state: 3)
    for count in [1, 2, 3, 17, 400] {
      let values = (0..<count).map { _ in Float(Int.random(in: 0...50, using: &generator)) }
      let volume = Volume(geometry: Geometry(size: SIMD3(count, 1, 1)), voxels: .float32(values))
      let places = (0..<count).map { count == 1 ? 0 : Double($0) / Double(count - 1) }
      let sorted = values.sorted().map(Double.init)
      let met = try volume.quantiles(places)
      #expect(zip(met, sorted).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  @Test func channels() throws {
    let volume = Volume(
      geometry: Geometry(size: SIMD3(2, 1, 1)), channels: 3,
      voxels: .uint8([255, 0, 0, 10, 20, 30]))
    let grey = try volume.floats()
    #expect(abs(grey[0] - 76.245) < 1e-3 && abs(grey[1] - 18.15) < 1e-3)
    #expect(try volume.floats(.channel(2)) == [0, 30])
    #expect(try volume.channel(1).voxels == .uint8([0, 20]))
    #expect(throws: ImagingError.self) { try volume.floats(.channel(3)) }
    #expect(volume.value(atVoxel: SIMD3(2, 0, 0)) == nil)
  }
}

// Every transform, with its parameters given, beside nnU-Net's own.

import Datasets
import Testing

@testable import Training

@Suite("Augmentation beside nnU-Net's")
struct AugmentationGoldenTests {
  let golden: AugmentationGolden

  init() throws { golden = try #require(AugmentationGolden.shared) }

  @Test func rotationAndScaling() throws {
    for expected in golden.spatial {
      var patch = try golden.patch(expected.input)
      let transform = SpatialTransform(patchSize: expected.size, isPlanar: expected.planar)
      // A flat rotation goes by the last angle there and by the first here.
      let isFlat = expected.planar || expected.size.count == 2
      let angles = isFlat ? [expected.angles[expected.angles.count - 1], 0, 0] : expected.angles
      transform.apply(.init(angles: angles, scale: expected.scale, isRotated: true), to: &patch)
      #expect(patch.shape == expected.size)
      #expect(largestDifference(patch.image, expected.image) < 2e-5)
      let others = zip(patch.labels, expected.labels).count { $0 != $1 }
      // Near ties may fall to either side of float32's rounding.
      #expect(others <= expected.labels.count / 500, "\(others) of \(expected.labels.count)")
    }
  }

  @Test func blur() throws {
    for expected in golden.blur {
      var patch = try golden.patch(expected.input)
      GaussianBlur().blur(0, expected.sigmas, of: &patch)
      #expect(largestDifference(patch.image, expected.scipy) < 1e-4)
      #expect(largestDifference(patch.image, expected.nnunet) < 1e-4)
    }
  }

  @Test func brightness() throws {
    for expected in golden.brightness {
      var patch = try golden.patch(expected.input)
      Brightness().multiply(0, by: try #require(expected.factor), of: &patch)
      #expect(largestDifference(patch.image, expected.image) < 1e-4)
    }
  }

  @Test func contrast() throws {
    for expected in golden.contrast {
      var patch = try golden.patch(expected.input)
      Contrast().stretch(0, by: try #require(expected.factor), of: &patch)
      #expect(largestDifference(patch.image, expected.image) < 1e-4)
    }
  }

  @Test func lowResolution() throws {
    for expected in golden.lowResolution {
      var patch = try golden.patch(expected.input)
      LowResolution(isPlanar: expected.planar ?? false)
        .coarsen(0, to: try #require(expected.resolution), of: &patch)
      #expect(largestDifference(patch.image, expected.image) < 1e-4)
    }
  }

  @Test func gamma() throws {
    for expected in golden.gamma {
      var patch = try golden.patch(expected.input)
      Gamma(
        isInverted: expected.inverted == true, keepsMoments: expected.keeps == true
      ).bend(0, by: try #require(expected.exponent), of: &patch)
      #expect(largestDifference(patch.image, expected.image) < 1e-4)
    }
  }

  @Test func deepSupervision() throws {
    var random = CounterRandom(seed: 0)
    for expected in golden.deepSupervision {
      var patch = try golden.patch(expected.input)
      DeepSupervision(scales: expected.scales).apply(to: &patch, random: &random)
      #expect(patch.targets.map(\.shape) == expected.targets.map(\.shape))
      #expect(patch.targets.map(\.labels) == expected.targets.map(\.labels))
    }
  }

  @Test func masksGrowAndShrink() throws {
    let operators: [String: BinaryOperation.Operator] = [
      "dilation": .dilation, "erosion": .erosion, "closing": .closing, "opening": .opening,
    ]
    for expected in golden.morphology {
      let patch = try golden.patch(expected.input)
      let mask = patch.labels.map { UInt8($0 >= 2 ? 1 : 0) }
      let result = BinaryOperation.result(
        of: try #require(operators[expected.operator]), expected.radius, mask,
        Patch.extents(patch.shape))
      #expect(result == expected.mask, "\(expected.operator) by \(expected.radius)")
    }
  }

  @Test func connectedPieces() throws {
    for expected in golden.pieces {
      let patch = try golden.patch(expected.input)
      let mask = patch.labels.map { UInt8($0 == expected.label ? 1 : 0) }
      #expect(
        ComponentRemoval.pieces(of: mask, Patch.extents(patch.shape)).sizes == expected.sizes)
    }
  }

  @Test func initialPatchSizes() {
    for expected in golden.initialPatchSizes {
      let augmentation = Augmentation.standard(patchSize: expected.patch)
      #expect(augmentation.initialPatchSize == expected.initial)
      #expect(Augmentation.rotationDegrees(expected.patch) == expected.degrees)
      #expect(augmentation.spatial.isPlanar == expected.planar)
    }
  }
}

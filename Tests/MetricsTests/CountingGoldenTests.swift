// The same cases scored by other libraries; `Golden/counting.py` wrote the values.

import Foundation
import Metrics
import Testing

@Suite struct CountingGoldenTests {
  private struct Golden: Decodable {
    struct Counting: Decodable {
      let size: [Int]
      let prediction: [Int32]
      let reference: [Int32]
      let values: [String: Double?]
      let components: [String: Int]
    }

    struct Objects: Decodable {
      let size: [Int]
      let prediction: [Int32]
      let reference: [Int32]
      let monaiCounts: [String: [Double]]
      let monai: [String: Double?]
      let reloadedCounts: [Int]
      let reloadedQuality: Double?

      enum CodingKeys: String, CodingKey {
        case size
        case prediction
        case reference
        case monaiCounts = "MONAI counts"
        case monai = "MONAI"
        case reloadedCounts = "MetricsReloaded counts"
        case reloadedQuality = "MetricsReloaded pq"
      }
    }

    struct Lesions: Decodable {
      let size: [Int]
      let prediction: [Int32]
      let reference: [Int32]
      let sensitivity: Double
      let falsePositiveRate: Double

      enum CodingKeys: String, CodingKey {
        case size
        case prediction
        case reference
        case sensitivity = "MedPy sensitivity"
        case falsePositiveRate = "MedPy false-positive rate"
      }
    }

    struct Probabilities: Decodable {
      let probabilities: [Float]
      let reference: [UInt8]
      let values: [String: Double?]
    }

    let counting: [Counting]
    let instances: [Objects]
    let lesions: [Lesions]
    let probabilities: [Probabilities]
  }

  private let golden: Golden

  init() throws {
    let file = Bundle.module.bundleURL.appendingPathComponent("Golden/counting.json")
    golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  @Test func voxelCounts() throws {
    for item in golden.counting {
      let table = try OverlapTable(prediction: item.prediction, reference: item.reference)
      let volumes = table[1].volumeDifference(voxelVolume: 1)
      let ours: [String: Double?] = [
        "sensitivity": table[1].sensitivity(), "specificity": table.specificity(of: 1),
        "precision": table[1].precision(), "relative-volume": volumes.relative,
        "absolute-relative-volume": volumes.absoluteRelative,
        "volume-similarity": table[1].volumeSimilarity(),
      ]
      for (name, value) in item.values {
        let metric = try #require(name.split(separator: " ").last)
        let found = try #require(ours[String(metric)])
        // MetricsReloaded's precision is computed in 32 bits.
        #expect(agree(found, value, within: 1e-6), "\(name)")
      }
    }
  }

  @Test func componentCounts() throws {
    for item in golden.counting {
      for connectivity in Connectivity.allCases {
        let found = try Instances.components(
          of: item.reference, size: SIMD3(item.size[0], item.size[1], item.size[2]),
          connectivity: connectivity)
        #expect(found.all.count == item.components[connectivity.rawValue])
      }
    }
  }

  @Test func matches() throws {
    for item in golden.instances {
      let overlaps = try InstanceOverlaps(prediction: item.prediction, reference: item.reference)
      for (threshold, counts) in item.monaiCounts {
        let matching = try overlaps.matching(
          .init(threshold: #require(Double(threshold)), assignment: .largestOverlap))
        let found = [
          Double(matching.truePositives), Double(matching.falsePositives.count),
          Double(matching.falseNegatives.count), matching.iouSum,
        ]
        #expect(agree(found, counts, within: 1e-6), "above \(threshold)")
      }
      let matching = try overlaps.matching()
      let counts = [
        matching.truePositives, matching.falsePositives.count, matching.falseNegatives.count,
      ]
      #expect(counts == item.reloadedCounts)
    }
  }

  @Test func panopticQuality() throws {
    for item in golden.instances {
      let matching = try InstanceOverlaps(
        prediction: item.prediction, reference: item.reference
      ).matching()
      #expect(agree(matching.panopticQuality(), item.reloadedQuality, within: 1e-6))
      #expect(agree(matching.panopticQuality(), item.monai["pq"] ?? nil, within: 1e-6))
      #expect(agree(matching.recognitionQuality(), item.monai["rq"] ?? nil, within: 1e-6))
      // Without a match and without the smoothing term MONAI divides zero by zero.
      if let quality = item.monai["sq"] ?? nil {
        #expect(agree(matching.segmentationQuality(), quality, within: 1e-6))
      } else {
        #expect(matching.segmentationQuality() == 0)
      }
    }
  }

  @Test func lesions() throws {
    for item in golden.lesions {
      let size = SIMD3(item.size[0], item.size[1], item.size[2])
      let found = try InstanceOverlaps(
        prediction: .components(of: item.prediction, size: size),
        reference: .components(of: item.reference, size: size)
      ).lesions()
      #expect(agree(found.sensitivity(), item.sensitivity))
      #expect(
        agree(Double(found.falsePositives) / Double(found.predictions), item.falsePositiveRate))
    }
  }

  @Test func probabilities() throws {
    for item in golden.probabilities {
      let (p, r) = (item.probabilities, item.reference)
      let closed = Calibration.Options(excludesZero: true)
      let left = Calibration.Options(edges: .leftClosed)
      let brier = try Brier.score(probabilities: p, reference: r)
      let auroc = try AUROC.score(probabilities: p, reference: r)
      let ours: [String: Double?] = [
        "MetricsReloaded ece":
          try Calibration(probabilities: p, reference: r, options: closed).expectedError,
        "MONAI ece right=False": try Calibration(probabilities: p, reference: r).expectedError,
        "MONAI ece right=True":
          try Calibration(probabilities: p, reference: r, options: left).expectedError,
        "MetricsReloaded brier": try Brier.score(probabilities: p, reference: r, classes: .both),
        "scikit-learn brier": brier, "MetricsReloaded auroc": auroc, "scikit-learn auroc": auroc,
        "MONAI auroc": auroc,
      ]
      for (name, value) in item.values {
        #expect(agree(try #require(ours[name]), value, within: 1e-6), "\(name)")
      }
    }
  }
}

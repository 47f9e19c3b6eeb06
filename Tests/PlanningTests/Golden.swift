// Numbers of nnunetv2 as its planners and our manifests write them down.

import Datasets
import Foundation
import Planning
import TestSupport
import Testing

struct Golden: Decodable {
  struct Dataset: Decodable {
    let spacings: [[Double]]
    let shapes: [[Double]]
    let channels: [String]
    let classes: Int
    let relative: Double

    var fingerprint: Fingerprint {
      Golden.fingerprint(
        spacings: spacings, shapes: shapes.map { $0.map { Int($0) } }, channels: channels.count,
        relativeSize: relative)
    }

    func description(_ reader: String) -> DatasetDescription {
      Golden.description(
        classes: classes, channels: channels,
        ending: reader == "NaturalImage2DIO" ? ".png" : ".nii.gz")
    }
  }

  struct Made: Decodable, Sendable, CustomTestStringConvertible {
    let dataset: String
    let planner: String
    let gigabytes: Double?
    let plan: Plan

    var testDescription: String {
      "\(dataset), \(planner)\(gigabytes.map { ", \($0) GB" } ?? "")"
    }

    var kind: Planner.Kind {
      get throws {
        if planner == "plain" { return .plain }
        let size = planner.split(separator: "-").last.flatMap { Planner.Size(rawValue: String($0)) }
        return .residualEncoder(try #require(size))
      }
    }
  }

  struct Plan: Decodable, Sendable {
    let plansName: String
    let medianSpacing: [Double]
    let medianShape: [Double]
    let transposeForward: [Int]
    let transposeBackward: [Int]
    let reader: String
    let planner: String
    let configurations: [String: Numbers]
  }

  struct Numbers: Decodable, Sendable {
    let dataIdentifier: String?
    let batchSize: Int?
    let patchSize: [Int]?
    let spacing: [Double]?
    let median: [Double]?
    let normalisation: [String]?
    let mask: [Bool]?
    let batchDice: Bool?
    let features: [Int]?
    let kernels: [[Int]]?
    let strides: [[Int]]?
    let blocks: [Int]?
    let decoder: [Int]?
    let inheritsFrom: String?
    let previousStage: String?

    func check(_ met: PlannedConfiguration, entry: Plans.Entry?) throws {
      if inheritsFrom != nil {
        #expect(entry?.inheritsFrom == inheritsFrom)
        #expect(met.previousStage == previousStage)
        return
      }
      #expect(met.dataIdentifier == dataIdentifier)
      #expect(met.batchSize == batchSize)
      #expect(met.patchSize == patchSize)
      #expect(met.spacing == spacing)
      #expect(met.medianImageSize == median)
      #expect(met.normalisation.map(\.rawValue) == normalisation)
      #expect(met.usesMaskForNormalisation == mask)
      #expect(met.batchDice == batchDice)
      #expect(met.architecture.features == features)
      #expect(met.architecture.kernels == kernels)
      #expect(met.architecture.strides == strides)
      #expect(met.architecture.encoderBlocks == blocks)
      #expect(met.architecture.decoderConvolutions == decoder)
    }
  }

  let madeWith: [String: String]
  let datasets: [String: Dataset]
  let plans: [Made]

  static func fingerprint(
    spacings: [[Double]], shapes: [[Int]], channels: Int, relativeSize: Double = 1
  ) -> Fingerprint {
    let properties = IntensityProperties(
      max: 300, mean: 100.5, median: 99, min: -20, percentile005: -10, percentile995: 250,
      std: 40.25)
    let intensities = (0..<channels).map { (String($0), properties) }
    return Fingerprint(
      spacings: spacings, shapesAfterCrop: shapes,
      foregroundIntensities: Dictionary(uniqueKeysWithValues: intensities),
      medianRelativeSizeAfterCropping: relativeSize)
  }

  static func description(
    classes: Int, channels: [String], ending: String = ".nii.gz"
  ) -> DatasetDescription {
    let labels = (0..<classes).map { (Int32($0), $0 == 0 ? "background" : "c\($0)") }
    return DatasetDescription(
      labels: Dictionary(uniqueKeysWithValues: labels), fileEnding: ending,
      channelNames: channels)
  }

  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden")
    return folder.appendingPathComponent(name).path
  }

  static func load() throws -> Golden {
    let data = try Data(contentsOf: URL(fileURLWithPath: path("plans.json")))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Golden.self, from: data)
  }
}

/// The part of a model manifest that tells of plans.
struct Manifest: Decodable {
  struct Entry: Decodable {
    struct Numbers: Decodable {
      let patchSize: [Int]
      let batchSize: Int
      let features: [Int]
      let kernels: [[Int]]
      let strides: [[Int]]
      let normalisation: [String]

      enum CodingKeys: String, CodingKey {
        case patchSize = "patch_size"
        case batchSize = "batch_size"
        case kernels = "kernel_sizes"
        case features
        case strides
        case normalisation
      }
    }

    let spacing: [Double]
    let shape: [Int]
    let cases: Int
    let channels: [String]
    let classes: Int
    let plans: [String: [String: Numbers]]

    enum CodingKeys: String, CodingKey {
      case shape = "median_shape"
      case spacing
      case cases
      case channels
      case classes
      case plans
    }

    var fingerprint: Fingerprint {
      Golden.fingerprint(spacings: [spacing], shapes: [shape], channels: channels.count)
    }

    var description: DatasetDescription {
      Golden.description(classes: classes, channels: channels)
    }
  }

  let goldens: [String: Entry]

  enum CodingKeys: String, CodingKey {
    case goldens = "planner_golden"
  }
}

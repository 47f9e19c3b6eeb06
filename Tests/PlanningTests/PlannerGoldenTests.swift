// Plans against those of nnunetv2, member by member.

import Datasets
import Foundation
import Planning
import TestSupport
import Testing

@Suite struct PlannerGoldenTests {
  /// Made by `Golden/make_plans.py` with nnunetv2 2.8.1.
  static let golden = try? Golden.load()

  @Test func goldenNumbersArePresent() throws {
    let golden = try #require(Self.golden)
    #expect(golden.plans.count == 60)
    #expect(golden.madeWith["nnunetv2"] == "2.8.1")
  }

  @Test(arguments: golden?.plans ?? [])
  func equalsNNUNet(_ expected: Golden.Made) throws {
    let golden = try #require(Self.golden)
    let dataset = try #require(golden.datasets[expected.dataset])
    let planner = Planner(kind: try expected.kind, memoryGB: expected.gigabytes)
    let plans = try planner.plan(dataset.fingerprint, dataset.description(expected.plan.reader))
    #expect(plans.plansName == expected.plan.plansName)
    #expect(plans.experimentPlannerUsed == expected.plan.planner)
    #expect(plans.imageReaderWriter == expected.plan.reader)
    #expect(plans.transposeForward == expected.plan.transposeForward)
    #expect(plans.transposeBackward == expected.plan.transposeBackward)
    #expect(plans.originalMedianSpacing == expected.plan.medianSpacing)
    #expect(plans.originalMedianShape == expected.plan.medianShape)
    #expect(Set(plans.configurations.keys) == Set(expected.plan.configurations.keys))
    for (name, numbers) in expected.plan.configurations {
      try numbers.check(plans.configuration(name), entry: plans.configurations[name])
    }
  }

  /// The same rules for the data sets of the model manifests.
  ///
  /// These were planned with the limit of 5 % of the voxels per batch for all kinds. nnunetv2 2.8.1 lifts it for
  /// its residual encoders, which changes six batch sizes and nothing else.
  @Test(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
  func equalsTheManifests() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Shared.path("zoo/nnunet-3d.json")))
    let manifest = try JSONDecoder().decode(Manifest.self, from: data)
    #expect(manifest.goldens.count == 5)
    let kinds: [String: Planner.Kind] = [
      "plain": .plain, "ResEncM": .residualEncoder(.m), "ResEncL": .residualEncoder(.l),
    ]
    var lifted = 0
    for (dataset, golden) in manifest.goldens {
      for (kind, configurations) in golden.plans {
        let planner = Planner(kind: try #require(kinds[kind]), largestBatchShare: 0.05)
        let plans = try planner.plan(
          golden.fingerprint, golden.description, caseCount: golden.cases)
        let asShipped = try Planner(kind: planner.kind).plan(
          golden.fingerprint, golden.description, caseCount: golden.cases)
        for (name, expected) in configurations {
          let met = try plans.configuration(name)
          var shipped = try asShipped.configuration(name)
          if shipped.batchSize != met.batchSize { lifted += 1 }
          shipped.batchSize = met.batchSize
          #expect(shipped == met)
          let place: Comment = "\(dataset), \(kind), \(name)"
          #expect(met.patchSize == expected.patchSize, place)
          #expect(met.batchSize == expected.batchSize, place)
          #expect(met.architecture.features == expected.features, place)
          #expect(met.architecture.kernels == expected.kernels, place)
          #expect(met.architecture.strides == expected.strides, place)
          #expect(met.normalisation.map(\.rawValue) == expected.normalisation, place)
        }
      }
    }
    #expect(lifted == 6)
  }
}

// A participant made ready: its weights loaded, its way of answering chosen, its size known.

import Imaging
import Models
import Prompts
import Segmentation
import Tensors

/// What a participant answers with.
final class Team {
  let contestant: any Contestant
  /// Learned values; nil for what is no network.
  let parameters: Int?
  let precision: String?
  private let entry: RegisteredModel?
  private var counted: [[[Int]]: RegisteredModel.Operations?] = [:]

  /// - Throws: ``StudyError/entrantFailed(name:reason:)`` when it cannot be made ready.
  init(_ participant: StudyPlan.Participant, in plan: StudyPlan) throws {
    do {
      switch participant.kind {
      case .predictions:
        contestant = MasksContestant(plan: plan, participant: participant)
        (entry, parameters, precision) = (nil, nil, nil)
      case .baseline:
        contestant = try Self.baseline(participant, in: plan)
        (entry, parameters, precision) = (nil, nil, nil)
      case .trained:
        let model = try Self.trained(participant, precision: plan.study.precision)
        contestant = TrainedContestant(
          model, labels: participant.labels.values, scored: plan.labels.count,
          postprocessing: try Postprocessing.decided(for: participant.weights ?? ""))
        (entry, parameters) = (nil, model.parameters * model.folds.count)
        precision = model.precision.rawValue
      case .dense, .promptable, .inContext:
        let entry = try Registry.model(participant.entrant.model ?? "")
        let loaded = try Self.load(entry, participant, precision: plan.study.precision)
        self.entry = entry
        parameters = entry.parameters
        precision = loaded.precision.rawValue
        contestant = try Self.network(loaded.model, entry, participant, in: plan)
      }
    } catch {
      throw StudyError.entrantFailed(name: participant.name, reason: String(describing: error))
    }
  }

  /// Operations for one image by the network's architecture; nil where they cannot be counted.
  func operations(for inputs: [[Int]]) -> RegisteredModel.Operations? {
    guard let entry else { return nil }
    if let known = counted[inputs] { return known }
    let found = try? entry.operations(forInputs: inputs)
    counted[inputs] = .some(found)
    return found
  }

  private static func trained(
    _ participant: StudyPlan.Participant, precision name: String
  ) throws -> SelfConfiguredModel {
    let path = participant.weights ?? ""
    guard let exact = Precision(rawValue: name) else {
      return try SelfConfiguredModel(contentsOf: path)
    }
    do {
      return try SelfConfiguredModel(contentsOf: path, precision: .exactly(exact))
    } catch is PrecisionError {
      // A precision that it does not have is for those of the study that do.
      return try SelfConfiguredModel(contentsOf: path, precision: .exactly(.fp32))
    }
  }

  private static func load(
    _ entry: RegisteredModel, _ participant: StudyPlan.Participant, precision name: String
  ) throws -> ModelStore.Loaded {
    let precision: PrecisionChoice =
      Precision(rawValue: name).map { .exactly($0) } ?? .automatic
    // A precision that a network does not have is for those of the study that do.
    let choice =
      entry.takesPrompts || precision == .automatic ? precision : .exactly(.fp32)
    return participant.isUntrained
      ? try ModelStore().untrained(entry, precision: choice)
      : try ModelStore().load(entry, weights: participant.weights, precision: choice)
  }

  private static func network(
    _ model: any Model, _ entry: RegisteredModel, _ participant: StudyPlan.Participant,
    in plan: StudyPlan
  ) throws -> any Contestant {
    switch participant.kind {
    case .inContext:
      InContextContestant(model, entry: entry, plan: plan, levels: participant.levels)
    case .promptable: try promptable(model, entry, participant, in: plan)
    default:
      DenseContestant(
        segmenter: try DenseSegmenter(model, entry: entry), labels: participant.labels.values)
    }
  }

  private static func promptable(
    _ model: any Model, _ entry: RegisteredModel, _ participant: StudyPlan.Participant,
    in plan: StudyPlan
  ) throws -> any Contestant {
    let readsMasks = (model as? any PromptableModel)?.readsMasks ?? true
    let sessions = try PromptSessions(model, entry: entry)
    let everything =
      model is any PromptableModel ? try AutomaticMasks(model, entry: entry) : nil
    let points = AutomaticMasks.Settings().pointsPerSide
    return PromptableContestant(
      plan: plan, levels: participant.levels,
      prepare: { image in
        // The whole volume decides how bright a slice is shown, so it is looked at once; networks that look
        // in views see each by its own brightness.
        let shown = everything == nil ? image : try image.shown()
        let size = image.geometry.size
        return { slice in
          // No cache of embeddings: what a study measures includes reading the image.
          NetworkResponder(
            session: try sessions.open(shown, slice: slice),
            readsMasks: readsMasks, width: size.x, height: size.y)
        }
      },
      automatic: everything.map { everything in
        { image, answer in
          var labels = [Int32](repeating: 0, count: image.geometry.count)
          var found: Int32 = 0
          for slice in 0..<image.geometry.size.z {
            var stopwatch = Stopwatch()
            let masks = try answer.meter.measure("everything") {
              try everything.masks(in: image, slice: slice, stopwatch: &stopwatch)
            }
            let map = masks.labelMap(on: image.geometry, slice: slice)
            for (index, value) in map.labels.enumerated() where value > 0 {
              labels[index] = value + found
            }
            found += Int32(clamping: masks.count)
            answer.work.imagesRead += 1
            answer.work.promptsDecoded += points * points
          }
          return labels
        }
      })
  }
}

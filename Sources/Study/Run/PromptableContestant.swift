// Networks and baselines that answer prompts, led through all levels by a simulated user.

import Imaging
import Models
import Prompts
import Segmentation
import Tensors

/// Something that answers prompts on one slice it has read.
protocol SliceResponder {
  /// One answer for each set of prompts; `earlier` are the answers to fewer prompts for the same objects.
  mutating func answers(
    to prompts: [PromptSet], earlier: [SliceAnswer?]
  ) throws -> [SliceAnswer]
}

/// The answer for one object on a slice.
struct SliceAnswer: Sendable {
  let mask: SliceMask
  /// The network's own scores, to go on from.
  var scores: CoarseScores?
}

/// A participant that answers prompts.
struct PromptableContestant<Responder: SliceResponder>: Contestant {
  let plan: StudyPlan
  let levels: [PromptLevel]
  /// Makes an image ready, and then reads its slices.
  let prepare: (Volume) throws -> (Int) throws -> Responder
  /// Answers without any prompt, where that is asked for: numbers of objects.
  let automatic: ((Volume, inout CaseAnswer) throws -> [Int32])?

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    let objects = try PromptedObjects(plan, item, in: reference)
    let empty = [Int32](repeating: 0, count: image.geometry.count)
    let numbers = plan.instances && plan.study.objects != .label
    var drawing = Drawing(
      answers: levels.map {
        CaseAnswer(level: $0, labels: empty, instances: numbers ? empty : nil)
      }, size: image.geometry.size)
    var reading = StageMeter()
    var slices = 0
    if levels.contains(where: { $0 != .none }) {
      let read = try reading.measure("prepare") { try prepare(image) }
      for slice in objects.slices {
        let here = try objects.on(slice: slice)
        var responder = try reading.measure("embed") { try read(slice) }
        slices += 1
        prompt(here, objects, &responder, slice, &drawing)
      }
    }
    for index in levels.indices {
      if levels[index] == .none {
        everything(in: image, &drawing.answers[index])
      } else {
        // What is read once serves every level; each is told the whole price of its answer.
        drawing.answers[index].meter.add(reading)
        drawing.answers[index].work.imagesRead = slices
      }
    }
    return drawing.answers
  }

  /// All levels of prompts on a slice; one that fails does not cost the others their answers.
  private func prompt(
    _ here: [PromptedObject], _ objects: PromptedObjects, _ responder: inout Responder,
    _ slice: Int, _ drawing: inout Drawing
  ) {
    let user = SimulatedUser(seed: plan.study.seed)
    clicks(on: here, objects, user, &responder, slice, &drawing)
    for (index, level) in levels.enumerated()
    where level.clicks == nil && level != .none && drawing.answers[index].failure == nil {
      let prompts = here.map { user.prompts(at: level, on: $0.truth, of: $0.key) ?? PromptSet() }
      do {
        let found = try drawing.answers[index].meter.measure("prompt") {
          try responder.answers(to: prompts, earlier: prompts.map { _ in nil })
        }
        drawing.answers[index].work.promptsDecoded += prompts.count
        drawing.add(
          found, for: here, at: index, slice: slice, interactions: here.count * level.interactions)
      } catch { drawing.answers[index].failure = oneLine(error) }
    }
  }

  /// All levels of clicks in one go: the first click on every object, then the corrections, one by one.
  private func clicks(
    on here: [PromptedObject], _ objects: PromptedObjects, _ user: SimulatedUser,
    _ responder: inout Responder, _ slice: Int, _ drawing: inout Drawing
  ) {
    var wanted = levels.enumerated().compactMap { index, level in
      drawing.answers[index].failure == nil ? level.clicks.map { (index: index, count: $0) } : nil
    }
    var given = here.map { _ in [PointPrompt]() }
    var answers = [SliceAnswer?](repeating: nil, count: here.count)
    var step = 0
    while let most = wanted.map(\.count).max(), step < most {
      step += 1
      var meter = StageMeter()
      do {
        var active: [Int] = []
        for (number, object) in here.enumerated() {
          let next =
            if let answer = answers[number] {
              try user.nextPoint(
                prediction: objects.judged(answer.mask, onSlice: slice), truth: object.truth,
                clicked: given[number])
            } else { user.firstPoint(on: object.truth, of: object.key) }
          guard let next else { continue }
          given[number].append(next)
          active.append(number)
        }
        let found = try meter.measure("prompt") {
          try responder.answers(
            to: active.map { PromptSet(points: given[$0]) }, earlier: active.map { answers[$0] })
        }
        for (number, answer) in zip(active, found) { answers[number] = answer }
        for (index, count) in wanted {
          drawing.answers[index].meter.add(meter)
          drawing.answers[index].work.promptsDecoded += active.count
          if count == step {
            let complete = here.indices.filter { answers[$0] != nil }
            drawing.add(
              complete.compactMap { answers[$0] }, for: complete.map { here[$0] }, at: index,
              slice: slice, interactions: given.reduce(0) { $0 + $1.count })
          }
        }
        wanted.removeAll { $0.count == step }
      } catch {
        for (index, _) in wanted { drawing.answers[index].failure = oneLine(error) }
        return
      }
    }
  }

  /// Everything in the image, without a prompt. Objects are found slice by slice, so that in a volume only
  /// their union means something and the connected pieces of it are the objects.
  private func everything(in image: Volume, _ answer: inout CaseAnswer) {
    guard let automatic else {
      answer.failure = "it needs prompts"
      return
    }
    do {
      let found = try automatic(image, &answer)
      answer.labels = found.map { $0 > 0 ? plan.labels.first?.value ?? 1 : 0 }
      answer.instances = image.geometry.size.z == 1 ? found : nil
    } catch { answer.failure = oneLine(error) }
  }
}

/// Answers that are drawn into label maps object by object; later objects lie over earlier ones.
private struct Drawing {
  var answers: [CaseAnswer]
  let size: SIMD3<Int>

  mutating func add(
    _ found: [SliceAnswer], for objects: [PromptedObject], at index: Int, slice: Int,
    interactions: Int
  ) {
    let start = slice * size.x * size.y
    answers[index].interactions += interactions
    for (answer, object) in zip(found, objects) {
      for (pixel, value) in answer.mask.pixels.enumerated() where value > 0 {
        answers[index].labels[start + pixel] = object.key.label
        answers[index].instances?[start + pixel] = object.number
      }
    }
  }
}

extension PromptLevel {
  /// Number of clicks at this level; nil where it consists of something else.
  var clicks: Int? {
    switch self {
    case .point: 1
    case .points(let count): count
    default: nil
    }
  }
}

/// A promptable network on a slice.
struct NetworkResponder: SliceResponder {
  let session: any PromptSession
  let readsMasks: Bool
  let width: Int
  let height: Int

  /// A single click may mean a part or the whole, so that the most confident of three masks counts, as in
  /// SAM's own evaluation; further prompts get the one mask, and the scores of the answer before them.
  func answers(
    to prompts: [PromptSet], earlier: [SliceAnswer?]
  ) throws -> [SliceAnswer] {
    let objects = zip(prompts, earlier).map { prompt, earlier in
      ObjectPrompt(
        points: prompt.points, box: prompt.box, scribbles: prompt.scribbles,
        mask: readsMasks ? earlier?.scores : nil)
    }
    var answers = [SliceAnswer?](repeating: nil, count: prompts.count)
    let isAmbiguous = prompts.map { $0.box == nil && $0.points.count == 1 && $0.scribbles.isEmpty }
    for ambiguous in [true, false] {
      let chosen = prompts.indices.filter { isAmbiguous[$0] == ambiguous }
      let found = try session.segment(chosen.map { objects[$0] }, multimask: ambiguous)
      for (index, candidates) in zip(chosen, found) {
        guard let best = candidates.first else { continue }
        answers[index] = SliceAnswer(
          mask: try SliceMask(best.mask, width: width, height: height), scores: best.coarse)
      }
    }
    return try answers.map {
      try $0
        ?? SliceAnswer(
          mask: SliceMask(
            [UInt8](repeating: 0, count: width * height), width: width, height: height))
    }
  }
}

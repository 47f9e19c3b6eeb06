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
struct SliceAnswer {
  let mask: SliceMask
  /// The network's own scores, to go on from.
  var scores: Tensor?
}

/// A participant that answers prompts.
struct PromptableContestant<Responder: SliceResponder>: Contestant {
  let plan: StudyPlan
  let levels: [PromptLevel]
  /// Reads a slice.
  let read: (Volume, Int) throws -> Responder
  /// Answers without any prompt, where that is asked for.
  let automatic: ((Volume, inout StageMeter) throws -> [Int32])?

  func answers(
    to item: StudyPlan.Case, image: Volume, reference: LabelMap
  ) throws -> [CaseAnswer] {
    let objects = try plan.objects(of: item, in: reference)
    let empty = [Int32](repeating: 0, count: image.geometry.count)
    var drawing = Drawing(
      answers: levels.map {
        CaseAnswer(level: $0, labels: empty, instances: plan.instances ? empty : nil)
      }, size: image.geometry.size)
    var reading = StageMeter()
    var prompting = levels.map { _ in StageMeter() }
    let user = SimulatedUser(seed: plan.study.seed)
    let needsObjects = levels.contains { $0 != .none }
    for slice in objects.keys.sorted() where needsObjects {
      let here = objects[slice] ?? []
      var responder = try reading.measure("embed") { try read(image, slice) }
      try clicks(on: here, user, &responder, slice, &drawing, &prompting)
      for (index, level) in levels.enumerated() where !level.isClicks && level != .none {
        let prompts = here.map { user.prompts(at: level, on: $0.truth, of: $0.key) ?? PromptSet() }
        let found = try prompting[index].measure("prompt") {
          try responder.answers(to: prompts, earlier: prompts.map { _ in nil })
        }
        drawing.add(
          found, for: here, at: index, slice: slice, interactions: here.count * level.interactions)
      }
    }
    if let index = levels.firstIndex(of: .none), let automatic {
      let found = try automatic(image, &prompting[index])
      drawing.answers[index].labels = found.map { $0 > 0 ? plan.labels.first?.value ?? 1 : 0 }
      drawing.answers[index].instances = found
    }
    for index in levels.indices {
      // What is read once serves every level; each is told the whole price of its answer.
      var meter = levels[index] == .none ? StageMeter() : reading
      meter.add(prompting[index])
      drawing.answers[index].stopwatch = meter.stopwatch
      drawing.answers[index].cpuSeconds = meter.cpuSeconds
    }
    return drawing.answers
  }

  /// All levels of clicks in one go: the first click on every object, then the corrections, one by one.
  private func clicks(
    on objects: [PromptedObject], _ user: SimulatedUser, _ responder: inout Responder,
    _ slice: Int, _ drawing: inout Drawing, _ prompting: inout [StageMeter]
  ) throws {
    let wanted = levels.enumerated().compactMap { index, level in
      level.clicks.map { (index: index, count: $0) }
    }
    guard let most = wanted.map(\.count).max() else { return }
    var given = objects.map { _ in [PointPrompt]() }
    var answers = [SliceAnswer?](repeating: nil, count: objects.count)
    for step in 1...most {
      var active: [Int] = []
      for (number, object) in objects.enumerated() {
        let next =
          if let answer = answers[number] {
            try user.nextPoint(
              prediction: answer.mask, truth: object.truth, clicked: given[number])
          } else { user.firstPoint(on: object.truth, of: object.key) }
        guard let next else { continue }
        given[number].append(next)
        active.append(number)
      }
      var meter = StageMeter()
      let found = try meter.measure("prompt") {
        try responder.answers(
          to: active.map { PromptSet(points: given[$0]) }, earlier: active.map { answers[$0] })
      }
      for (number, answer) in zip(active, found) { answers[number] = answer }
      for (index, count) in wanted where count >= step {
        prompting[index].add(meter)
        if count == step {
          let complete = objects.indices.filter { answers[$0] != nil }
          drawing.add(
            complete.compactMap { answers[$0] }, for: complete.map { objects[$0] }, at: index,
            slice: slice, interactions: given.reduce(0) { $0 + $1.count })
        }
      }
    }
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
      answers[index].objects += 1
      let number = Int32(clamping: answers[index].objects)
      for (pixel, value) in answer.mask.pixels.enumerated() where value > 0 {
        answers[index].labels[start + pixel] = object.key.label
        answers[index].instances?[start + pixel] = number
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

  var isClicks: Bool { clicks != nil }
}

/// A promptable network on a slice.
struct NetworkResponder: SliceResponder {
  let session: Session
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
        points: (prompt.points + prompt.scribbles.flatMap { $0.points() }).map {
          ObjectPrompt.Point(x: $0.x, y: $0.y, isInside: $0.isInside)
        },
        box: prompt.box.map {
          ObjectPrompt.Box(left: $0.left, top: $0.top, right: $0.right, bottom: $0.bottom)
        },
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

extension ScribblePrompt {
  /// The few points of a stroke that a network reads.
  func points() -> [PointPrompt] {
    Scribble(path: path, isInside: isInside).points().map {
      PointPrompt(x: $0.x, y: $0.y, isInside: $0.isInside)
    }
  }
}

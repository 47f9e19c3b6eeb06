// One participant's way through all cases, in a process of its own: so its memory is its own, and if it dies
// the others do not.

import Foundation
import Imaging
import Metrics
import Models
import Segmentation
import Tensors

/// Runs one participant of a study.
public struct StudyWorker {
  let plan: StudyPlan
  let folder: StudyFolder
  let participant: StudyPlan.Participant
  let version: String
  /// Answers whether the process that started this one is still there.
  let isWanted: () -> Bool

  /// - Parameters:
  ///   - folder: that of the study
  ///   - number: index of the participant in the plan
  ///   - version: of the program; records of another version are made anew
  ///   - isWanted: asked before each case
  /// - Throws: ``StudyError/badProtocol(path:reason:)``
  public init(
    _ folder: StudyFolder, participant number: Int, version: String,
    isWanted: @escaping () -> Bool
  ) throws {
    self.folder = folder
    plan = try folder.plan()
    guard plan.participants.indices.contains(number) else {
      throw StudyError.badProtocol(
        path: folder.planFile, reason: "it has \(plan.participants.count) participants")
    }
    participant = plan.participants[number]
    self.version = version
    self.isWanted = isWanted
  }

  /// Answers and scores every case that has no valid record yet, and writes one record each.
  ///
  /// A case that fails is written down with its reason. A second process for the same participant, such as
  /// one that a killed study left behind, is waited for.
  /// - Throws: when the participant cannot start at all.
  public func run() throws {
    let lock = try StudyFolder.lock(folder.records(of: participant.name), waiting: true)
    defer { lock.release() }
    let waiting = try plan.cases.map { ($0, try plan.key(of: participant, $0, version: version)) }
      .filter { item, key in
        folder.record(of: participant.name, case: item.id, key: key) == nil
      }
    guard !waiting.isEmpty else { return }
    let current = folder.current(of: participant.name)
    try StudyFolder.write(Data(), to: current)
    let team = try Team(participant, in: plan)
    for (item, key) in waiting {
      guard isWanted() else { return }
      try StudyFolder.write(Data(item.id.utf8), to: current)
      try folder.write(answered(item, key: key, by: team))
    }
    try? FileManager.default.removeItem(atPath: current)
  }

  private func answered(_ item: StudyPlan.Case, key: String, by team: Team) throws -> CaseRecord {
    var peak = 0
    var used: Double?
    func record(_ levels: [CaseRecord.Level], _ failure: String?, _ inputs: [[Int]]) -> CaseRecord {
      CaseRecord(
        key: key, participant: participant.name, caseID: item.id, levels: levels, failure: failure,
        peakMemory: peak, joules: used, operations: team.operations(for: inputs),
        parameters: team.parameters, precision: team.precision)
    }
    do {
      let image = try Volume(item)
      let reference = try LabelMap(contentsOf: item.reference)
      Usage.forgetPeak()
      let joules = Usage.joules
      let answers = try team.contestant.answers(to: item, image: image, reference: reference)
      used = joules.flatMap { before in
        Usage.joules.flatMap { $0 >= before ? $0 - before : nil }
      }
      peak = Usage.peakMemory
      let scorer = try CaseScorer(plan, reference: reference)
      let levels = try answers.map { answer in
        try level(answer, of: item, image: image, scorer: scorer)
      }
      return record(levels, nil, answers.first { !$0.inputs.isEmpty }?.inputs ?? [])
    } catch let error as StudyError {
      // Nothing can be written: that is no failure of the participant.
      if case .cannotWrite = error { throw error }
      return record([], oneLine(error), [])
    } catch {
      return record([], oneLine(error), [])
    }
  }

  private func level(
    _ answer: CaseAnswer, of item: StudyPlan.Case, image: Volume, scorer: CaseScorer
  ) throws -> CaseRecord.Level {
    let isPicture = image.geometry.size.z == 1 && image.source?.format.isPhotograph ?? false
    let path = StudyFolder.mask(
      of: participant.name, level: answer.level.description, case: item.id, isPicture: isPicture)
    let full = folder.path + "/" + path
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: full).deletingLastPathComponent(), withIntermediateDirectories: true)
    try LabelMap(geometry: image.geometry, labels: answer.instances ?? answer.labels).write(
      to: full)
    let scored = try answer.failure == nil ? scorer.scores(of: answer) : ([], nil)
    return CaseRecord.Level(
      level: answer.level, scores: scored.0, failure: answer.failure,
      interactions: answer.interactions, work: answer.work, examples: answer.examples, mask: path,
      seconds: Dictionary(
        answer.meter.stopwatch.stages.map { ($0.name, $0.seconds) }, uniquingKeysWith: +),
      cpuSeconds: answer.meter.cpuSeconds, calibration: scored.1)
  }
}

extension Volume {
  /// The image of a case, or its first channel.
  init(_ item: StudyPlan.Case) throws { try self.init(contentsOf: item.image) }
}

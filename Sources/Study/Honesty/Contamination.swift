// What a model may have seen of the cases that it is scored on: by name, by content, by looks, by patient.

import Foundation
import Models
import Segmentation

/// A reason not to take a contender's scores for those of unseen data.
public struct Contamination: Sendable, Equatable, Codable {
  public enum Evidence: String, Sendable, Codable {
    /// The card or the protocol says that the weights were trained on this dataset.
    case name
    /// An image that the weights were trained on has the same bytes.
    case content
    /// An image that the weights were trained on looks the same.
    case appearance
    /// Another image of the same patient was learnt from.
    case patient
  }

  public let participant: String
  /// Cases that it concerns; nil for all.
  public let cases: [String]?
  public let evidence: Evidence
  public let reason: String

  /// Whether the scores of a contender on a case are in doubt.
  func concerns(_ contender: Contender, _ item: StudyPlan.Case) -> Bool {
    participant == contender.participant && (cases?.contains(item.id) ?? true)
  }

  /// Everything that is known against the scores of a study's participants.
  static func findings(in plan: StudyPlan) -> [Contamination] {
    plan.participants.flatMap { participant in
      byName(participant, plan) + byProvenance(participant, plan)
    } + betweenSplits(plan)
  }

  /// Data sets that went into the weights and go by the name of the tested one.
  private static func byName(
    _ participant: StudyPlan.Participant, _ plan: StudyPlan
  ) -> [Contamination] {
    guard !participant.isUntrained else { return [] }
    // Where every image is listed, those of the dataset that are not have not been seen; what a person states
    // stays.
    let listed = participant.isListedWhole ? participant.trained?.datasets ?? [] : []
    let stated = participant.trainedOn.filter { name in
      !listed.contains(name) || participant.entrant.trainedOn?.contains(name) == true
    }
    return stated.filter { sameDataset($0, plan.datasetName, isNamed: plan.isNamed) }.map {
      Contamination(
        participant: participant.name, cases: nil, evidence: .name,
        reason: "trained on \($0), which is the tested dataset")
    }
  }

  /// What is listed beside the weights as what they were trained on: a dataset, images and patients.
  private static func byProvenance(
    _ participant: StudyPlan.Participant, _ plan: StudyPlan
  ) -> [Contamination] {
    let all = participant.provenances
    guard let first = all.first else { return [] }
    var findings: [Contamination] = []
    func note(_ cases: [String]?, _ evidence: Evidence, _ reason: String) {
      guard cases?.isEmpty != true else { return }
      findings.append(
        Contamination(
          participant: participant.name, cases: cases, evidence: evidence, reason: reason))
    }
    for dataset in Set(all.filter { !$0.isComplete }.map(\.dataset)).sorted() {
      let isStated = participant.trainedOn.contains { StudyChecks.same($0, dataset) }
      if !isStated, sameDataset(dataset, plan.datasetName, isNamed: plan.isNamed) {
        note(nil, .name, "trained on \(dataset), which is the tested dataset")
      }
    }
    // An ensemble has seen what any of its networks has.
    let images = all.flatMap(\.images)
    var known: Set<String> = []
    for use in [Provenance.Use.training, .validation] {
      let own = images.filter { ($0.use ?? .training) == use }
      let seen = Set(own.map(\.sha256))
      let same = plan.cases.filter { !known.contains($0.id) && seen.contains($0.imageHash) }
        .map(\.id)
      known.formUnion(same)
      note(
        same, .content,
        use == .training
          ? "trained on this very image" : "its training was stopped or chosen by this very image")
    }
    let seen = Set(images.map(\.sha256))
    let alike = plan.cases.filter { item in
      !seen.contains(item.imageHash)
        && images.contains { image in
          guard let a = image.fingerprint, let b = item.fingerprint else { return false }
          return a.similarity(to: b) >= ImageFingerprint.sameImage
        }
    }.map(\.id)
    note(alike, .appearance, "trained on an image that looks the same")
    known.formUnion(alike)
    let patients = Set(images.compactMap(\.patient))
    let related = plan.cases.filter {
      !known.contains($0.id) && $0.patient.map(patients.contains) ?? false
    }.map(\.id)
    note(
      related, .patient,
      "trained on another image of a patient of this name (of \(first.dataset))")
    return findings
  }

  /// Images to learn from that look like images to test on; only where the two are meant to differ.
  private static func betweenSplits(_ plan: StudyPlan) -> [Contamination] {
    guard plan.study.split.column != nil else { return [] }
    let learners = plan.participants.filter(\.learns)
    guard !learners.isEmpty else { return [] }
    let copies = Duplicates.between(plan.cases, and: plan.training)
    guard !copies.isEmpty else { return [] }
    return learners.map {
      Contamination(
        participant: $0.name, cases: copies.map(\.0.id), evidence: .appearance,
        reason: "learnt from an image that looks the same")
    }
  }
}

/// Images that look the same under different names.
enum Duplicates {
  /// Pairs within a set of cases; both are named, in the order of the cases.
  static func within(_ cases: [StudyPlan.Case]) -> [(StudyPlan.Case, StudyPlan.Case)] {
    cases.indices.flatMap { index in
      cases[(index + 1)...].filter { look(cases[index], $0) }.map { (cases[index], $0) }
    }
  }

  /// Pairs of a tested case and one to learn from.
  static func between(
    _ tested: [StudyPlan.Case], and learnt: [StudyPlan.Case]
  ) -> [(StudyPlan.Case, StudyPlan.Case)] {
    tested.compactMap { item in
      learnt.first { $0.id != item.id && look(item, $0) }.map { (item, $0) }
    }
  }

  private static func look(_ a: StudyPlan.Case, _ b: StudyPlan.Case) -> Bool {
    if a.imageHash == b.imageHash { return true }
    guard let first = a.fingerprint, let second = b.fingerprint else { return false }
    return first.similarity(to: second) >= ImageFingerprint.sameImage
  }
}

extension StudyPlan.Participant {
  /// Data sets that went into the weights, by their card and by the protocol.
  var trainedOn: [String] {
    let card = entrant.model.flatMap { try? Registry.model($0) }?.checkpoint?.trainedOn ?? []
    return (isUntrained ? [] : card) + (trained?.datasets ?? []) + (entrant.trainedOn ?? [])
  }

  /// Whether files beside all its weights list every case that they were trained on.
  var isListedWhole: Bool {
    let all = provenances
    return !all.isEmpty && all.count == weightFiles.count && all.allSatisfy(\.isComplete)
  }
}

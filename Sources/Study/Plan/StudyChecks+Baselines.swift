// Baselines that take part.
import Segmentation

extension StudyChecks {
  static func baseline(
    _ entrant: Entrant, _ model: String, in study: StudyProtocol, of dataset: Dataset
  ) -> (participant: StudyPlan.Participant?, problems: [Problem]) {
    (nil, [Problem(entrant.name, "no baselines yet", remedy: "wait")])
  }
}

extension Team {
  static func baseline(_ participant: StudyPlan.Participant, in plan: StudyPlan) throws -> any Contestant {
    throw StudyError.entrantFailed(name: participant.name, reason: "no baselines yet")
  }
}

extension StudyPlan.Participant { var learns: Bool { false } }

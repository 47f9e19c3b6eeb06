// How masks made elsewhere are read: alike when they are checked and when they are scored.

import Datasets
import Imaging

extension StudyPlan.Participant {
  /// The scored labels of a mask made elsewhere, in the values of the dataset; all else becomes 0.
  func labels(of stored: LabelMap, in plan: StudyPlan) -> [Int32] {
    let kept = Set(plan.labels.map(\.value))
    let table = labels.values
    return stored.semantic(plan.description.reading(table)).labels.map {
      let value = table.isEmpty ? $0 : table[$0] ?? 0
      return kept.contains(value) ? value : 0
    }
  }
}

extension DatasetDescription {
  /// The description for masks whose values a table explains: where it names 255, a mask of 0 and 255 is no
  /// binary one.
  func reading(_ table: [Int32: Int32]) -> DatasetDescription {
    guard table[255] != nil, labels[255] == nil else { return self }
    var description = self
    description.labels[255] = name(of: 255)
    return description
  }
}

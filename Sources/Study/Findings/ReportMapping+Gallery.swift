// Pictures of each contender's best, median and worst case: where it agrees with the reference, what it
// misses and what it adds.

import Foundation
import Imaging
import Metrics
import Report
import Segmentation

extension ReportMapping {
  /// Longest side of a picture in pixels; smaller ones stay as they are.
  private static let side = 420

  /// How a pixel of a prediction stands to the reference, in colours that the colour-blind tell apart
  /// (Okabe and Ito).
  private enum Agreement: Int32, CaseIterable {
    case both = 1
    case added = 2
    case missed = 3

    var colour: SIMD3<Float> {
      switch self {
      case .both: SIMD3(0, 158, 115)
      case .added: SIMD3(230, 159, 0)
      case .missed: SIMD3(86, 120, 255)
      }
    }

    var text: String {
      switch self {
      case .both: "prediction and reference agree"
      case .added: "predicted only"
      case .missed: "reference only"
      }
    }
  }

  func gallery() throws -> ReportContent.Gallery? {
    guard let metric = try Metric.named([plan.study.primary]).first else { return nil }
    var items: [ReportContent.Picture] = []
    var lost = 0
    for contender in results.contenders {
      let scores = results.column(metric, contender)
      let answered = Set(
        results.records(of: contender).filter { $0.record.failure(at: contender.level) == nil }
          .map(\.item.id))
      let known = plan.cases.indices.filter { answered.contains(plan.cases[$0].id) }
        .compactMap { index in scores[index].map { (index, $0) } }
        .sorted { (metric.merit($1.1), $0.0) < (metric.merit($0.1), $1.0) }
      guard let best = known.first, let worst = known.last else { continue }
      var chosen = [(ReportContent.Picture.Place.best, best)]
      if known.count > 2 { chosen.append((.median, known[known.count / 2])) }
      if known.count > 1 { chosen.append((.worst, worst)) }
      for (place, (index, score)) in chosen {
        // A picture that cannot be drawn any more must not cost the report.
        if let picture = try? picture(contender, plan.cases[index], place, metric, score) {
          items.append(picture)
        } else {
          lost += 1
        }
      }
    }
    guard !items.isEmpty else { return nil }
    return ReportContent.Gallery(
      items: items,
      legend: Agreement.allCases.map {
        ReportContent.LegendEntry(
          $0.text, red: UInt8($0.colour.x), green: UInt8($0.colour.y), blue: UInt8($0.colour.z),
          stroke: .filled)
      },
      note:
        "Best, median and worst case of each by \(metric.abbreviation). Of a volume the three planes "
        + "through the middle of both masks. Failed cases have none."
        + (lost > 0 ? " \(lost) pictures could not be drawn: their images or masks are gone." : ""))
  }

  private func picture(
    _ contender: Contender, _ item: StudyPlan.Case, _ place: ReportContent.Picture.Place,
    _ metric: Metric, _ score: Double
  ) throws -> ReportContent.Picture? {
    guard
      let record = results.records(of: contender).first(where: { $0.item.id == item.id })?.record,
      let level = record.at(contender.level)
    else { return nil }
    let image = try Volume(item)
    let stored = try LabelMap(contentsOf: item.reference)
    let answer = try LabelMap(contentsOf: folder.path + "/" + level.mask)
    let reference = plan.scored(stored)
    // Numbered objects become their label again; of what overlaps wrongly, labels alone count here.
    let prediction = plan.instances ? answer.labels.map { min($0, 1) } : answer.labels
    let agreement = zip(prediction, reference).map { met, expected -> Int32 in
      if met == 0, expected == 0 { return 0 }
      if met == expected { return Agreement.both.rawValue }
      return (met == 0 ? Agreement.missed : Agreement.added).rawValue
    }
    let drawn = try Overlay.picture(
      of: LabelMap(geometry: image.geometry, labels: agreement), on: image,
      colour: { Agreement(rawValue: $0)?.colour ?? .zero }
    ).reduced(toSide: Self.side)
    let seen = results.contamination.contains { $0.concerns(contender, item) }
    return ReportContent.Picture(
      contender: contender.name, place: place, caseID: item.id,
      scores: [ReportContent.Fact(metric.abbreviation, String(format: "%.3f", score))],
      format: .jpeg, bytes: try drawn.jpeg(), width: drawn.geometry.size.x,
      height: drawn.geometry.size.y, isContaminated: seen)
  }
}

extension Volume {
  /// A picture of bytes averaged over whole blocks of pixels until its longer side is at most `side`.
  func reduced(toSide side: Int) -> Volume {
    guard case .uint8(let pixels) = voxels else { return self }
    let size = geometry.size
    let factor = (max(size.x, size.y) + side - 1) / side
    guard factor > 1 else { return self }
    let (width, height) = (size.x / factor, size.y / factor)
    guard width > 0, height > 0 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(width * height * channels)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          var sum = 0
          for row in y * factor..<(y + 1) * factor {
            for column in x * factor..<(x + 1) * factor {
              sum += Int(pixels[(row * size.x + column) * channels + channel])
            }
          }
          result.append(UInt8((sum + factor * factor / 2) / (factor * factor)))
        }
      }
    }
    return Volume(
      geometry: Geometry(size: SIMD3(width, height, 1)), channels: channels, voxels: .uint8(result))
  }

  /// The bytes of the picture as a JPEG file: of photographs a tenth of a PNG.
  func jpeg() throws -> Data {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("vesalius-\(UUID().uuidString).jpg")
    defer { try? FileManager.default.removeItem(at: file) }
    try write(to: file.path)
    return try Data(contentsOf: file)
  }
}

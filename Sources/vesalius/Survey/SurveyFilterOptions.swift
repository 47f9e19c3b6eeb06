// The filters of the survey, as options; repeated ones are alternatives, different ones narrow each other.

import ArgumentParser
import Survey

struct SurveyFilterOptions: ParsableArguments {
  @Option(help: "A model, by id or name.")
  var model: [String] = []

  @Option(help: "A data set, by id or name.")
  var dataset: [String] = []

  @Option(help: "What is outlined, such as Liver.")
  var organ: [String] = []

  @Option(help: "Main structure of the data set, such as 'Abdominal Organs'.")
  var structure: [String] = []

  @Option(help: "Abdomen, Head, Neck, Pelvis, Thorax or 'Whole Body'.")
  var region: [String] = []

  @Option(help: "Modality of the data set, such as '3D CT'.")
  var modality: [String] = []

  @Option(help: "generalist or task-specific.")
  var framework: [String] = []

  @Option(help: "sam, sam2, image-only, image-text or task-specific.")
  var branch: [String] = []

  @Option(help: "Fusion level: F0 to F4, or none.")
  var fusion: [String] = []

  @Option(help: "How a generalist came to medicine, such as adapter.")
  var adaptation: [String] = []

  @Option(help: "Architecture, such as CNN.")
  var architecture: [String] = []

  @Option(help: "Backbone, such as '3D U-Net'.")
  var backbone: [String] = []

  @Option(help: "Country of an affiliation.")
  var country: [String] = []

  @Option(help: ArgumentHelp("Year of the model, or 2022-2024.", valueName: "years"))
  var year: String?

  @Option(help: ArgumentHelp("Parameters at most, in millions.", valueName: "millions"))
  var maxParameters: Double?

  @Option(
    help: ArgumentHelp(
      "Memory at most of all devices together that the model was trained on; papers seldom say what "
        + "running takes.",
      valueName: "GB"))
  var maxVRAM: Double?

  @Option(help: ArgumentHelp("Operations at most.", valueName: "GFLOPS"))
  var maxGFLOPS: Double?

  @Option(help: "Words that the descriptions of model or data set have.")
  var search: String?

  @Option(help: "Metric; the published values are all Dice.")
  var metric = "dice"

  @Flag(help: "Leave out values that are in doubt.")
  var withoutDoubts = false

  func validate() throws {
    for bound in [maxParameters, maxVRAM, maxGFLOPS] {
      if let bound, !(bound > 0 && bound.isFinite) {
        throw ValidationError("an upper bound needs a number above 0")
      }
    }
    _ = try years()
  }

  private func years() throws -> ClosedRange<Int>? {
    guard let year else { return nil }
    let parts = year.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1],
      (1900...2100).contains(first), (first...2100).contains(last)
    else { throw ValidationError("--year takes 2024 or 2022-2024, not '\(year)'") }
    return first...last
  }

  /// The filter that the options say.
  func filter() throws -> SurveyFilter {
    var filter = SurveyFilter()
    filter.values = [
      .model: model, .dataset: dataset, .organ: organ, .structure: structure, .region: region,
      .modality: modality, .framework: framework, .branch: branch, .fusion: fusion,
      .adaptation: adaptation, .architecture: architecture, .backbone: backbone, .country: country,
    ].filter { !$0.value.isEmpty }
    filter.years = try years()
    filter.maxParametersMillions = maxParameters
    filter.maxVRAMGB = maxVRAM
    filter.maxGFLOPS = maxGFLOPS
    filter.words = search
    filter.metric = metric
    filter.withoutDoubts = withoutDoubts
    return filter
  }
}

/// A word of an enumeration, for options.
func word<Word: RawRepresentable & CaseIterable>(_ text: String) throws -> Word
where Word.RawValue == String {
  if let word = Word(rawValue: text) { return word }
  let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
  throw ValidationError("expected one of \(known), not '\(text)'")
}

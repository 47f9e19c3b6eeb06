// What the explorer's scripts read: records with everything joined that they show.

struct SiteContent: Encodable {
  /// Branches as the taxonomy orders them.
  let order: [String]
  let branches: [String: String]
  let dimensions: [Dimension]
  /// Data sets that are parts of others.
  let parts: [String]
  let models: [Model]
  let datasets: [Dataset]
  let sources: [Source]
  let results: [Value]

  struct Dimension: Encodable {
    struct Item: Encodable {
      let id: String
      let title: String
    }

    let title: String
    let items: [Item]
  }

  struct Model: Encodable {
    let id: String
    let name: String
    @Null var title: String?
    let framework: String
    let branch: String
    @Null var fusion: String?
    @Null var adaptation: String?
    let architecture: [String]
    let backbones: [String]
    @Null var parameters: Double?
    @Null var gflops: Double?
    @Null var vram: Double?
    @Null var year: Int?
    @Null var date: String?
    @Null var venue: String?
    @Null var paper: String?
    @Null var code: String?
    let affiliations: [String]
    let countries: [String]
    @Null var cost: String?
    let evidence: [Evidence]
    let doubts: [String]
    let here: [SurveySite.Implementation]
    /// What words are looked for in, in lower case.
    let text: String
  }

  struct Dataset: Encodable {
    let id: String
    let name: String
    @Null var fullName: String?
    let modality: [String]
    let objects: [String]
    let structure: [String]
    let region: [String]
    @Null var total: Int?
    @Null var labelled: Int?
    let related: [String]
    let links: [String]
    let doubts: [String]
  }

  struct Source: Encodable {
    let id: String
    let short: String
    let title: String
    @Null var address: String?
    let bibtex: String
  }

  struct Value: Encodable {
    let model: String
    let dataset: String
    let value: Double
    let kind: String
    @Null var source: String?
    @Null var report: String?
    @Null var setting: String?
    @Null var split: String?
    @Null var note: String?
    let doubts: [String]
  }

  init(
    _ content: SurveyContent, _ prices: PriceTable,
    _ implementations: [String: [SurveySite.Implementation]]
  ) {
    order = SurveyModel.Branch.allCases.map(\.rawValue)
    branches = Dictionary(
      SurveyModel.Branch.allCases.map { ($0.rawValue, $0.title) },
      uniquingKeysWith: { first, _ in first })
    dimensions = Evidence.Dimension.allCases.map { dimension in
      Dimension(
        title: dimension.rawValue.prefix(1).uppercased() + dimension.rawValue.dropFirst(),
        items: Evidence.Item.allCases.filter { $0.dimension == dimension }.map {
          Dimension.Item(id: $0.rawValue, title: $0.title)
        })
    }
    parts = content.doubts.filter { $0.code == Doubt.part }.compactMap(\.dataset)
    let countries = Dictionary(
      content.affiliations.map { ($0.name, $0.country) }, uniquingKeysWith: { first, _ in first })
    let doubts = Dictionary(grouping: content.doubts) { doubt in
      [doubt.model ?? "", doubt.dataset ?? "", doubt.kind ?? ""]
    }
    let evidence = Dictionary(grouping: content.evidence, by: \.model)
    let reports = Dictionary(
      content.runs.map { ($0.id, $0.report) }, uniquingKeysWith: { first, _ in first })
    models = content.models.map { model in
      Model(
        model, countries: Set(model.affiliations.compactMap { countries[$0] }).sorted(),
        evidence: evidence[model.id] ?? [], prices: prices,
        doubts: (doubts[[model.id, "", ""]] ?? []).map(\.text),
        here: implementations[model.id] ?? [])
    }
    datasets = content.datasets.map { dataset in
      Dataset(
        id: dataset.id, name: dataset.name, fullName: dataset.fullName,
        modality: dataset.modality, objects: dataset.objects, structure: dataset.mainStructure,
        region: dataset.region, total: dataset.total, labelled: dataset.labelled,
        related: dataset.related, links: dataset.links,
        doubts: (doubts[["", dataset.id, ""]] ?? []).map(\.text))
    }
    sources = content.sources.map { source in
      Source(
        id: source.id, short: source.short, title: source.title, address: source.address,
        bibtex: BibTeX.text([source]))
    }
    // The explorer shows one metric, that of the literature.
    results = content.results.filter { $0.metric == "dice" }.map { result in
      Value(
        model: result.model, dataset: result.dataset, value: result.value,
        kind: result.kind.rawValue, source: result.source,
        report: result.run.flatMap { reports[$0] }, setting: result.setting, split: result.split,
        note: result.note,
        doubts: (doubts[[result.model, result.dataset, result.kind.rawValue]] ?? []).map(\.text))
    }
  }
}

extension SiteContent.Model {
  fileprivate init(
    _ model: SurveyModel, countries: [String], evidence: [Evidence], prices: PriceTable,
    doubts: [String], here: [SurveySite.Implementation]
  ) {
    let facts: [String?] = [
      model.id, model.name, model.title, model.adaptation, model.visualBackbone,
    ]
    let lists: [[String]] = [
      facts.compactMap(\.self), model.architecture, model.affiliations, countries,
    ]
    let words = lists.flatMap(\.self)
    self.init(
      id: model.id, name: model.name, title: model.title, framework: model.framework.rawValue,
      branch: model.branch.rawValue, fusion: model.fusionLevel, adaptation: model.adaptation,
      architecture: model.architecture, backbones: model.backbones,
      parameters: model.paramsMillions, gflops: model.gflops, vram: model.trainVRAMTotalGB,
      year: model.year, date: model.firstDate, venue: model.firstVenue,
      paper: model.lastLink ?? model.firstLink, code: model.codeURL,
      affiliations: model.affiliations, countries: countries,
      cost: TrainingCost(model, evidence, prices)?.text, evidence: evidence, doubts: doubts,
      here: here, text: words.joined(separator: " ").lowercased())
  }
}

/// A value that is written as null where there is none, so that scripts find every name.
@propertyWrapper
struct Null<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  init(wrappedValue value: Value?) { wrappedValue = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

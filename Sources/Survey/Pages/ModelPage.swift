// Everything that the survey knows of one model, with what is missing said as such.

/// The page of a model.
public struct ModelPage: Sendable, Equatable, Codable {
  /// One dimension with what is known, item by item.
  public struct Dimension: Sendable, Equatable, Codable {
    public struct Item: Sendable, Equatable, Codable {
      public let item: Evidence.Item
      /// Empty where nothing is known.
      public let evidence: [Evidence]
    }

    public let dimension: Evidence.Dimension
    public let items: [Item]
  }

  public let model: SurveyModel
  public let countries: [String]
  /// Published values, data set by data set.
  public let published: [SurveyRow]
  /// Our own values, which are averaged with nothing.
  public let measured: [SurveyRow]
  /// Data sets on which it has no published value.
  public let missing: [String]
  /// About the model itself.
  public let doubts: [String]
  public let dimensions: [Dimension]
  public let cost: TrainingCost?
}

/// The page of a data set.
public struct DatasetPage: Sendable, Equatable, Codable {
  public let dataset: SurveyDataset
  public let doubts: [String]
  /// The best published values, the largest first.
  public let ranking: [SurveyRow]
  public let measured: [SurveyRow]
}

extension SurveyDatabase {
  /// The page of a model.
  ///
  /// - Parameters:
  ///   - name: its id, or its name
  ///   - prices: by which its training is priced
  /// - Returns: everything that is known
  /// - Throws: ``SurveyError``
  public func page(model name: String, prices: PriceTable) throws -> ModelPage {
    var filter = SurveyFilter()
    filter[.model] = [name]
    let rows = try query(filter).rows.sorted {
      ($0.datasetName, $0.kind.rawValue, $0.setting ?? "")
        < ($1.datasetName, $1.kind.rawValue, $1.setting ?? "")
    }
    let content = try content()
    let wanted = name.lowercased()
    guard
      let model = content.models.first(where: {
        $0.id == wanted || $0.name.lowercased() == wanted
      })
    else { throw SurveyError.unknown(what: "model", name: name, near: []) }
    let countries = Dictionary(
      content.affiliations.map { ($0.name, $0.country) }, uniquingKeysWith: { first, _ in first })
    let evidence = content.evidence.filter { $0.model == model.id }
    return ModelPage(
      model: model,
      countries: Set(model.affiliations.compactMap { countries[$0] }).sorted(),
      published: rows.filter { $0.kind != .measured },
      measured: rows.filter { $0.kind == .measured },
      missing: try missing(.model, model.id),
      doubts: content.doubts.filter { $0.model == model.id && $0.dataset == nil }.map(\.text),
      dimensions: Evidence.Dimension.allCases.map { dimension in
        ModelPage.Dimension(
          dimension: dimension,
          items: Evidence.Item.allCases.filter { $0.dimension == dimension }.map { item in
            ModelPage.Dimension.Item(item: item, evidence: evidence.filter { $0.item == item })
          })
      }, cost: TrainingCost(model, evidence, prices))
  }

  /// The page of a data set.
  ///
  /// - Parameter name: its id, or its name
  /// - Returns: everything that is known
  /// - Throws: ``SurveyError``
  public func page(dataset name: String) throws -> DatasetPage {
    var filter = SurveyFilter()
    filter[.dataset] = [name]
    let rows = try query(filter).rows
    let content = try content()
    let wanted = name.lowercased()
    guard
      let dataset = content.datasets.first(where: {
        $0.id == wanted || $0.name.lowercased() == wanted
      })
    else { throw SurveyError.unknown(what: "data set", name: name, near: []) }
    // A model counts by its best value, and by its own paper's where there is none.
    let best = Set(rows.filter { $0.kind == .best }.map(\.model))
    return DatasetPage(
      dataset: dataset,
      doubts: content.doubts.filter { $0.dataset == dataset.id && $0.model == nil }.map(\.text),
      ranking: rows.filter {
        $0.kind == .best || $0.kind == .primary && !best.contains($0.model)
      },
      measured: rows.filter { $0.kind == .measured })
  }
}

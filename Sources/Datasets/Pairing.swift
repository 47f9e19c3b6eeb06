// Which prediction is compared with which reference, decided by names alone.

/// Predictions with the references that they are to be compared with.
public struct Pairing: Sendable, Equatable {
  /// One comparison.
  public struct Pair: Sendable, Equatable {
    /// The name of the case.
    public let id: String
    public let prediction: String
    public let reference: String

    public init(id: String, prediction: String, reference: String) {
      self.id = id
      self.prediction = prediction
      self.reference = reference
    }
  }

  /// Comparisons by the order of the references.
  public let pairs: [Pair]
  /// Names of the references that no prediction goes with.
  public let missingPredictions: [String]
  /// Predictions that no reference goes with.
  public let unmatchedPredictions: [String]
  /// Describes the masks, where a `dataset.json` lies beside the references.
  public let description: DatasetDescription

  public init(
    pairs: [Pair], missingPredictions: [String] = [], unmatchedPredictions: [String] = [],
    description: DatasetDescription = DatasetDescription()
  ) {
    self.pairs = pairs
    self.missingPredictions = missingPredictions
    self.unmatchedPredictions = unmatchedPredictions
    self.description = description
  }

  /// Pairs files by their stems.
  ///
  /// A prediction goes with a reference whose stem it carries, or, in a dataset, with the mask of the image
  /// whose stem it carries. Two single files are a pair whatever their names.
  ///
  /// - Parameters:
  ///   - predictions: a mask, or a folder of masks
  ///   - references: a mask, a folder of masks, or a dataset (its folder or its table of pairs)
  /// - Throws: ``DatasetError``
  public init(predictions: String, references: String) throws {
    for path in [predictions, references] where !ImageFile.exists(path) {
      throw DatasetError.notFound(path: path)
    }
    let (wanted, description) = try Self.references(at: references)
    if !ImageFile.isFolder(predictions), !ImageFile.isFolder(references), let only = wanted.first,
      only.path == references
    {
      let pair = Pair(id: only.id, prediction: predictions, reference: references)
      self.init(pairs: [pair], description: description)
      return
    }

    try self.init(predictions: predictions, wanted, description)
  }

  /// Pairs a folder of masks with cases of a dataset, by their names or those of their masks.
  ///
  /// - Throws: ``DatasetError``, also when one mask goes by the names of two cases
  public init(predictions: String, cases: [(id: String, reference: String)]) throws {
    guard ImageFile.exists(predictions) else { throw DatasetError.notFound(path: predictions) }
    try self.init(
      predictions: predictions, cases.map { Reference(case: $0.id, path: $0.reference) },
      DatasetDescription())
  }

  private init(
    predictions: String, _ wanted: [Reference], _ description: DatasetDescription
  ) throws {
    let files =
      ImageFile.isFolder(predictions) ? try ImageFile.files(in: predictions) : [predictions]
    let found = try DatasetFolder.unique(files, by: ImageFile.stem)
    var pairs: [Pair] = []
    var missing: [String] = []
    // Cases by prediction: a mask of one cannot be that of another.
    var takers: [String: String] = [:]
    for reference in wanted {
      if let prediction = reference.stems.compactMap({ found[$0] }).first {
        if let other = takers.updateValue(reference.id, forKey: prediction) {
          throw DatasetError.ambiguous(
            name: ImageFile.stem(of: prediction), first: other, second: reference.id)
        }
        pairs.append(Pair(id: reference.id, prediction: prediction, reference: reference.path))
      } else {
        missing.append(reference.id)
      }
    }
    self.init(
      pairs: pairs, missingPredictions: missing,
      unmatchedPredictions: files.filter { takers[$0] == nil }, description: description)
  }

  /// A reference mask and the stems that its prediction may carry, the likeliest first.
  private struct Reference {
    let id: String
    let path: String
    let stems: [String]

    init(id: String, path: String, stems: [String]) {
      self.id = id
      self.path = path
      self.stems = stems
    }

    /// The mask of a case goes by the name of the case or by its own.
    init(case id: String, path: String) {
      self.init(id: id, path: path, stems: [id, ImageFile.stem(of: path)])
    }
  }

  private static func references(at path: String) throws -> ([Reference], DatasetDescription) {
    if DatasetFolder.layout(of: path) != nil {
      let dataset = try DatasetFolder(contentsOf: path)
      let references = dataset.cases.compactMap { item in
        item.label.map { path in
          Reference(case: item.id, path: path)
        }
      }
      return (references, dataset.description)
    }
    let isFolder = ImageFile.isFolder(path)
    let files = isFolder ? try ImageFile.files(in: path) : [path]
    guard !files.isEmpty else { throw DatasetError.unknownLayout(path: path) }
    let stems = try DatasetFolder.unique(files, by: ImageFile.stem)
    let references = stems.sorted { $0.key < $1.key }.map { stem, file in
      Reference(id: stem, path: file, stems: [stem])
    }
    return (references, try description(near: isFolder ? path : DatasetFolder.folder(of: path)))
  }

  /// The `dataset.json` of a folder of masks, or of the dataset whose `labelsTr`, `labels` or `masks` it is.
  private static func description(near folder: String) throws -> DatasetDescription {
    let names = ["labelsTr", "labelsTs", "labels", "masks"]
    let trimmed = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let inner = names.contains { trimmed == $0 || trimmed.hasSuffix("/" + $0) }
    let candidates = [folder] + (inner ? [DatasetFolder.folder(of: trimmed)] : [])
    for candidate in candidates {
      let path = ImageFile.join(candidate, "dataset.json")
      if ImageFile.exists(path) { return try DatasetDescription(contentsOf: path) }
    }
    return DatasetDescription()
  }
}

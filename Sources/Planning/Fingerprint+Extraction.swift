// Reading all training cases once: their sizes, their intensities, and what is wrong with them.

public import Datasets
public import Foundation

/// Something about the data that training survives but its owner should know.
public enum DataWarning: Sendable, Equatable, CustomStringConvertible {
  /// A mask without any labelled voxel.
  case noForeground(path: String)
  /// An image of nothing but 0.
  case emptyImage(path: String)
  /// A label that dataset.json names and no mask holds.
  case unusedLabel(name: String, value: Int32)
  /// Nothing can be kept aside to measure with.
  case singleCase(path: String)

  public var description: String {
    switch self {
    case .noForeground(let path):
      "\(path) has no foreground; if that is not meant so, correct the mask or leave the case out."
    case .emptyImage(let path):
      "\(path) holds nothing but 0; check the file or leave the case out."
    case .unusedLabel(let name, let value):
      "No mask holds the label '\(name)' (\(value)); it cannot be learned."
    case .singleCase(let path):
      "\(path) is the only training case; a network learns it by heart and nothing can be kept aside."
    }
  }
}

extension Fingerprint {
  /// A fingerprint with what was noticed on the way.
  public struct Extraction: Sendable, Equatable {
    public let fingerprint: Fingerprint
    public let warnings: [DataWarning]
  }

  /// Reads all cases that have a mask.
  ///
  /// Mean, deviation and extremes are taken over all foreground voxels, percentiles over up to 10,000 of each
  /// case; each case counts the same however large its foreground is. nnU-Net draws equally many voxels
  /// from each case, with its own random numbers, so that its values differ in the last digits.
  ///
  /// - Parameters:
  ///   - dataset: its description says what masks may hold
  ///   - cases: those to read instead of all of the dataset's
  ///   - threads: how many cases are read at once
  ///   - progress: called with the number of cases read so far
  /// - Returns: the fingerprint and warnings, the same for any number of threads
  /// - Throws: ``PlanningError`` or `ImagingError` of the first case that is at fault
  public static func extract(
    from dataset: DatasetFolder, cases: [DatasetCase]? = nil,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> Extraction {
    let labelled = (cases ?? dataset.cases).filter { $0.label != nil }
    guard let first = labelled.first else {
      throw PlanningError.mismatch(
        path: dataset.path, met: "no case with a mask", expected: "one at least")
    }
    let description = dataset.description
    let channels =
      try description.channelNames.isEmpty
      ? ImageArray(case: first).channels.count : description.channelNames.count
    let measured = try CaseWorkers.map(
      labelled.count, threads: threads, progress: { finished, _, _ in progress?(finished) },
      { try CaseMeasurement(labelled[$0], description, channels: channels) })
    let shares = measured.map(\.relativeSize).sorted()
    let middle = shares.count / 2
    let fingerprint = Fingerprint(
      spacings: measured.map(\.spacing), shapesAfterCrop: measured.map(\.croppedShape),
      foregroundIntensities: try intensities(of: measured, channels: channels),
      medianRelativeSizeAfterCropping: shares.count % 2 == 1
        ? shares[middle] : (shares[middle - 1] + shares[middle]) / 2,
      cases: measured.map(\.record), fileEnding: ImageFile.ending(of: first.images[0]))
    return Extraction(
      fingerprint: fingerprint, warnings: warnings(labelled, measured, description))
  }

  private static func intensities(
    of cases: [CaseMeasurement], channels: Int
  ) throws -> [String: IntensityProperties] {
    guard cases.contains(where: { !$0.foreground.isEmpty }) else {
      throw PlanningError.noForeground(cases: cases.count)
    }
    var result: [String: IntensityProperties] = [:]
    for channel in 0..<channels {
      let parts = cases.filter { !$0.foreground.isEmpty }.map { $0.foreground[channel] }
      result[String(channel)] = IntensityProperties(parts)
    }
    return result
  }

  private static func warnings(
    _ cases: [DatasetCase], _ measured: [CaseMeasurement], _ description: DatasetDescription
  ) -> [DataWarning] {
    var result: [DataWarning] = []
    if cases.count == 1 { result.append(.singleCase(path: cases[0].images[0])) }
    var met = Set<Int32>()
    for (item, measurement) in zip(cases, measured) {
      if measurement.isEmptyImage { result.append(.emptyImage(path: item.images[0])) }
      if measurement.foreground.isEmpty, let label = item.label {
        result.append(.noForeground(path: label))
      }
      met.formUnion(measurement.record.classSizes.keys)
    }
    guard !description.instances else { return result }
    for (value, name) in description.labels.sorted(by: { $0.key < $1.key })
    where value != 0 && !met.contains(value) {
      result.append(.unusedLabel(name: name, value: value))
    }
    return result
  }
}

// A folder of images predicted one after the other, where one bad image does not end the rest.

public import Datasets
import Foundation
import Imaging

extension Predictor {
  /// What became of one case.
  public enum Outcome: Sendable, Equatable {
    case predicted(seconds: Double)
    /// Its label map was there already.
    case skipped
    /// Why it could not be predicted, in one line.
    case failed(String)
  }

  /// The cases of a folder in the order in which they were taken.
  public struct FolderReport: Sendable, Equatable {
    public internal(set) var cases: [(name: String, outcome: Outcome)] = []

    /// Cases that could not be predicted, with the reason.
    public var failures: [(name: String, reason: String)] {
      cases.compactMap { item in
        if case .failed(let reason) = item.outcome { (item.name, reason) } else { nil }
      }
    }

    public static func == (first: FolderReport, second: FolderReport) -> Bool {
      first.cases.elementsEqual(second.cases) { $0 == $1 }
    }
  }

  /// Predicts every image of a folder into another.
  ///
  /// Files `CASE_0000.nii.gz`, `CASE_0001.nii.gz` are the channels of one case; other images are cases by
  /// themselves. Label maps are called as the case and have the ending of its images (.png for JPEG); with
  /// probabilities, `probabilities/CASE_0000.nii.gz` … hold one class each. A label map appears only once
  /// it is complete, so that a run that was stopped continues where it was.
  /// - Parameters:
  ///   - input: A folder of images.
  ///   - output: A folder, made if it is absent.
  ///   - overwrites: Whether cases are predicted again that have a label map.
  ///   - progress: Is told the case, its number from 0, the number of cases, and its finished fraction.
  /// - Returns: What became of each case; errors of single cases are in it.
  /// - Throws: ``SelfConfiguredError/noImages(path:ending:)``, `CancellationError`, and what prevents
  ///   all cases, such as an output folder that cannot be made.
  public func predict(
    folder input: String, into output: String, overwrites: Bool = false,
    progress: (String, Int, Int, Double) -> Void = { _, _, _, _ in }
  ) throws -> FolderReport {
    let cases = try ImageName.cases(
      in: input, ending: model.dataset.fileEnding, channels: model.dataset.channels.count)
    try FileManager.default.createDirectory(
      atPath: output, withIntermediateDirectories: true)
    var report = FolderReport()
    for (index, item) in cases.enumerated() {
      try Task.checkCancellation()
      let target = "\(output)/\(item.name)\(item.labelEnding)"
      let outcome: Outcome
      if !overwrites, isComplete(item, target, output) {
        outcome = .skipped
      } else {
        let start = ContinuousClock.now
        do {
          try predict(item, to: target, output) { progress(item.name, index, cases.count, $0) }
          let time = (ContinuousClock.now - start).components
          outcome = .predicted(seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18)
        } catch let error as CancellationError {
          throw error
        } catch {
          outcome = .failed("\(error)")
        }
      }
      progress(item.name, index, cases.count, 1)
      report.cases.append((item.name, outcome))
    }
    return report
  }

  /// Predicts a case of a dataset.
  ///
  /// - Parameters:
  ///   - item: Whose images are read; its label is not looked at.
  ///   - progress: Is told the finished fraction.
  /// - Returns: Labels on the grid of the images, and probabilities where ``Options`` ask for them.
  /// - Throws: As ``predict(_:previous:name:progress:)``, and `ImagingError` for images that cannot be
  ///   read.
  public func predict(
    _ item: DatasetCase, progress: (Double) -> Void = { _ in }
  ) throws -> Prediction {
    try predict(
      item.images.map { try Volume(contentsOf: $0) }, name: item.id, progress: progress)
  }

  private func predict(
    _ item: ImageName.Case, to target: String, _ output: String, progress: (Double) -> Void
  ) throws {
    let volumes = try item.files.map { try Volume(contentsOf: $0) }
    let prediction = try predict(volumes, name: item.name, progress: progress)
    if options.keepsProbabilities {
      try FileManager.default.createDirectory(
        atPath: output + "/probabilities", withIntermediateDirectories: true)
      for (channel, volume) in prediction.probabilities.enumerated() {
        try volume.write(to: probabilityPath(item, channel, output))
      }
    }
    // Last, since its presence says that the case is done.
    try prediction.labels.write(to: target)
  }

  private func isComplete(_ item: ImageName.Case, _ target: String, _ output: String) -> Bool {
    let channels = options.keepsProbabilities ? model.dataset.rule.channels : 0
    return ([target] + (0..<channels).map { probabilityPath(item, $0, output) })
      .allSatisfy(FileManager.default.fileExists)
  }

  private func probabilityPath(
    _ item: ImageName.Case, _ channel: Int, _ output: String
  ) -> String {
    "\(output)/probabilities/\(item.name)_\(ImageName.number(channel)).nii.gz"
  }
}

// Everything that can go wrong with an image, each as one line that says what to do.

public import Foundation

/// Why an image could not be read, written or converted.
///
/// The description is one line: what was met, what was expected, what to do. The one exception is
/// ``severalSeries(path:series:)``, which lists the series, one per line.
public enum ImagingError: Error, Equatable {
  /// Nothing lies at the path.
  case missing(path: String)
  /// The system did not let the file be read.
  case unreadable(path: String)
  /// The content is of another kind; `met` names it in words.
  case unsupported(path: String, met: String)
  /// The file is broken: `met` and, in `advice`, what to do.
  case damaged(path: String, met: String, advice: String = "copy or export the file again")
  /// The header places the voxels nowhere sensible.
  case badGeometry(path: String, defect: String)
  /// One volume was expected.
  case severalVolumes(path: String, count: Int)
  /// A DICOM object that holds something other than an image.
  case notAnImage(path: String, object: String, advice: String)
  /// A folder without DICOM images.
  case noSeries(path: String)
  /// A folder with several DICOM series, and none was chosen.
  case severalSeries(path: String, series: [DICOMSeries])
  /// The chosen series does not exist or several fit.
  case seriesChoice(path: String, choice: String, matches: Int, available: Int)
  /// The slices of a series do not form a volume.
  case slices(path: String, met: String, advice: String)
  /// The image does not fit the format it should be written in.
  case doesNotFit(path: String, met: String, expected: String)
  /// Writing failed.
  case writing(path: String, reason: String)
  /// An image that should be a label map is not.
  case notLabels(met: String)
  /// Numbers of voxels and of values differ.
  case voxelCount(met: Int, expected: Int)
  /// An unknown orientation code.
  case badOrientation(code: String)
  /// A parameter without sense.
  case badParameter(String)
}

extension ImagingError: CustomStringConvertible, LocalizedError {
  /// The formats that ``Volume/init(contentsOf:series:)`` reads, in words.
  public static let readable =
    "NIfTI, NRRD, MetaImage, FreeSurfer MGH/MGZ, DICOM, PNG, JPEG and TIFF"

  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .severalSeries(let path, let series):
      let head = "\(path): holds \(series.count) DICOM series; choose one by number or UID:"
      let lines = series.enumerated().map { "  \($0 + 1)  \(ImagingError.line($1.summary))" }
      return ([ImagingError.line(head)] + lines).joined(separator: "\n")
    default: return ImagingError.line(sentence)
    }
  }

  private var sentence: String {
    switch self {
    case .missing(let path):
      return "\(path): no such file or folder; check the path"
    case .unreadable(let path):
      return "\(path): cannot be opened; check its permissions"
    case .unsupported(let path, let met):
      return "\(path): is \(met); supported are \(ImagingError.readable); convert it first"
    case .damaged(let path, let met, let advice):
      return "\(path): \(met); \(advice)"
    case .badGeometry(let path, let defect):
      return "\(path): has \(defect); correct the header or export the image again"
    case .severalVolumes(let path, let count):
      return "\(path): holds \(count) volumes where one is expected; extract one of them first"
    case .notAnImage(let path, let object, let advice):
      return "\(path): is \(object), not an image; \(advice)"
    case .noSeries(let path):
      return "\(path): is a folder without DICOM images; give an image file or a series' folder"
    case .severalSeries(let path, let series):
      return "\(path): holds \(series.count) DICOM series"
    case .seriesChoice(let path, let choice, let matches, let available):
      let found = matches == 0 ? "no series" : "\(matches) series"
      return "\(path): \(found) of \(available) fit “\(choice)”; "
        + "give a number from 1 to \(available) or the first or last digits of one UID"
    case .slices(let path, let met, let advice):
      return "\(path): \(met); \(advice)"
    case .doesNotFit(let path, let met, let expected):
      return "\(path): cannot hold \(met); \(expected)"
    case .writing(let path, let reason):
      return "\(path): cannot be written: \(reason); check the folder and the free space"
    case .notLabels(let met):
      return "the image is not a label map: \(met); labels are whole numbers in one channel"
    case .voxelCount(let met, let expected):
      return "\(met) values where the geometry needs \(expected); "
        + "give one value per voxel and channel"
    case .badOrientation(let code):
      return "“\(code)” is no orientation; use three letters such as LPS or RAS"
    case .badParameter(let text):
      return text
    }
  }

  /// Text of libraries and file headers may hold line breaks and control characters.
  static func line(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      let isControl = scalar.value < 32 || scalar.value == 127
      if !isControl {
        result.unicodeScalars.append(scalar)
      } else if result.last != " " {
        result.append(" ")
      }
    }
  }
}

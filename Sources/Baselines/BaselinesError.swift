// Why a baseline could not answer.

/// A misuse of a baseline; the description is one line: what was met, what was expected, what to do.
public enum BaselinesError: Error, Equatable, CustomStringConvertible {
  /// There is no baseline of this name.
  case unknown(String)
  /// The baseline was not given what it works from; `needed` names it in words.
  case missing(id: String, needed: String)
  /// Numbers of values and of pixels differ.
  case valueCount(met: Int, expected: String)
  /// A baseline for slices was given a stack of them.
  case severalSlices(id: String, count: Int)
  /// There is no such slice.
  case noSlice(Int, count: Int)
  /// The image holds values that are not numbers.
  case nonFinite(Int)
  /// A prompt that lies beside the image, or a box without an extent.
  case badPrompt(String)
  /// The library behind a baseline failed.
  case failed(id: String, message: String)

  public var description: String {
    switch self {
    case .unknown(let id):
      "there is no baseline \(id); known are \(Baselines.all.map(\.id).joined(separator: ", "))"
    case .missing(let id, let needed): "\(id) was given nothing to work from; it needs \(needed)"
    case .valueCount(let met, let expected):
      "\(met) values where the image needs \(expected); give one value per pixel and channel"
    case .severalSlices(let id, let count):
      "\(id) works on one slice and was given \(count); give the slices one by one"
    case .noSlice(let slice, let count):
      "slice \(slice) of an image with \(count); count slices from 0"
    case .nonFinite(let count):
      "\(count) values of the image are not finite numbers; replace them first"
    case .badPrompt(let met): "\(met); prompts lie on the image, in pixels from 0"
    case .failed(let id, let message): "\(id) failed: \(message)"
    }
  }
}

// Why weights could not be fetched, each as one line that says what to do.

import Foundation

/// Why weights could not be fetched.
public enum PullError: Error, Equatable, CustomStringConvertible {
  case noPublishedWeights(String)
  case onlyByHand(id: String, file: String, page: String?, place: String)
  case unreachable(url: String, reason: String)
  /// The connection ended or stalled; the bytes that came are kept for the next pull.
  case brokenOff(url: String, received: Int, total: Int?, reason: String)
  case otherLength(url: String, met: Int, expected: Int)
  case otherContent(url: String)
  case noSpace(path: String, needed: Int, free: Int)
  case notKept(path: String, reason: String)

  public var description: String {
    switch self {
    case .noPublishedWeights(let id):
      "\(id) has no published weights; see `vesalius models list` for models that have some"
    case .onlyByHand(let id, let file, let page, let place):
      "the weights of \(id) have no address to fetch them from; get \(file) at "
        + "\(page ?? "its authors' page") and put it at \(place), or name it with --weights"
    case .unreachable(let url, let reason):
      "\(url) cannot be fetched: \(reason); fetch it elsewhere and name the file with --weights"
    case .brokenOff(let url, let received, let total, let reason):
      "\(url) broke off after \(received) \(total.map { "of \($0) " } ?? "")bytes: \(reason); "
        + "pull again to go on from there"
    case .otherLength(let url, let met, let expected):
      "\(url) is not the file that the card describes: it has \(met) bytes instead of \(expected); "
        + "nothing of it was kept"
    case .otherContent(let url):
      "\(url) is not the file that the card describes: its SHA-256 differs; nothing was kept"
    case .noSpace(let path, let needed, let free):
      "\(path) needs \(needed) bytes more and the disk has \(free) free; make room or set "
        + "VESALIUS_CACHE to a folder elsewhere"
    case .notKept(let path, let reason):
      "\(path) cannot be written: \(reason); set VESALIUS_CACHE to a folder that can"
    }
  }
}

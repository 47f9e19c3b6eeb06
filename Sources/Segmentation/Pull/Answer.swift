// What the head of an HTTP answer says of the file behind it.

import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What the head of an answer says of the file.
struct Answer {
  let status: Int
  /// Bytes of the body.
  let length: Int?
  let range: (start: Int, total: Int?)?
  let validator: String?

  init(_ response: HTTPURLResponse) {
    status = response.statusCode
    // Length and range of a compressed body say nothing of the file's.
    let isPlain =
      (response.value(forHTTPHeaderField: "Content-Encoding") ?? "identity") == "identity"
    func stated(_ header: String) -> String? {
      isPlain ? response.value(forHTTPHeaderField: header) : nil
    }
    length = stated("Content-Length").flatMap { Int($0) }
    let text = stated("Content-Range") ?? ""
    range = text.wholeMatch(of: #/bytes (\d{1,18})-\d+/(\d{1,18}|\*)/#).flatMap { match in
      Int(match.1).map { ($0, Int(match.2)) }
    }
    // Weak tags do not promise equal bytes.
    let tag = response.value(forHTTPHeaderField: "ETag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
    validator = tag ?? response.value(forHTTPHeaderField: "Last-Modified")
  }
}

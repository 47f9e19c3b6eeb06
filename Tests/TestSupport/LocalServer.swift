// A small HTTP server on the loopback interface that behaves as badly as a test asks.

import Foundation

/// Answers a few requests for one file, each as told, and stops by itself.
// Safe because every access to what changes holds the lock.
public final class LocalServer: @unchecked Sendable {
  /// What the server does with one request.
  public struct Answer: Sendable {
    public var body: [UInt8]
    /// Answers with this status and no file.
    public var status: Int? = nil
    public var location: String? = nil
    public var honoursRanges = true
    public var honoursIfRange = true
    public var tag: String? = "\"1\""
    /// States another length than the file's; −1 for none at all.
    public var claimedLength: Int? = nil
    /// Bytes of the body that are sent before the connection breaks or stalls.
    public var sends: Int? = nil
    public var stalls = false
    /// Never answers.
    public var isSilent = false
    /// Answers only once the test calls `release`.
    public var isHeld = false

    public init(_ body: [UInt8]) { self.body = body }

    public func with(_ change: (inout Answer) -> Void) -> Answer {
      var answer = self
      change(&answer)
      return answer
    }
  }

  /// A request with its headers (names in lower case) and how many bytes of a body it was sent.
  public struct Request: Sendable {
    public let path: String
    public let headers: [String: String]
    public let sent: Int
  }

  struct Failure: Error { let call: String }

  /// Tests that run beside slow ones may have to wait for minutes until they go on.
  private static let longestLife = 3600.0
  private static let mostRequests = 32

  private let lock = NSLock()
  private let answers: [Answer]
  private let descriptor: Int32
  private let port: UInt16
  private var seen = 0
  private var isStopped = false
  private var isReleased = false
  private var log: [Request] = []

  /// Runs `body` while a server gives `answers` in turn, the last one again and again.
  public static func serving<Result>(
    _ answers: Answer..., body: (LocalServer) async throws -> Result
  ) async throws -> Result {
    let server = try LocalServer(answers)
    defer { server.stop() }
    return try await body(server)
  }

  /// Lets held answers go.
  public func release() { lock.withLock { isReleased = true } }

  /// How many clients have come so far.
  public var connections: Int { lock.withLock { seen } }

  /// The requests that were answered so far.
  public var requests: [Request] { lock.withLock { log } }

  public func address(_ path: String = "file.bin") -> String { "http://127.0.0.1:\(port)/\(path)" }

  private init(_ answers: [Answer]) throws {
    self.answers = answers
    #if canImport(Darwin)
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    guard descriptor >= 0 else { throw Failure(call: "socket") }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isListening = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else { throw Failure(call: "bind") }
    port = UInt16(bigEndian: place.sin_port)
    Thread { self.accept() }.start()
  }

  private func stop() { lock.withLock { isStopped = true } }

  private func accept() {
    defer { close(descriptor) }
    let end = Date(timeIntervalSinceNow: Self.longestLife)
    while !(lock.withLock { isStopped || seen == Self.mostRequests }), Date() < end {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 100) > 0 else { continue }
      #if canImport(Darwin)
        let connection = Darwin.accept(descriptor, nil, nil)
      #else
        let connection = Glibc.accept(descriptor, nil, nil)
      #endif
      guard connection >= 0 else { continue }
      let number = lock.withLock {
        seen += 1
        return seen - 1
      }
      Thread {
        self.serve(connection, self.answers[min(number, self.answers.count - 1)])
        close(connection)
      }.start()
    }
  }

  private func serve(_ connection: Int32, _ answer: Answer) {
    guard let (path, headers) = Self.head(of: connection) else { return }
    if answer.isHeld || answer.isSilent { rest { answer.isHeld && self.isReleased } }
    if answer.isSilent { return }
    let count = answer.body.count
    let range = headers["range"].flatMap {
      $0.wholeMatch(of: #/bytes=(\d+)-/#).flatMap { Int($0.1) }
    }
    let isFresh = headers["if-range"].map { $0 == answer.tag } ?? true
    let start =
      answer.honoursRanges && (isFresh || !answer.honoursIfRange) ? range ?? 0 : 0
    var head = ["Connection: close"]
    var body: ArraySlice<UInt8> = []
    if let status = answer.status {
      head.insert("HTTP/1.1 \(status) As Told", at: 0)
      if let location = answer.location { head.append("Location: \(location)") }
      head.append("Content-Length: 0")
    } else if start > 0, start >= count {
      head = ["HTTP/1.1 416 Range Not Satisfiable", "Content-Range: bytes */\(count)"] + head
      head.append("Content-Length: 0")
    } else {
      body = answer.body[start...]
      head.insert("HTTP/1.1 " + (start > 0 ? "206 Partial Content" : "200 OK"), at: 0)
      if start > 0 { head.append("Content-Range: bytes \(start)-\(count - 1)/\(count)") }
      if let tag = answer.tag { head.append("ETag: \(tag)") }
      let length = answer.claimedLength ?? body.count
      if length >= 0 { head.append("Content-Length: \(length)") }
    }
    let part = answer.sends.map { body.prefix($0) } ?? body
    lock.withLock { log.append(Request(path: path, headers: headers, sent: part.count)) }
    Self.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)[...], to: connection)
    Self.send(part, to: connection)
    if answer.stalls { rest { false } }
  }

  /// Does nothing until the test is over or `isOver`, which is asked under the lock.
  private func rest(until isOver: () -> Bool) {
    let end = Date(timeIntervalSinceNow: Self.longestLife)
    while Date() < end, !(lock.withLock { isStopped || isOver() }) { usleep(20_000) }
  }

  private static func head(of connection: Int32) -> (String, [String: String])? {
    var patience = timeval(tv_sec: 5, tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.hasSuffix("\r\n\r\n"), text.utf8.count < 1 << 16 {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    let lines = text.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    let pairs = lines.dropFirst().compactMap { line in
      line.firstIndex(of: ":").map {
        (
          line[..<$0].lowercased(),
          line[line.index(after: $0)...].trimmingCharacters(in: .whitespaces)
        )
      }
    }
    guard words.count == 3 else { return nil }
    return (String(words[1]), Dictionary(pairs) { first, _ in first })
  }

  private static func send(_ bytes: ArraySlice<UInt8>, to connection: Int32) {
    #if canImport(Darwin)
      let flags: Int32 = 0
      var isQuiet: Int32 = 1
      setsockopt(
        connection, SOL_SOCKET, SO_NOSIGPIPE, &isQuiet, socklen_t(MemoryLayout<Int32>.size))
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    bytes.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count, let base = bytes.baseAddress {
        #if canImport(Darwin)
          let count = Darwin.send(connection, base + sent, bytes.count - sent, flags)
        #else
          let count = Glibc.send(connection, base + sent, bytes.count - sent, flags)
        #endif
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}

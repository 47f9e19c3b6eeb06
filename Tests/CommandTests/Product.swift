// Runs the built command as its users do: as a process with arguments, output and an exit code.

import Foundation
import Testing

/// What a finished process left behind.
struct Outcome {
  let code: Int32
  let output: String
  let errors: String

  var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false) }
}

enum Product {
  enum Failure: Error {
    case notBuilt(searched: [String])
    case killed(signal: Int32, errors: String)
  }

  /// The command lies in the folder of the test bundle, or a few folders above the program in it.
  static let executable: Result<URL, Failure> = {
    let starts =
      [Bundle.main.executablePath].compactMap(\.self)
      + CommandLine.arguments.filter { $0.contains(".xctest") || $0.hasPrefix("/") }
    for start in starts {
      var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
      for _ in 0..<5 {
        folder.deleteLastPathComponent()
        let candidate = folder.appendingPathComponent("vesalius")
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
          atPath: candidate.path, isDirectory: &isFolder)
        if exists, !isFolder.boolValue { return .success(candidate) }
      }
    }
    return .failure(.notBuilt(searched: starts))
  }()

  /// Runs `vesalius` with an empty cache below `folder`, unless `environment` names another.
  ///
  /// `shell` replaces the plain start; in it `"$0" "$@"` stands for the command and its arguments.
  /// Waiting blocks the thread on purpose: no more processes run at once than there are processors.
  static func run(
    _ arguments: [String], in folder: Scratch, environment: [String: String] = [:],
    shell: String? = nil
  ) throws -> Outcome {
    let executable = try executable.get()
    let process = Process()
    process.currentDirectoryURL = folder.url
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell, executable.path] + arguments
    } else {
      process.executableURL = executable
      process.arguments = arguments
    }
    let settings = ["COLUMNS": "80", "VESALIUS_CACHE": folder.hidden("cache")]
    process.environment = ProcessInfo.processInfo.environment
      .merging(settings) { $1 }.merging(environment) { $1 }
    // Files and not pipes, which would block a process that says more than a pipe holds.
    let output = folder.hidden("output-\(UUID().uuidString)")
    let errors = folder.hidden("errors-\(UUID().uuidString)")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try handle(output)
    process.standardError = try handle(errors)
    try process.run()
    process.waitUntilExit()
    let said = try String(contentsOfFile: errors, encoding: .utf8)
    guard process.terminationReason == .exit else {
      throw Failure.killed(signal: process.terminationStatus, errors: said)
    }
    return Outcome(
      code: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
      errors: said)
  }

  private static func handle(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }
}

/// A refusal: one line on standard error that names what it should, the code, and no output.
func expectRefusal(
  _ outcome: Outcome, code: Int32 = 1, naming words: [String],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: sourceLocation)
  #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
  #expect(outcome.errors.hasPrefix("vesalius: "), sourceLocation: sourceLocation)
  #expect(
    outcome.errorLines.count == 2 && outcome.errorLines.last == "", "\(outcome.errors)",
    sourceLocation: sourceLocation)
  for word in words {
    #expect(outcome.errors.contains(word), "\(outcome.errors)", sourceLocation: sourceLocation)
  }
}

// The command: its parts, and how errors become one line and an exit code.

import ArgumentParser
import Foundation
import Models

@main
struct Vesalius: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "vesalius",
    abstract: "Segment medical images with generalist and task-specific networks.",
    version: version,
    subcommands: [
      SegmentCommand.self, PlanCommand.self, TrainCommand.self, TrainGeneralistCommand.self,
      CompareCommand.self,
      EvaluateCommand.self, ExportCommand.self, SynthesizeCommand.self, ModelsCommand.self,
      SurveyCommand.self, DoctorCommand.self, CompareWorkerCommand.self,
    ])

  /// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 weights missing or licence refused.
  static func main() async {
    // A file beyond the allowed size is then an error that leaves nothing behind, not a sudden end.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(reporting: error)
    }
  }

  private static func exit(reporting error: any Error) -> Never {
    let code = exitCode(for: error)
    if code.isSuccess {
      do { try Output.result(fullMessage(for: error)) } catch { exit(reporting: error) }
      Foundation.exit(0)
    }
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    if code == .validationFailure {
      Output.line("vesalius: \(usage(error))")
      Foundation.exit(2)
    }
    Output.line("vesalius: \(Output.oneLine(error))")
    switch error {
    case ModelError.weightsMissing, ModelError.neverPublished: Foundation.exit(3)
    default: Foundation.exit(1)
    }
  }

  /// What was wrong with the arguments and whose help tells more, on one line.
  private static func usage(_ error: any Error) -> String {
    let problem = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    if problem.contains("; see `") { return problem }
    let help = fullMessage(for: error).firstMatch(of: #/See '(.+ --help)'/#)?.1
    return "\(problem); see `\(help ?? "vesalius --help")`"
  }
}

// The command that measures our SAM for Benchmarks/run: load, encode an image, prompt it; figures as JSON.

import Foundation

@main
struct SAMBenchmark {
  static func main() {
    do {
      let options = try Options(CommandLine.arguments.dropFirst())
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      let figures = try encoder.encode(Measurement.run(options))
      FileHandle.standardOutput.write(figures + Data("\n".utf8))
    } catch {
      FileHandle.standardError.write(Data("sam-benchmark: \(error)\n".utf8))
      exit(error is Options.Defect ? 2 : 1)
    }
  }
}

// The command that fuzzes the weight readers: weight-fuzz --inputs 100000 --seed 1 [--corpus DIR].

import Foundation
import WeightFuzzing

@main
struct WeightFuzz {
  static func main() {
    var inputs = 100_000
    var first = 0
    var seed: UInt64 = 1
    var corpus: String?
    var isTraced = false
    var arguments = CommandLine.arguments.dropFirst()
    while let option = arguments.popFirst() {
      let value = option == "--trace" ? nil : arguments.popFirst()
      switch (option, value.flatMap { Int($0) }, value) {
      case ("--inputs", let number?, _) where number > 0: inputs = number
      case ("--first", let number?, _) where number >= 0: first = number
      case ("--seed", let number?, _) where number >= 0: seed = UInt64(number)
      case ("--corpus", _, let folder?): corpus = folder
      case ("--trace", _, _): isTraced = true
      default:
        complain("usage: weight-fuzz [--inputs N] [--first N] [--seed N] [--corpus DIR] [--trace]")
        exit(2)
      }
    }
    do {
      let samples = try corpus.map(Corpus.samples(adding:)) ?? Corpus.samples()
      let run = FuzzRun(seed: seed, samples: samples) { number in
        complain("input \(number) hangs (again with --first \(number) --inputs 1)")
        exit(1)
      }
      let report = run.run(first..<first + inputs) { number in
        if isTraced { complain("input \(number)") }
      }
      print("seed \(seed), \(samples.count) samples: \(report)")
      for complaint in report.complaints.prefix(20) { complain(complaint) }
      exit(report.complaints.isEmpty && report.memoryGrowth < 128 << 20 ? 0 : 1)
    } catch {
      complain("\(error)")
      exit(1)
    }
  }

  private static func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}

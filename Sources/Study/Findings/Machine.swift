// The machine that a study ran on, in a line.

import Foundation
import Tensors

enum Machine {
  /// Cores, processor, instruction sets and memory.
  static var description: String {
    let process = ProcessInfo.processInfo
    let memory = Double(process.physicalMemory) / 1e9
    let sets = Processor.current.features.joined(separator: ", ")
    return
      "\(process.activeProcessorCount) cores, \(processor), \(sets.isEmpty ? "no vector units" : sets); "
      + "\(String(format: "%.0f", memory)) GB of memory; \(process.operatingSystemVersionString)"
  }

  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "unknown processor"
  }
}

// What this process has used of the machine so far: memory, time of the cores, energy.

import Foundation

/// Readings of this process's consumption.
public enum Usage {
  /// The largest resident memory so far, in bytes.
  public static var peakMemory: Int {
    #if os(Linux)
      // getrusage would count the memory of the process that started this one.
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
        Int($0)
      }
      return (kilobytes ?? 0) * 1024
    #else
      return usage.ru_maxrss
    #endif
  }

  /// Sets the largest resident memory back to what is resident now, where the system allows it; elsewhere
  /// ``peakMemory`` goes on counting from the start of the process.
  public static func forgetPeak() {
    #if os(Linux)
      try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    #endif
  }

  /// Seconds that all cores together spent on this process so far, the kernel's work for it included.
  public static var cpuSeconds: Double {
    let used = usage
    return [used.ru_utime, used.ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
  }

  /// The reading of the processor packages' energy counters in joules; nil where they cannot be read. They
  /// count everything on the machine and wrap around, so only differences over short times mean something.
  public static var joules: Double? {
    let folder = "/sys/class/powercap"
    let packages = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasPrefix("intel-rapl:") && $0.split(separator: ":").count == 2 }
    let readings = packages.compactMap { name -> Double? in
      let path = "\(folder)/\(name)/energy_uj"
      let text = try? String(contentsOfFile: path, encoding: .utf8)
      return text.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    return readings.isEmpty ? nil : readings.reduce(0, +) / 1e6
  }

  private static var usage: rusage {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    return usage
  }
}

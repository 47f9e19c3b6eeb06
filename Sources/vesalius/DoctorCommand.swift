// `vesalius doctor`: what this machine has, what is wrong with it, and what to do about it.

import ArgumentParser
import Foundation
import Imaging
import Segmentation
import Tensors

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check this machine and say what to do about each problem.")

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: .hidden)
  var reducedPrecisionProbe = false

  /// One thing that was looked at.
  struct Finding: Encodable {
    enum Verdict: String, Encodable {
      case fine, note, problem
    }

    let subject: String
    let verdict: Verdict
    let found: String
    var remedy: String? = nil
  }

  func run() throws {
    if reducedPrecisionProbe { return try Engine.reducedPrecisionSelfTest() }
    let findings =
      [swift, processor, matrixUnits, precision] + engine + [memory, imaging, cache]
    if json {
      try Output.result(["findings": findings])
    } else {
      let marks: [Finding.Verdict: String] = [.fine: "✓", .note: "·", .problem: "✗"]
      for finding in findings {
        let name = finding.subject.padding(toLength: 14, withPad: " ", startingAt: 0)
        try Output.result("\(marks[finding.verdict] ?? "") \(name) \(finding.found)")
        if let remedy = finding.remedy { try Output.result("  → \(remedy)") }
      }
    }
    if findings.contains(where: { $0.verdict == .problem }) { throw ExitCode(1) }
  }

  private var swift: Finding {
    #if compiler(>=6.3)
      let version = "6.3 or later"
    #elseif compiler(>=6.2)
      let version = "6.2"
    #else
      let version = "6.1"
    #endif
    #if DEBUG
      return Finding(
        subject: "Swift", verdict: .note, found: "compiler \(version), debug build",
        remedy:
          "build with `swift build -c release`: preparation of large volumes is several times "
          + "faster")
    #else
      return Finding(subject: "Swift", verdict: .fine, found: "compiler \(version), release build")
    #endif
  }

  private var processor: Finding {
    let features = Processor.current.features
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return Finding(
      subject: "Processor", verdict: features.isEmpty ? .note : .fine,
      found: "\(cores) cores, "
        + (features.isEmpty ? "no AVX2" : features.joined(separator: " ")),
      remedy: features.isEmpty ? "libtorch's portable kernels are used; expect slow runs" : nil)
  }

  private var matrixUnits: Finding {
    let processor = Processor.current
    guard processor.amxBF16 || processor.amxInt8 else {
      return Finding(subject: "AMX", verdict: .fine, found: "not on this processor")
    }
    let works = Processor.amxSelfTest()
    let state =
      works == true
      ? "bfloat16 tiles compute correctly"
      : works == nil ? "not granted by the kernel" : "advertised, but a tile product fails"
    guard processor.needsOneDNNRemedy else {
      return Finding(subject: "AMX", verdict: works == false ? .problem : .fine, found: state)
    }
    let (name, value) = Processor.oneDNNRemedy
    return Finding(
      subject: "AMX", verdict: .note,
      found: state + "; the palette is hidden, which kills oneDNN",
      remedy: "every command sets \(name)=\(value) by itself; set it for other programs too")
  }

  /// What `--precision auto` tries, in this order.
  private var precision: Finding {
    let units = Precision.fastestFirst.map { $0.unit?.description ?? "fp32 by libtorch" }
    return Finding(
      subject: "Precision", verdict: .fine,
      found: "auto tries " + units.joined(separator: ", then "))
  }

  private var engine: [Finding] {
    do {
      let version = try Engine.version
      let threads = try Engine.threads
      let gpus = try Engine.cudaDeviceCount
      return [
        Finding(subject: "libtorch", verdict: .fine, found: "\(version), \(threads) threads"),
        reducedPrecision,
        Finding(
          subject: "GPU", verdict: .fine,
          found: gpus == 0 ? "none that this libtorch can use" : "\(gpus) CUDA devices"),
      ]
    } catch {
      return [
        Finding(
          subject: "libtorch", verdict: .problem, found: Output.oneLine(error),
          remedy: "run scripts/bootstrap and build again")
      ]
    }
  }

  /// The product runs in a process of its own, because where oneDNN fails it takes its process along.
  private var reducedPrecision: Finding {
    let child = Process()
    child.executableURL = Bundle.main.executableURL
    child.arguments = ["doctor", "--reduced-precision-probe"]
    child.standardError = FileHandle.nullDevice
    do { try child.run() } catch {
      return Finding(
        subject: "bfloat16", verdict: .note, found: "self-test could not start",
        remedy: Output.oneLine(error))
    }
    child.waitUntilExit()
    let isFine = child.terminationReason == .exit && child.terminationStatus == 0
    let (name, value) = Processor.oneDNNRemedy
    return isFine
      ? Finding(subject: "bfloat16", verdict: .fine, found: "oneDNN self-test passes")
      : Finding(
        subject: "bfloat16", verdict: .problem,
        found: "oneDNN self-test ends with \(child.terminationStatus)",
        remedy: "set \(name)=\(value) and report your processor")
  }

  private var memory: Finding {
    let gigabytes = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
    return Finding(
      subject: "Memory", verdict: gigabytes < 4 ? .problem : .fine,
      found: String(format: "%.1f GB", gigabytes),
      remedy: gigabytes < 4 ? "3-D networks need about 4 GB; use a larger machine" : nil)
  }

  /// Writes a small volume and reads it back.
  private var imaging: Finding {
    let path = NSTemporaryDirectory() + "vesalius-doctor-\(UUID().uuidString).nii.gz"
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let labels = LabelMap(
        geometry: Geometry(size: SIMD3(2, 2, 2)), labels: [0, 1, 0, 0, 2, 0, 0, 3])
      try labels.write(to: path)
      let isSame = try LabelMap(contentsOf: path).labels == labels.labels
      return Finding(
        subject: "ITK", verdict: isSame ? .fine : .problem,
        found: isSame ? "a volume written and read back is the same" : "a volume came back changed",
        remedy: isSame ? nil : "install ITK anew with scripts/bootstrap")
    } catch {
      return Finding(
        subject: "ITK", verdict: .problem, found: Output.oneLine(error),
        remedy: "check that \(NSTemporaryDirectory()) can be written, then scripts/bootstrap")
    }
  }

  private var cache: Finding {
    let folder = ModelStore().folder.path
    return Finding(
      subject: "Weights", verdict: .fine, found: "kept in \(folder) (VESALIUS_CACHE moves it)")
  }
}

// Opens libtorch at the first tensor operation, so that commands without tensors never pay for it.

import CKernels
import CTorch
import Foundation

/// The libtorch behind every tensor: whether it could be opened, which one it is, how many threads it uses.
public enum Engine {
  /// The version of libtorch, e.g. "2.13.0".
  public static var version: String {
    get throws { String(cString: try api().pointee.version()) }
  }

  /// How libtorch was built: BLAS, oneDNN, OpenMP, instruction set in use.
  public static var configuration: String {
    get throws {
      var buffer = [CChar](repeating: 0, count: 16384)
      try check(try api().pointee.configuration(&buffer, Int64(buffer.count)), "configuration")
      let text = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// CUDA devices that this libtorch can use; 0 for a CPU build.
  public static var cudaDeviceCount: Int {
    get throws {
      var count: Int32 = 0
      try check(try api().pointee.cuda_device_count(&count), "cuda_device_count")
      return Int(count)
    }
  }

  /// Threads that one operation may use.
  public static var threads: Int {
    get throws {
      var count: Int32 = 0
      try check(try api().pointee.threads(&count), "threads")
      return Int(count)
    }
  }

  /// Sets how many threads one operation may use; at least one.
  public static func setThreads(_ count: Int) throws {
    try check(try api().pointee.set_threads(Int32(clamping: max(1, count))), "set_threads")
  }

  /// Multiplies in bfloat16. Where oneDNN misreads AMX (see `Processor.needsOneDNNRemedy`) and the
  /// remedy is switched off, this ends the process with SIGILL; run it in a child process.
  public static func reducedPrecisionSelfTest() throws {
    try check(try api().pointee.matmul_self_test(), "matmul_self_test")
  }

  static func api() throws -> UnsafePointer<vt_api> { try opened.get().table }

  static func check(_ status: vt_status, _ operation: String) throws {
    guard status != VT_OK else { return }
    let message = String(cString: try api().pointee.last_error())
    throw status == VT_OUT_OF_MEMORY
      ? TensorError.outOfMemory(operation: operation, message: message)
      : TensorError.failed(operation: operation, message: message)
  }

  private struct Opened: @unchecked Sendable {
    // Safe because the table is constant data of a library that is never closed.
    let table: UnsafePointer<vt_api>
  }

  private static let opened: Result<Opened, TensorError> = {
    Processor.current.applyOneDNNRemedy()
    // Threads of OpenMP that wait by spinning take the cores from ours, and from everybody else's.
    setenv("OMP_WAIT_POLICY", "passive", 0)
    let path = bridgePath
    var reason: UnsafePointer<CChar>?
    guard let table = vt_open(path, &reason) else {
      let why = reason.map { String(cString: $0) } ?? "unknown reason"
      return .failure(.engineMissing(path: path, reason: why))
    }
    return .success(Opened(table: table))
  }()

  /// The bridge lies beside the executable (or, on macOS, beside the test bundle).
  private static var bridgePath: String {
    #if os(macOS)
      let name = "libTorchBridge.dylib"
    #else
      let name = "libTorchBridge.so"
    #endif
    let image = vt_image_path().map { String(cString: $0) } ?? CommandLine.arguments[0]
    var folder = URL(fileURLWithPath: image).resolvingSymlinksInPath().deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent(name).path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      let library = folder.appendingPathComponent("lib").appendingPathComponent(name).path
      if FileManager.default.fileExists(atPath: library) { return library }
      folder.deleteLastPathComponent()
    }
    return name
  }
}

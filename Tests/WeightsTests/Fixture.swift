// The small files beside the tests, made by the real libraries with Resources/make_fixtures.py.

import Foundation
import Testing
import Weights

enum Fixture {
  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appendingPathComponent("Resources/\(name)").path
  }

  static func open(_ name: String) throws -> WeightFile {
    try WeightFile(contentsOf: path(name))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// A folder of its own for one test, which the test removes.
  static func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("weights-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}

extension StoredTensor {
  /// The elements as numbers of the given Swift type, in row-major order.
  func values<Number: BitwiseCopyable>(_ type: Number.Type) throws -> [Number] {
    try withContiguousBytes { bytes in
      (0..<numel).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: type)
      }
    }
  }

  /// The sum of float32 elements.
  var sum: Double {
    get throws { try values(Float.self).reduce(0) { $0 + Double($1) } }
  }
}

/// The description of the error that `body` throws, or nil when it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return String(describing: error)
  }
}

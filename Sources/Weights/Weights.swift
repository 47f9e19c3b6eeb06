// A path into a tensor source: constructing a layer with it is loading the layer.

import Foundation
public import Tensors

/// A place in a tree of named tensors.
///
/// A layer asks for a name and a shape and gets a tensor in any case; what was missing or misshapen is
/// written down, and `finish()` tells all of it in one error.
public struct Weights: Sendable {
  private let source: any TensorSource
  private let path: String
  private let renames: [Rename]
  private let dtype: DType?
  private let device: Device
  private let ledger: Ledger

  /// The difference between the name a layer asks for and the name in the file.
  public struct Rename: Sendable, Hashable {
    let prefix: String
    let replacement: String

    /// Names that begin with `prefix` begin with `replacement` in the file.
    public init(_ prefix: String, _ replacement: String) {
      self.prefix = prefix
      self.replacement = replacement
    }
  }

  /// The root of `source`; tensors are converted to `dtype` unless it is `nil`. The first rename whose
  /// prefix fits is used.
  public init(
    _ source: any TensorSource, renames: [Rename] = [], dtype: DType? = .float32,
    device: Device = .cpu
  ) {
    self.init(
      source: source, path: "", renames: renames, dtype: dtype, device: device, ledger: Ledger())
  }

  private init(
    source: any TensorSource, path: String, renames: [Rename], dtype: DType?, device: Device,
    ledger: Ledger
  ) {
    self.source = source
    self.path = path
    self.renames = renames
    self.dtype = dtype
    self.device = device
    self.ledger = ledger
  }

  /// The place called `name` below this one.
  public static func / (weights: Weights, name: String) -> Weights {
    Weights(
      source: weights.source, path: weights.path + name + ".", renames: weights.renames,
      dtype: weights.dtype, device: weights.device, ledger: weights.ledger)
  }

  /// The place called `index` below this one, as PyTorch numbers the layers of a sequence.
  public static func / (weights: Weights, index: Int) -> Weights { weights / String(index) }

  /// The tensor called `name` here. When it is missing or has another shape, zeros stand in for it
  /// until `finish()` throws.
  public func callAsFunction(
    _ name: String, _ shape: [Int], initial: Initial = .zeros
  ) throws -> Tensor {
    let full = path + name
    let stored = nameInFile(full)
    guard let found = source.shape(of: stored, asked: shape) else {
      ledger.note(missing: full, stored)
      return try ZeroSource().tensor(full, shape: shape, initial: initial)
    }
    guard found == shape else {
      ledger.note(misshapen: "\(stored): \(found), expected \(shape)", stored)
      return try ZeroSource().tensor(full, shape: shape, initial: initial)
    }
    let tensor = try source.tensor(stored, shape: shape, initial: initial)
    let converted = try tensor.to(
      tensor.dtype.isFloatingPoint ? dtype ?? tensor.dtype : tensor.dtype, device: device)
    ledger.note(read: stored, full, shape)
    return converted
  }

  /// Whether the source has a tensor called `name` here.
  public func has(_ name: String, shape: [Int]) -> Bool {
    source.shape(of: nameInFile(path + name), asked: shape) != nil
  }

  /// Names and shapes asked for so far, in order.
  public var parameters: [(name: String, shape: [Int])] { ledger.parameters }

  /// Throws `WeightsMismatch` when a name was missing, misshapen or left unread. Names that end with
  /// one of `ignored` may stay unread: counters that inference does not use.
  public func finish(ignoring ignored: [String] = ["num_batches_tracked"]) throws {
    let unread = (source.offered ?? []).filter { name in
      !ledger.wasAsked(name) && !ignored.contains { name.hasSuffix($0) }
    }
    let mismatch = WeightsMismatch(
      missing: ledger.missing, misshapen: ledger.misshapen, unread: unread)
    if !mismatch.isEmpty { throw mismatch }
  }

  private func nameInFile(_ name: String) -> String {
    guard let rename = renames.first(where: { name.hasPrefix($0.prefix) }) else { return name }
    return rename.replacement + name.dropFirst(rename.prefix.count)
  }
}

/// Every difference between the names a model asks for and those a file has.
public struct WeightsMismatch: Error, Equatable, CustomStringConvertible {
  /// Names that the model needs and the source lacks.
  public let missing: [String]
  /// Names whose shape is another one, with both shapes.
  public let misshapen: [String]
  /// Names in the source that the model has no use for.
  public let unread: [String]

  var isEmpty: Bool { missing.isEmpty && misshapen.isEmpty && unread.isEmpty }

  public var description: String {
    let parts = [
      Self.part("missing", missing), Self.part("of another shape", misshapen),
      Self.part("not used by this model", unread),
    ].compactMap(\.self)
    return "these weights are of another model: " + parts.joined(separator: "; ")
  }

  /// At most four names, so that the error stays a line; the properties hold all of them.
  private static func part(_ what: String, _ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let shown = names.prefix(4).joined(separator: ", ")
    return "\(names.count) \(what) (\(shown)\(names.count > 4 ? ", …" : ""))"
  }
}

/// What has been asked for and what came of it.
private final class Ledger: @unchecked Sendable {
  // Safe because every access holds the lock.
  private let lock = NSLock()
  private var asked: Set<String> = []
  private var read: [(name: String, shape: [Int])] = []
  private var missingNames: [String] = []
  private var misshapenNames: [String] = []

  var parameters: [(name: String, shape: [Int])] { lock.withLock { read } }
  var missing: [String] { lock.withLock { missingNames } }
  var misshapen: [String] { lock.withLock { misshapenNames } }

  func wasAsked(_ name: String) -> Bool { lock.withLock { asked.contains(name) } }

  func note(read stored: String, _ name: String, _ shape: [Int]) {
    lock.withLock {
      asked.insert(stored)
      read.append((name, shape))
    }
  }

  func note(missing name: String, _ stored: String) {
    lock.withLock {
      asked.insert(stored)
      missingNames.append(name)
    }
  }

  func note(misshapen text: String, _ stored: String) {
    lock.withLock {
      asked.insert(stored)
      misshapenNames.append(text)
    }
  }
}

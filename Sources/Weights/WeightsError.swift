// Everything that reading or writing a weight file can refuse, each as one line that says what to do.

public import Foundation

/// A weight file that cannot be read or written, and why.
public enum WeightsError: Error, Sendable, Equatable {
  /// The file could not be opened or mapped.
  case unreadable(path: String, reason: String)
  /// The first bytes belong to no format of weights.
  case unrecognised(path: String, met: String)
  /// The format is known, but the content breaks its rules.
  case malformed(path: String, format: String, problem: String)
  /// A pickle asks for a Python name that is not on the short list of those that only build data.
  case forbiddenGlobal(path: String, global: String, offset: Int)
  /// A pickle holds an instruction that no protocol from 0 to 5 defines, or that needs Python.
  case unknownOpcode(path: String, opcode: UInt8, offset: Int)
  /// A valid file that uses something Vesalius does not read.
  case unsupported(path: String, feature: String, remedy: String)
  /// A tensor whose element type no `DType` expresses.
  case unsupportedType(path: String, tensor: String, type: String)
  /// A small file that would unfold to far more than its own size.
  case excessive(path: String, what: String)
  /// No dictionary of tensors at the asked or the usual keys.
  case noStateDict(path: String, key: String?, candidates: [String])
  /// The file could not be written; nothing of it was left behind.
  case unwritable(path: String, reason: String)
}

extension WeightsError: CustomStringConvertible, LocalizedError {
  public var description: String {
    // Names come from the file, which may hold anything; the message stays one readable line.
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(2000).map { $0.properties.generalCategory.isText ? $0 : "?" }))
  }

  public var errorDescription: String? { description }

  private var text: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read (\(reason)); give the path of a readable weight file"
    case .unrecognised(let path, let met):
      "\(path): met \(met), expected safetensors, a PyTorch archive or .npy; "
        + "check the download or convert the file to safetensors"
    case .malformed(let path, let format, let problem):
      "\(path): broken \(format): \(problem); download or save the file again"
    case .forbiddenGlobal(let path, let global, let offset):
      "\(path): the file asks to run \(global) (at byte \(offset)), which Vesalius never does; "
        + "in Python load it where you trust it and save model.state_dict() alone"
    case .unknownOpcode(let path, let opcode, let offset):
      "\(path): met pickle instruction 0x\(String(opcode, radix: 16)) at byte \(offset), "
        + "expected one that builds plain data; save the state_dict again with torch.save"
    case .unsupported(let path, let feature, let remedy):
      "\(path): \(feature) is not read; \(remedy)"
    case .unsupportedType(let path, let tensor, let type):
      "\(path): tensor \(tensor) holds \(type), which no tensor here can; "
        + "convert it to a signed, floating or 8-bit type before saving"
    case .excessive(let path, let what):
      "\(path): \(what), far more than a file of its size should; "
        + "save a plain state_dict of contiguous tensors"
    case .noStateDict(let path, let key, let candidates):
      "\(path): no tensors \(key.map { "at key \($0)" } ?? "at the usual keys"); "
        + (candidates.isEmpty
          ? "the file holds no dictionary of tensors"
          : "choose one of: \(candidates.joined(separator: ", "))")
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); nothing was left behind"
    }
  }
}

extension Unicode.GeneralCategory {
  /// Whether a character stays on its line.
  fileprivate var isText: Bool {
    switch self {
    case .control, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}

// The pickle instructions that push one number, string or run of bytes.

extension PickleMachine {
  /// Runs `opcode` when it pushes a scalar, else returns false.
  mutating func runScalar(_ opcode: PickleOpcode) throws -> Bool {
    switch opcode {
    case .none: stack.append(Self.none)
    case .newTrue: stack.append(Self.yes)
    case .newFalse: stack.append(Self.no)
    case .int:
      let line = try reader.line()
      switch line {
      case Array("01".utf8): stack.append(Self.yes)
      case Array("00".utf8): stack.append(Self.no)
      default: push(.int(try decimal(line)))
      }
    case .long:
      let line = try reader.line()
      push(.int(try decimal(line.last == UInt8(ascii: "L") ? line.dropLast() : line)))
    case .binInt: push(.int(Int(try reader.integer(Int32.self))))
    case .binInt1: push(.int(Int(try reader.byte())))
    case .binInt2: push(.int(Int(try reader.integer(UInt16.self))))
    case .long1: push(integer(try reader.array(Int(try reader.byte()))))
    case .long4: push(integer(try reader.array(try reader.length(Int32.self))))
    case .float:
      guard let value = Double(String(decoding: try reader.line(), as: UTF8.self)) else {
        throw malformed("no number")
      }
      push(.float(value))
    case .binFloat:
      push(.float(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped)))
    case .string: push(.byteString(try unquoted(try reader.line())))
    case .binString: push(.byteString(try reader.array(try reader.length(Int32.self))))
    case .shortBinString: push(.byteString(try reader.array(Int(try reader.byte()))))
    case .unicode: push(.string(unescaped(try reader.line())))
    case .shortBinUnicode: push(.string(try reader.string(Int(try reader.byte()))))
    case .binUnicode: push(.string(try reader.string(try reader.length(UInt32.self))))
    case .binUnicode8: push(.string(try reader.string(try reader.length(UInt64.self))))
    case .shortBinBytes: push(.bytes(try reader.array(Int(try reader.byte()))))
    case .binBytes: push(.bytes(try reader.array(try reader.length(UInt32.self))))
    case .binBytes8, .byteArray8:
      push(.bytes(try reader.array(try reader.length(UInt64.self))))
    default: return false
    }
    return true
  }

  func decimal(_ line: some Collection<UInt8>) throws -> Int {
    guard line.count <= 20, let value = Int(String(decoding: line, as: UTF8.self)) else {
      throw malformed("no whole number of 64 bits")
    }
    return value
  }

  /// A two's-complement number of any length.
  private func integer(_ bytes: [UInt8]) -> PickleNode {
    guard bytes.count <= 8 else { return .large(bytes) }
    let sign: UInt64 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : .max
    let bits = bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }
    return .int(Int(Int64(bitPattern: bits)))
  }

  /// The content of a Python 2 string literal.
  private func unquoted(_ line: [UInt8]) throws -> [UInt8] {
    guard line.count >= 2, let quote = line.first, quote == line.last,
      quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    else { throw malformed("a string without quotes") }
    var result: [UInt8] = []
    var rest = line.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        result.append(byte)
        continue
      }
      switch escape {
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "x"):
        guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
          throw malformed("an unknown escape")
        }
        rest = rest.dropFirst(2)
        result.append(value)
      default: result.append(escape)
      }
    }
    return result
  }

  /// Text in Python's raw-unicode-escape: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
  private func unescaped(_ line: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var rest = line[...]
    while let byte = rest.popFirst() {
      let digits =
        switch rest.first {
        case UInt8(ascii: "u") where byte == UInt8(ascii: "\\"): 4
        case UInt8(ascii: "U") where byte == UInt8(ascii: "\\"): 8
        default: 0
        }
      let code = String(decoding: rest.dropFirst().prefix(digits), as: UTF8.self)
      if digits > 0, code.utf8.count == digits,
        let scalar = UInt32(code, radix: 16).flatMap(Unicode.Scalar.init)
      {
        text.append(scalar)
        rest = rest.dropFirst(1 + digits)
      } else {
        text.append(Unicode.Scalar(byte))
      }
    }
    return String(text)
  }

  /// The text of a string node, or nil.
  func text(_ reference: PickleReference) -> String? {
    switch nodes[reference] {
    case .string(let text): text
    case .byteString(let bytes): String(decoding: bytes, as: UTF8.self)
    default: nil
    }
  }

  /// A whole number that is not negative, or nil.
  func size(_ reference: PickleReference) -> Int? {
    switch nodes[reference] {
    case .int(let value) where value >= 0: value
    default: nil
    }
  }

  /// The items of a tuple or list, or nil.
  func items(_ reference: PickleReference) -> [PickleReference]? {
    switch nodes[reference] {
    case .tuple(let items), .list(let items): items
    default: nil
    }
  }

  /// The raw content of bytes or a Python 2 string, or nil.
  func raw(_ reference: PickleReference) -> [UInt8]? {
    switch nodes[reference] {
    case .bytes(let bytes), .byteString(let bytes): bytes
    default: nil
    }
  }
}

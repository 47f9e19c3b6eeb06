// numpy's names of element types, as .npy files and pickled arrays state them.

/// An element type such as `<f4`, with its byte order.
struct NumpyType {
  /// The name without byte order, such as `f4`.
  let code: String
  var isBigEndian: Bool

  init(_ description: String) {
    let mark = description.first
    isBigEndian = mark == ">"
    code = mark.map { "<>|=".contains($0) } == true ? String(description.dropFirst()) : description
  }

  /// The same type in safetensors' words, or nil for objects, strings, dates and records.
  var storedType: StoredType? {
    switch code {
    case "b1", "?", "bool": .bool
    case "u1", "B", "uint8": .uint8
    case "i1", "b", "int8": .int8
    case "u2", "uint16": .uint16
    case "i2", "int16": .int16
    case "u4", "uint32": .uint32
    case "i4", "int32": .int32
    case "u8", "uint64": .uint64
    case "i8", "int64": .int64
    case "f2", "float16": .float16
    case "f4", "float32": .float32
    case "f8", "float64": .float64
    case "c8", "complex64": .complex64
    case "c16", "complex128": .complex128
    default: nil
    }
  }

  var holdsObjects: Bool { code.hasPrefix("O") }

  /// The single value that `bytes` hold, or nil when they are too few or no number.
  func scalar(_ bytes: [UInt8]) -> PickleNode? {
    let ordered = isBigEndian ? bytes.reversed() : bytes
    func bits<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
      guard ordered.count == MemoryLayout<Integer>.size else { return nil }
      return Integer(littleEndian: ordered.withUnsafeBytes { $0.loadUnaligned(as: type) })
    }
    switch storedType {
    case .bool: return bits(UInt8.self).map { .bool($0 != 0) }
    case .uint8: return bits(UInt8.self).map { .int(Int($0)) }
    case .int8: return bits(Int8.self).map { .int(Int($0)) }
    case .uint16: return bits(UInt16.self).map { .int(Int($0)) }
    case .int16: return bits(Int16.self).map { .int(Int($0)) }
    case .uint32: return bits(UInt32.self).map { .int(Int($0)) }
    case .int32: return bits(Int32.self).map { .int(Int($0)) }
    case .int64: return bits(Int64.self).map { .int(Int($0)) }
    case .uint64:
      return bits(UInt64.self).map { Int(exactly: $0).map { .int($0) } ?? .large(ordered + [0]) }
    case .float16: return bits(UInt16.self).map { .float(half($0)) }
    case .float32: return bits(UInt32.self).map { .float(Double(Float(bitPattern: $0))) }
    case .float64: return bits(UInt64.self).map { .float(Double(bitPattern: $0)) }
    default: return text(bytes).map { .string($0) }
    }
  }

  /// The text of a fixed-width string, which zeros pad.
  private func text(_ bytes: [UInt8]) -> String? {
    if code.hasPrefix("S") {
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard code.hasPrefix("U") else { return nil }
    var text = String.UnicodeScalarView()
    for start in stride(from: 0, to: bytes.count - 3, by: 4) {
      let unit = bytes[start..<start + 4]
      let code = (isBigEndian ? Array(unit) : unit.reversed()).reduce(UInt32(0)) {
        $0 << 8 | UInt32($1)
      }
      guard code != 0, let scalar = Unicode.Scalar(code) else { break }
      text.append(scalar)
    }
    return String(text)
  }

  private func half(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let fraction = Double(bits & 0x3FF)
    switch bits >> 10 & 0x1F {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    case let exponent:
      let scale = Double(sign: .plus, exponent: Int(exponent) - 25, significand: 1)
      return sign * (1024 + fraction) * scale
    }
  }
}

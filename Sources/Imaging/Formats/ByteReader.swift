// Numbers out of a binary header in either byte order.

struct ByteReader {
  let bytes: [UInt8]
  let bigEndian: Bool

  func integer<Value: FixedWidthInteger>(_ offset: Int, as _: Value.Type = Value.self) -> Value {
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    return bigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
  }

  func float(_ offset: Int) -> Double {
    Double(Float(bitPattern: integer(offset, as: UInt32.self)))
  }

  func double(_ offset: Int) -> Double { Double(bitPattern: integer(offset, as: UInt64.self)) }
}

/// Turns values of the given width into this machine's byte order, in place.
func swapBytes(_ buffer: UnsafeMutableRawBufferPointer, width: Int, bigEndian: Bool) {
  let isNative = bigEndian == (1.bigEndian == 1)
  if isNative || width == 1 { return }
  func swap<Value: FixedWidthInteger>(_: Value.Type) {
    let values = buffer.bindMemory(to: Value.self)
    for index in values.indices { values[index] = values[index].byteSwapped }
  }
  switch width {
  case 2: swap(UInt16.self)
  case 4: swap(UInt32.self)
  default: swap(UInt64.self)
  }
}

// One tensor of a weight file: where its elements lie, without having read them.

public import Tensors

/// A named tensor inside a mapped file.
///
/// Listing a file makes these without touching the elements; several may share the same bytes.
public struct StoredTensor: Sendable {
  /// The dotted name inside the file.
  public let name: String
  /// The element type as the file states it.
  public let storedType: StoredType
  let layout: StridedLayout
  private let bytes: FileBytes
  private let range: Range<Int>
  private let isBigEndian: Bool

  /// The sizes of the axes.
  public var shape: [Int] { layout.shape }
  /// Elements from one entry of an axis to the next.
  public var strides: [Int] { layout.strides }
  /// The number of elements.
  public var numel: Int { layout.count }
  /// The path of the file that holds the elements.
  public var path: String { bytes.path }

  /// The element type as tensors know it.
  ///
  /// - Throws: ``WeightsError/unsupportedType(path:tensor:type:)`` for types such as `U16`.
  public var dtype: DType {
    get throws {
      guard let dtype = storedType.dtype else {
        throw WeightsError.unsupportedType(
          path: path, tensor: name, type: storedType.rawValue)
      }
      return dtype
    }
  }

  /// A view that begins at byte `offset`, or nil when it would leave `limits` or the file.
  init?(
    name: String, type: StoredType, layout: StridedLayout, bytes: FileBytes, offset: Int,
    limits: Range<Int>, isBigEndian: Bool = false
  ) {
    guard limits.lowerBound >= 0, limits.upperBound <= bytes.count, offset >= limits.lowerBound,
      offset <= limits.upperBound || layout.count == 0,
      let bits = layout.span?.multiplied(by: type.bits), bits % 8 == 0,
      let end = offset.adding(bits / 8), layout.count == 0 || end <= limits.upperBound
    else { return nil }
    self.name = name
    storedType = type
    self.layout = layout
    self.bytes = bytes
    range = layout.count == 0 ? 0..<0 : offset..<end
    self.isBigEndian = isBigEndian && type.bits > 8
  }

  private init(_ other: StoredTensor, name: String) {
    self.name = name
    storedType = other.storedType
    layout = other.layout
    bytes = other.bytes
    range = other.range
    isBigEndian = other.isBigEndian
  }

  func named(_ name: String) -> StoredTensor { StoredTensor(self, name: name) }

  /// Lends the elements in row-major order and little-endian, without a copy where they lie so.
  ///
  /// The address need not be aligned to the element: copy it or use `loadUnaligned`.
  /// - Throws: ``WeightsError/unsupportedType(path:tensor:type:)``;
  ///   ``WeightsError/excessive(path:what:)`` for a view that repeats a small storage without
  ///   end; whatever `body` throws.
  public func withContiguousBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    _ = try dtype
    if layout.isContiguous, !isBigEndian, let result = try bytes.withBytes(range, body) {
      return result
    }
    return try contiguousBytes().withUnsafeBytes(body)
  }

  /// Copies the elements in row-major order and little-endian.
  ///
  /// - Throws: ``WeightsError/unsupportedType(path:tensor:type:)``;
  ///   ``WeightsError/excessive(path:what:)`` for a view that repeats a small storage without
  ///   end.
  public func contiguousBytes() throws -> [UInt8] {
    let width = try dtype.size
    guard let size = numel.multiplied(by: width), size <= max(1 << 24, 4 * bytes.count) else {
      throw WeightsError.excessive(path: path, what: "tensor \(name) unfolds to \(numel) elements")
    }
    var result = [UInt8](repeating: 0, count: size)
    guard size > 0 else { return result }
    result.withUnsafeMutableBytes { target in
      bytes.withBytes(range) { layout.gather(from: $0, into: target, width: width) }
      guard isBigEndian else { return }
      for start in stride(from: 0, to: size, by: width) {
        for index in 0..<width / 2 { target.swapAt(start + index, start + width - 1 - index) }
      }
    }
    return result
  }
}

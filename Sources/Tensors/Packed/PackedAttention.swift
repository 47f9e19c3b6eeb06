// Attention on a matrix unit: scores are made, weighed and used in pieces that stay in the cache.

import CKernels

/// Multi-head self-attention between the projection to queries, keys and values and the one behind.
///
/// softmax(scale · q · kᵀ + bias) · v, as Dao et al. (arXiv 2205.14135) compute it: never all scores.
public struct PackedAttention: Sendable {
  /// Where a head's values lie in the rows of queries, keys and values.
  public enum Layout: Sendable {
    /// All queries, then all keys, then all values; each head by head.
    case joined
    /// Head by head its query, key and value.
    case byHead
  }

  /// What is added to a score for where query and key lie.
  public enum Bias: Sendable {
    case none
    /// One table entry for the difference of rows and one for that of columns, times the query
    /// (decomposed relative positions, Li et al., arXiv 2112.01526).
    case distances(PackedLinear, side: Int)
    /// A number for every head and pair of tokens: (heads, N, N).
    case table(Table)
  }

  /// Numbers for every head and pair of tokens.
  public struct Table: Sendable {
    let values: Constants<Float>

    public init(_ table: Tensor) throws { values = Constants(try table.floats(), zero: 0) }
  }

  public let heads: Int
  public let headWidth: Int
  public let scale: Double
  public let layout: Layout
  public let bias: Bias
  public let unit: MatrixUnit

  public init(
    heads: Int, headWidth: Int, scale: Double, layout: Layout, bias: Bias, unit: MatrixUnit
  ) {
    self.heads = heads
    self.headWidth = headWidth
    self.scale = scale
    self.layout = layout
    self.bias = bias
    self.unit = unit
  }

  /// The tables of decomposed relative positions, (2 · side − 1, d) each, in the form of `Bias`.
  public static func distances(
    rows: Tensor, columns: Tensor, side: Int, unit: MatrixUnit
  ) throws -> Bias {
    let (count, width) = (2 * side - 1, rows.size(1))
    let padded = Int(vk_padded(Int32(count)))
    var weight = [Float](repeating: 0, count: 2 * padded * width)
    for (table, values) in [try rows.floats(), try columns.floats()].enumerated() {
      for entry in 0..<count {
        // Reversed, so that the entries for the keys of a row or column follow one another.
        let from = (count - 1 - entry) * width
        let to = (table * padded + entry) * width
        weight.replaceSubrange(to..<to + width, with: values[from..<from + width])
      }
    }
    return .distances(
      try PackedLinear(weight: weight, outputs: 2 * padded, bias: nil, unit: unit), side: side)
  }

  /// Attends within each of `windows`, lists of row numbers where −1 stands for the row `padding`. The
  /// rows of `qkv` are (3 · heads · d), those of `out` (heads · d).
  public func callAsFunction(
    _ qkv: Rows, windows: TokenWindows, padding: Rows, into out: Rows
  ) {
    let tasks = windows.count * heads
    Rows.inBlocks(tasks, of: 1) { task, scratch in
      let (window, head) = (task.lowerBound / heads, task.lowerBound % heads)
      with(qkv, tokens: windows.size, index: windows.window(window), padding: padding, out) {
        attention in
        let packed = vk_attention_packed(attention)
        let memory = scratch.bytes(packed + vk_attention_scratch(attention))
        vk_attention_pack(attention, Int32(head), memory, memory + Int(packed))
        vk_attention_run(
          attention, Int32(head), memory, 0, Int32(windows.size), memory + Int(packed))
      }
    }
  }

  /// Attends among all rows.
  public func callAsFunction(_ qkv: Rows, into out: Rows) {
    with(qkv, tokens: qkv.count, index: nil, padding: nil, out) { attention in
      let bytes = Int(vk_attention_packed(attention))
      let packed = Packed(bytes: bytes * heads, bytesOfHead: bytes)
      let shared = Shared(attention: attention.pointee)
      Rows.inBlocks(heads, of: 1) { head, scratch in
        shared.pack(head.lowerBound, packed, scratch)
      }
      let size = unit.rowsTogether
      let blocks = (qkv.count + size - 1) / size
      Rows.inBlocks(heads * blocks, of: 1) { task, scratch in
        let (head, block) = (task.lowerBound / blocks, task.lowerBound % blocks)
        shared.run(head, packed, block * size..<min((block + 1) * size, qkv.count), scratch)
      }
    }
  }

  private struct Shared: @unchecked Sendable {
    // Safe because threads read queries, keys and values and write disjoint parts of the output.
    let attention: vk_attention

    func pack(_ head: Int, _ packed: Packed, _ scratch: Scratch) {
      withUnsafePointer(to: attention) {
        vk_attention_pack($0, Int32(head), packed[head], scratch.bytes(vk_attention_scratch($0)))
      }
    }

    func run(_ head: Int, _ packed: Packed, _ queries: Range<Int>, _ scratch: Scratch) {
      withUnsafePointer(to: attention) {
        vk_attention_run(
          $0, Int32(head), packed[head], Int32(queries.lowerBound), Int32(queries.upperBound),
          scratch.bytes(vk_attention_scratch($0)))
      }
    }
  }

  /// The packed keys and values of all heads.
  private final class Packed: @unchecked Sendable {
    // Safe because each head is written by one thread, and read only after all are written.
    private let memory: UnsafeMutableRawPointer
    private let bytesOfHead: Int

    init(bytes: Int, bytesOfHead: Int) {
      memory = .allocate(byteCount: max(64, bytes), alignment: 64)
      self.bytesOfHead = bytesOfHead
    }

    deinit { memory.deallocate() }

    subscript(head: Int) -> UnsafeMutableRawPointer { memory + head * bytesOfHead }
  }

  private func with(
    _ qkv: Rows, tokens: Int, index: UnsafePointer<Int32>?, padding: Rows?, _ out: Rows,
    _ body: (UnsafePointer<vk_attention>) -> Void
  ) {
    let width = heads * headWidth
    var attention = vk_attention()
    attention.unit = unit.raw
    attention.head_width = Int32(headWidth)
    attention.tokens = Int32(tokens)
    attention.scale = Float(scale)
    attention.qkv = UnsafePointer(qkv.start)
    attention.index = index
    attention.padding = padding.map { UnsafePointer($0.start) }
    attention.stride = Int64(qkv.width)
    attention.head_stride = Int64(layout == .joined ? headWidth : 3 * headWidth)
    attention.key_offset = Int64(layout == .joined ? width : headWidth)
    attention.value_offset = Int64(layout == .joined ? 2 * width : 2 * headWidth)
    attention.out = out.start
    attention.out_stride = Int64(out.width)
    switch bias {
    case .none: body(&attention)
    case .table(let table):
      attention.bias = table.values.pointer
      body(&attention)
    case .distances(let linear, let side):
      attention.side = Int32(side)
      withUnsafePointer(to: linear.raw) {
        attention.distances = $0
        body(&attention)
      }
    }
  }
}

/// A grid of tokens divided into square windows; where they do not divide it, padding fills them.
public struct TokenWindows: Sendable {
  public let count: Int
  /// Tokens of a window.
  public let size: Int
  private let indices: Constants<Int32>

  /// TokenWindows of `side` × `side` over a grid, row by row.
  public init(side: Int, height: Int, width: Int) {
    let (down, across) = ((height + side - 1) / side, (width + side - 1) / side)
    count = down * across
    size = side * side
    var indices: [Int32] = []
    indices.reserveCapacity(count * size)
    for window in 0..<down * across {
      for token in 0..<side * side {
        let y = window / across * side + token / side
        let x = window % across * side + token % side
        indices.append(y < height && x < width ? Int32(y * width + x) : -1)
      }
    }
    self.indices = Constants(indices, zero: 0)
  }

  func window(_ index: Int) -> UnsafePointer<Int32> { indices.pointer + index * size }
}

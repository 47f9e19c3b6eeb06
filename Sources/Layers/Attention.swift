// Multi-head attention with separate projections, as transformers' decoders use it.

public import Tensors
public import Weights

/// softmax(q · kᵀ / √d) · v in several heads, between two sequences of tokens.
///
/// The projections are called q_proj, k_proj, v_proj and out_proj as in SAM's two-way transformer,
/// which narrows them to `inner` = width / downsampling.
public struct Attention: Sendable {
  public let query: Linear
  public let key: Linear
  public let value: Linear
  public let output: Linear
  public let heads: Int

  public init(_ w: Weights, width: Int, inner: Int? = nil, heads: Int) throws {
    let inner = inner ?? width
    query = try Linear(w / "q_proj", from: width, to: inner)
    key = try Linear(w / "k_proj", from: width, to: inner)
    value = try Linear(w / "v_proj", from: width, to: inner)
    output = try Linear(w / "out_proj", from: inner, to: width)
    self.heads = heads
  }

  /// Tokens `q` (B, N, C) look at tokens `k` with contents `v` (B, M, C).
  public func callAsFunction(q: Tensor, k: Tensor, v: Tensor) throws -> Tensor {
    let q = try separated(query(q))  // (B, heads, N, d)
    let k = try separated(key(k))  // (B, heads, M, d)
    let v = try separated(value(v))  // (B, heads, M, d)
    let scale = 1 / Double(q.size(-1)).squareRoot()
    let mixed = try Tensor.attention(q, k, v, scale: scale).transposed(1, 2)  // (B, N, heads, d)
    return try output(mixed.flattened(from: 2))
  }

  private func separated(_ x: Tensor) throws -> Tensor {
    try x.reshaped(x.size(0), x.size(1), heads, x.size(2) / heads).transposed(1, 2)
  }
}

// Whether the numbers of a manifest fit each other, because a manifest is a file like any other and
// must not be able to end the program.

extension Manifest {
  /// What is wrong with the numbers, or `nil`.
  var defect: String? {
    let golden =
      outputs + (realCheckpoint.map { $0.outputs } ?? [])
      + (realCheckpoint?.absoluteInput?.outputs ?? [])
    let shapes =
      tensors.map { ($0.name, $0.shape) } + golden.map { ($0.name, $0.shape) }
      + (inputs + (realCheckpoint.map { [$0.input] } ?? [])).map { ($0.name, $0.shape ?? []) }
    for (name, shape) in shapes where Self.count(of: shape) == nil {
      return "the shape of \(name) is impossible"
    }
    for output in golden {
      let last = (output.values.count - 1).multipliedReportingOverflow(by: output.stride)
      guard output.stride > 0, !output.values.isEmpty, !last.overflow,
        let count = Self.count(of: output.shape), last.partialValue < count
      else { return "the values of \(output.name) do not fit its shape and stride" }
    }
    return nil
  }

  /// The number of values of a shape; `nil` below 0 and above what a check could hold in memory.
  private static func count(of shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let product = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !product.overflow, product.partialValue <= 1 << 32 else { return nil }
      count = product.partialValue
    }
    return count
  }
}

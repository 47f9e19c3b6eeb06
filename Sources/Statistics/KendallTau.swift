// How far two orders of the same things agree.
// Kendall, Biometrika 33 (1945) 239 (tau-b, with ties); the same as R's cor(method = "kendall") and
// SciPy's.

/// Kendall's rank correlation tau-b.
///
/// - Parameters:
///   - first: values or ranks
///   - second: values or ranks of the same things in the same order
/// - Returns: −1…1; nil if the lists differ in length or one of them has no two different values
public func kendallTau<Value: Comparable>(_ first: [Value], _ second: [Value]) -> Double? {
  guard first.count == second.count else { return nil }
  var balance = 0
  var untiedFirst = 0
  var untiedSecond = 0
  for i in first.indices {
    for j in 0..<i {
      let a = sign(first[i], first[j])
      let b = sign(second[i], second[j])
      balance += a * b
      untiedFirst += a * a
      untiedSecond += b * b
    }
  }
  guard untiedFirst > 0, untiedSecond > 0 else { return nil }
  // Roots apart would make perfect agreement 0.9999….
  let scale = (Double(untiedFirst) * Double(untiedSecond)).squareRoot()
  return Double(balance) / scale
}

private func sign<Value: Comparable>(_ a: Value, _ b: Value) -> Int {
  a > b ? 1 : (a < b ? -1 : 0)
}

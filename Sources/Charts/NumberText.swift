// Numbers as a reader sees them, the same on every machine whatever its locale.

import Foundation

/// Printing of numbers.
public enum NumberText {
  /// With a fixed number of digits after the point and a true minus sign, e.g. "−0.012".
  ///
  /// Non-finite values give "–", those too large for plain digits "1.2e+20".
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    let decimals = min(max(decimals, 0), 9)
    let power = pow(10, Double(decimals))
    let scaled = (abs(value) * power).rounded()
    guard scaled < 1e15 else { return scientific(value) }
    let whole = Int(scaled) / Int(power)
    let rest = "\(Int(scaled) % Int(power))"
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole)." + String(repeating: "0", count: decimals - rest.count) + rest
  }

  /// As ``fixed(_:_:)`` with "+" before positive values, for differences.
  public static func signed(_ value: Double, _ decimals: Int) -> String {
    let text = fixed(value, decimals)
    return value > 0 && text.contains(where: { ("1"..."9").contains($0) }) ? "+" + text : text
  }

  /// With three significant digits, e.g. "0.0123", "4.56", "789".
  public static func significant(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let exponent = Int(floor(log10(abs(value))))
    guard exponent > -5, exponent < 6 else { return scientific(value) }
    return fixed(value, max(0, 2 - exponent))
  }

  /// Without needless zeros, e.g. "0.05", "95", "2.5".
  public static func plain(_ value: Double) -> String {
    let text = significant(value)
    guard text.contains("."), !text.contains("e") else { return text }
    return text.replacing(/\.?0+$/, with: "")
  }

  /// A p-value: "< 0.001", else three digits.
  public static func probability(_ p: Double) -> String {
    guard p.isFinite else { return "–" }
    return p < 0.001 ? "< 0.001" : fixed(p, 3)
  }

  /// With a prefix, e.g. "91 M", "2.74 G", "640".
  public static func prefixed(_ value: Double) -> String {
    let prefixes: [(Double, String)] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")]
    for (size, prefix) in prefixes where abs(value) >= size {
      return significant(value / size) + prefix
    }
    return significant(value)
  }

  /// For coordinates: one digit after the point, none where it is zero.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
  }

  private static func scientific(_ value: Double) -> String {
    let exponent = Int(floor(log10(abs(value))))
    let mantissa = value / pow(10, Double(exponent))
    guard mantissa.isFinite else { return "\(value)" }
    let text = exponent < 0 ? "−\(-exponent)" : "+\(exponent)"
    return fixed(mantissa, 1) + "e" + text
  }
}

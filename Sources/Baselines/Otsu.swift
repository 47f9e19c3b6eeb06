// Otsu's threshold: what a histogram alone, without any place, tells of an object.
// N. Otsu, A threshold selection method from gray-level histograms, IEEE Trans. SMC 9 (1979) 62–66.

/// The threshold that leaves the two classes of values as different as possible.
public enum Otsu {
  /// The value above which the bright class begins, or nil for an image of a single value.
  ///
  /// Maximises the variance between the classes (equation 18). Whole numbers that span fewer than 65,536
  /// values are counted one by one; other values in 256 bins from the least to the greatest, each standing
  /// for its centre. Of equally good thresholds the lowest. The same as scikit-image's `threshold_otsu`.
  ///
  /// - Throws: ``BaselinesError/nonFinite(_:)``
  public static func threshold(_ values: [Float]) throws -> Float? {
    let broken = values.reduce(0) { $1.isFinite ? $0 : $0 + 1 }
    guard broken == 0 else { throw BaselinesError.nonFinite(broken) }
    guard let least = values.min(), let greatest = values.max(), least < greatest else {
      return nil
    }
    let (low, high) = (Double(least), Double(greatest))
    let isWhole = high - low < 65_536 && values.allSatisfy { $0 == $0.rounded() }
    let bins = isWhole ? Int(high - low) + 1 : 256
    let width = isWhole ? 1 : (high - low) / 256
    var counts = [Double](repeating: 0, count: bins)
    for value in values { counts[min(Int((Double(value) - low) / width), bins - 1)] += 1 }
    let centres = (0..<bins).map { low + width * (Double($0) + (isWhole ? 0 : 0.5)) }
    return Float(centres[split(counts, centres)])
  }

  /// The last bin of the dark class.
  private static func split(_ counts: [Double], _ centres: [Double]) -> Int {
    let total = counts.reduce(0, +)
    let sum = zip(counts, centres).reduce(0) { $0 + $1.0 * $1.1 }
    var (darkCount, darkSum) = (0.0, 0.0)
    var best = (bin: 0, variance: -1.0)
    for bin in 0..<counts.count - 1 {
      darkCount += counts[bin]
      darkSum += counts[bin] * centres[bin]
      let brightCount = total - darkCount
      let gap = darkSum / darkCount - (sum - darkSum) / brightCount
      let variance = darkCount * brightCount * gap * gap
      if variance > best.variance { best = (bin, variance) }
    }
    return best.bin
  }
}

/// The smaller of Otsu's two classes, without a look at the true mask; of equal ones the bright.
public struct OtsuThreshold: Baseline {
  public static let id = "baseline/otsu"
  public static let title = "Otsu's threshold"
  public static let summary =
    "splits all values of the image by Otsu's threshold and takes the class with fewer voxels"
  public static let source = "N. Otsu, IEEE Trans. SMC 9 (1979) 62–66"
  public static let need = BaselineNeed.none

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    let bright = try OtsuBright().mask(input)
    let count = bright.reduce(0) { $0 + Int($1) }
    return 2 * count <= bright.count ? bright : bright.map { 1 - $0 }
  }
}

/// The bright one of Otsu's two classes.
public struct OtsuBright: Baseline {
  public static let id = "baseline/otsu-bright"
  public static let title = "Otsu's threshold, bright class"
  public static let summary = "takes all values above Otsu's threshold"
  public static let source = OtsuThreshold.source
  public static let need = BaselineNeed.none

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    guard let threshold = try Otsu.threshold(input.image.grey) else {
      return [UInt8](repeating: 0, count: input.image.grey.count)
    }
    return input.image.grey.map { $0 > threshold ? 1 : 0 }
  }
}

/// The dark one of Otsu's two classes.
public struct OtsuDark: Baseline {
  public static let id = "baseline/otsu-dark"
  public static let title = "Otsu's threshold, dark class"
  public static let summary = "takes all values up to Otsu's threshold"
  public static let source = OtsuThreshold.source
  public static let need = BaselineNeed.none

  public init() {}

  public func mask(_ input: BaselineInput) throws -> [UInt8] {
    guard let threshold = try Otsu.threshold(input.image.grey) else {
      return [UInt8](repeating: 0, count: input.image.grey.count)
    }
    return input.image.grey.map { $0 > threshold ? 0 : 1 }
  }
}

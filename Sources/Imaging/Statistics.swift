// Minimum, maximum, mean and quantiles of voxel values; voxels that are not finite are left out.

/// Figures over the finite values of an image, all channels together.
public struct VolumeStatistics: Sendable, Hashable, Codable {
  public var minimum: Double
  public var maximum: Double
  public var mean: Double
  /// Population standard deviation.
  public var standardDeviation: Double
  /// Finite values counted.
  public var count: Int
}

extension Volume {
  /// Values that are NaN or infinite; reading allows them, the pipeline decides.
  public var nonFiniteCount: Int { voxels.nonFiniteCount }

  /// Figures over the finite values, or nil when there is none.
  public var statistics: VolumeStatistics? {
    let moments = voxels.moments
    guard moments.count > 0 else { return nil }
    return VolumeStatistics(
      minimum: moments.minimum, maximum: moments.maximum, mean: moments.mean,
      standardDeviation: (moments.squares / Double(moments.count)).squareRoot(),
      count: moments.count)
  }

  /// The values below which the given fractions of all finite values lie, interpolated linearly between
  /// neighbours as NumPy's default does.
  ///
  /// - Throws: ``ImagingError/badParameter(_:)`` for a fraction outside 0…1 or an image without finite values.
  public func quantiles(_ fractions: [Double]) throws -> [Double] {
    try quantilesOfFinite(voxels.doubles, fractions)
  }
}

/// Running minimum, maximum, mean and sum of squared deviations (Welford).
struct Moments {
  var count = 0
  var minimum = Double.infinity
  var maximum = -Double.infinity
  var mean = 0.0
  var squares = 0.0

  @inline(__always)
  mutating func add(_ value: Double) {
    count += 1
    minimum = Swift.min(minimum, value)
    maximum = Swift.max(maximum, value)
    let step = value - mean
    mean += step / Double(count)
    squares += step * (value - mean)
  }
}

/// Quantiles by quickselect, which is linear in the number of values.
func quantilesOfFinite<Value: BinaryFloatingPoint>(
  _ values: [Value], _ fractions: [Double]
) throws -> [Double] {
  guard fractions.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
    throw ImagingError.badParameter("quantile fractions \(fractions); give numbers from 0 to 1")
  }
  var finite = values.filter(\.isFinite)
  guard !finite.isEmpty else {
    throw ImagingError.badParameter("quantiles of an image without finite values; check the image")
  }
  return finite.withUnsafeMutableBufferPointer { buffer in
    fractions.map { fraction in
      let place = fraction * Double(buffer.count - 1)
      let lower = Int(place)
      let first = Double(select(lower, in: buffer))
      let weight = place - Double(lower)
      guard weight > 0, lower + 1 < buffer.count else { return first }
      // After selection everything to the right is at least as large, so the next is their minimum.
      var second = buffer[lower + 1]
      for value in buffer[(lower + 1)...] where value < second { second = value }
      return first + weight * (Double(second) - first)
    }
  }
}

private func select<Value: Comparable>(
  _ place: Int, in values: UnsafeMutableBufferPointer<Value>
) -> Value {
  var low = 0
  var high = values.count - 1
  while low < high {
    let pivot = values[low + (high - low) / 2]
    var left = low
    var right = high
    while left <= right {
      while values[left] < pivot { left += 1 }
      while pivot < values[right] { right -= 1 }
      if left <= right {
        values.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if place <= right {
      high = right
    } else if place >= left {
      low = left
    } else {
      return values[place]
    }
  }
  return values[place]
}

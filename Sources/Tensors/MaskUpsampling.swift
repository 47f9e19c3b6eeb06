// The last step of promptable networks without its images of floats: coarse scores are resized, compared
// with thresholds and traced in one pass, so that hundreds of masks need the memory of one.

import CKernels

/// Brings coarse scores to the grid of an image and says which pixels pass three thresholds.
///
/// The same values as `resized` twice with `.linear`: to a square, whose upper left part is then resized
/// to the image. Rows are dropped as soon as they have been compared.
public struct MaskUpsampling: Sendable {
  /// Height and width in pixels.
  public typealias Extent = (height: Int, width: Int)

  /// What was found of one mask.
  public struct Outline: Sendable {
    /// Pixels above the low, the middle and the high threshold.
    public let pixelsAboveLow: Int
    public let pixelsAboveMiddle: Int
    public let pixelsAboveHigh: Int
    /// The pixels at which the mask above the middle threshold begins or ends, column by column from the
    /// top; a mask that reaches the bottom does not end there.
    public let crossings: [Crossing]
  }

  /// A pixel whose upper neighbour is on the other side of the outline.
  public struct Crossing: Sendable, Hashable {
    public let column: Int32
    public let row: Int32
  }

  private let coarse: Extent
  private let square: Extent
  private let image: Extent
  private let squareRows: [vk_linear_place]
  private let squareColumns: [vk_linear_place]
  private let imageRows: [vk_linear_place]
  private let imageColumns: [vk_linear_place]

  /// `covered` is the part of the square, from the top left, that becomes the image.
  ///
  /// `nil` where libtorch resizes with additions in another order, which it does when height and width
  /// add up to 128 at most: results would differ by rounding.
  public init?(from coarse: Extent, through square: Extent, covered: Extent, to image: Extent) {
    func isReproduced(_ extent: Extent) -> Bool { extent.height + extent.width > 128 }
    guard isReproduced(square) || square == coarse, isReproduced(image) || image == covered else {
      return nil
    }
    self.coarse = coarse
    self.square = square
    self.image = image
    squareRows = Self.axis(from: coarse.height, to: square.height)
    squareColumns = Self.axis(from: coarse.width, to: square.width)
    imageRows = Self.axis(from: covered.height, to: image.height)
    imageColumns = Self.axis(from: covered.width, to: image.width)
  }

  /// Follows one mask with `scores` row by row; `low` ≤ `middle` ≤ `high`.
  ///
  /// - Throws: `TensorError.mismatch` when the scores are not as many as the coarse grid has.
  public func callAsFunction(
    _ scores: UnsafeBufferPointer<Float>, low: Float, middle: Float, high: Float
  ) throws -> Outline {
    guard scores.count == coarse.height * coarse.width, let base = scores.baseAddress else {
      throw TensorError.mismatch(
        "\(scores.count) scores do not fill a grid of \(coarse.height) × \(coarse.width)")
    }
    var scratch = [Float](repeating: 0, count: 3 * (square.width + image.width))
    var bytes = [UInt8](repeating: 0, count: 2 * (image.width + 8))
    var found = vk_mask_summary()
    var crossings = [Int32](repeating: 0, count: 16 * (image.width + image.height))
    func run() {
      withPlaces { squareRows, squareColumns, imageRows, imageColumns in
        scratch.withUnsafeMutableBufferPointer { scratch in
          bytes.withUnsafeMutableBufferPointer { bytes in
            crossings.withUnsafeMutableBufferPointer { crossings in
              var scan = vk_mask_scan(
                scores: base, rows: Int32(coarse.height), columns: Int32(coarse.width),
                square_rows: squareRows, square_columns: squareColumns,
                square_height: Int32(square.height), square_width: Int32(square.width),
                image_rows: imageRows, image_columns: imageColumns,
                height: Int32(image.height), width: Int32(image.width),
                low: low, middle: middle, high: high,
                scratch: scratch.baseAddress, bytes: bytes.baseAddress,
                crossings: crossings.baseAddress, capacity: Int64(crossings.count / 2))
              found = vk_mask_scan_run(&scan)
            }
          }
        }
      }
    }
    run()
    if found.crossings > crossings.count / 2 {
      crossings = [Int32](repeating: 0, count: 2 * Int(found.crossings))
      run()
    }
    return Outline(
      pixelsAboveLow: Int(found.above_low), pixelsAboveMiddle: Int(found.above_middle),
      pixelsAboveHigh: Int(found.above_high),
      crossings: byColumn(crossings.prefix(2 * Int(found.crossings))))
  }

  /// Pairs of column and row, ordered by row, in the order of columns.
  private func byColumn(_ pairs: ArraySlice<Int32>) -> [Crossing] {
    var starts = [Int](repeating: 0, count: image.width + 1)
    for index in stride(from: 0, to: pairs.count, by: 2) { starts[Int(pairs[index]) + 1] += 1 }
    for column in 0..<image.width { starts[column + 1] += starts[column] }
    return [Crossing](unsafeUninitializedCapacity: pairs.count / 2) { buffer, initialized in
      for index in stride(from: 0, to: pairs.count, by: 2) {
        let column = Int(pairs[index])
        buffer.initializeElement(
          at: starts[column], to: Crossing(column: pairs[index], row: pairs[index + 1]))
        starts[column] += 1
      }
      initialized = pairs.count / 2
    }
  }

  private typealias Places = UnsafePointer<vk_linear_place>

  private func withPlaces(_ body: (Places?, Places?, Places?, Places?) -> Void) {
    squareRows.withUnsafeBufferPointer { squareRows in
      squareColumns.withUnsafeBufferPointer { squareColumns in
        imageRows.withUnsafeBufferPointer { imageRows in
          imageColumns.withUnsafeBufferPointer { imageColumns in
            body(
              squareRows.baseAddress, squareColumns.baseAddress, imageRows.baseAddress,
              imageColumns.baseAddress)
          }
        }
      }
    }
  }

  private static func axis(from: Int, to: Int) -> [vk_linear_place] {
    [vk_linear_place](unsafeUninitializedCapacity: to) { places, initialized in
      if let base = places.baseAddress { vk_linear_axis(Int32(from), Int32(to), base) }
      initialized = to
    }
  }
}

// How an image becomes a promptable network's square input, and its masks the image's masks again.

import Foundation
public import Tensors

/// Height and width of an image in pixels.
public struct PixelSize: Sendable, Hashable {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// The way from an image to a promptable network's input, as its weights were trained.
public struct PromptPreparation: Sendable, Codable, Hashable {
  /// How intensities in 0 … 255 are scaled.
  public enum Normalisation: Sendable, Codable, Hashable {
    /// (x − mean) / deviation in each of the channels red, green and blue.
    case standardised(mean: [Double], deviation: [Double])
    /// (x − min) / (max − min) over the resized image.
    case minMax
  }

  /// How an image of any size becomes a square.
  public enum Fitting: String, Sendable, Codable {
    /// The longer side fills the square; zeros fill the rest at the bottom or right.
    case padded
    /// Both sides fill it; the proportions change.
    case stretched
  }

  /// How pixels are interpolated when the image is resized.
  public enum Resampling: String, Sendable, Codable {
    /// Linear; a reduction averages over the pixels that it merges. As Pillow does.
    case linear
    /// Cubic splines, cut down to whole numbers. As scikit-image does.
    case spline
    /// The mean over the area of the new pixel, also in an enlargement. As OpenCV does.
    case area
    /// Linear between the four nearest pixels, in fractions; a reduction skips pixels. As PyTorch does.
    case sampled
  }

  /// How coarse scores over the square become a mask on the grid of the image.
  public enum Restoration: String, Sendable, Codable {
    /// Enlarged linearly to the square, cropped to what the image covers and resized: above 0.
    case scores
    /// Probabilities, resized linearly from the whole square: above 0.5. They are not `scores`, because
    /// resizing and the logistic function do not commute.
    case probabilities
    /// Scores, resized cubically from the whole square: 0 or above.
    case cubicScores
  }

  public var normalisation: Normalisation
  public var fitting: Fitting
  public var resampling: Resampling
  public var restoration: Restoration = .scores
}

extension PromptPreparation.Fitting {
  /// The part of a square of `side` pixels that an image of `size` covers, from the top left.
  public func covered(by size: PixelSize, side: Int) -> PixelSize {
    if self == .stretched { return PixelSize(height: side, width: side) }
    let scale = Double(side) / Double(max(size.height, size.width))
    func scaled(_ extent: Int) -> Int { max(1, Int(Double(extent) * scale + 0.5)) }
    return PixelSize(height: scaled(size.height), width: scaled(size.width))
  }
}

extension PromptPreparation.Restoration {
  /// Coarse scores (B, M, S, S) over a square input of `side` pixels, of which an image of `size` covers
  /// `covered`, on the grid of that image: (B, M, H, W).
  public func apply(
    to logits: Tensor, covered: PixelSize, side: Int, size: PixelSize
  ) throws -> Tensor {
    let target = [size.height, size.width]
    switch self {
    case .scores:
      let cropped = try logits.resized(to: [side, side], .linear)
        .slice(0..<covered.height, axis: 2)
        .slice(0..<covered.width, axis: 3)
      return covered == size ? cropped : try cropped.resized(to: target, .linear)
    case .probabilities: return try logits.sigmoid().resized(to: target, .linear)
    case .cubicScores: return try logits.resized(to: target, .cubic)
    }
  }

  /// A restored value above which a pixel belongs to the object.
  public var threshold: Double { self == .probabilities ? 0.5 : 0 }

  /// 1 on the object and 0 elsewhere, as bytes of the shape of `restored`.
  public func mask(of restored: Tensor) throws -> Tensor {
    let above = try restored.greater(threshold).to(.uint8)
    guard self == .cubicScores else { return above }
    let zero = try Tensor.full([1], threshold, dtype: restored.dtype, device: restored.device)
    return try above + restored.equal(zero).to(.uint8)
  }
}

extension PromptPreparation {
  /// Coarse scores (B, M, S, S) over the square of `side` pixels that an image of `size` was made, on
  /// the grid of that image: (B, M, H, W).
  public func restored(_ logits: Tensor, to size: PixelSize, side: Int) throws -> Tensor {
    try restoration.apply(
      to: logits, covered: fitting.covered(by: size, side: side), side: side, size: size)
  }
}

extension PromptPreparation.Restoration {
  /// A restored value above which the coarse score would be above `logit`.
  public func threshold(atLogit logit: Double) -> Double {
    self == .probabilities ? 1 / (1 + exp(-logit)) : logit
  }
}

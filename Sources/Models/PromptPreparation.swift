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
    case linear
    case cubic
    /// The mean over the area of the new pixel.
    case area
  }

  public var normalisation: Normalisation
  public var fitting: Fitting
  public var resampling: Resampling
}

extension PromptPreparation.Fitting {
  /// The part of a square of `side` pixels that an image of `size` covers, from the top left.
  public func covered(by size: PixelSize, side: Int) -> PixelSize {
    if self == .stretched { return PixelSize(height: side, width: side) }
    let scale = Double(side) / Double(max(size.height, size.width))
    func scaled(_ extent: Int) -> Int { max(1, Int(Double(extent) * scale + 0.5)) }
    return PixelSize(height: scaled(size.height), width: scaled(size.width))
  }

  /// Coarse scores (B, M, S, S) over the square input on the grid of the image that it was made from:
  /// scores when padded, probabilities when stretched, because their order matters to the result.
  public func restored(_ logits: Tensor, to size: PixelSize, side: Int) throws -> Tensor {
    let target = [size.height, size.width]
    switch self {
    case .padded:
      let covered = covered(by: size, side: side)
      return try logits.resized(to: [side, side], .linear)
        .slice(0..<covered.height, axis: 2)
        .slice(0..<covered.width, axis: 3)
        .resized(to: target, .linear)  // (B, M, H, W)
    case .stretched:
      return try logits.sigmoid().resized(to: target, .linear)
    }
  }

  /// A restored value above which a pixel belongs to the object.
  public var threshold: Double { self == .padded ? 0 : 0.5 }
}

extension PromptPreparation.Fitting {
  /// A restored value above which the coarse score would be above `logit`.
  public func threshold(atLogit logit: Double) -> Double {
    self == .padded ? logit : 1 / (1 + exp(-logit))
  }
}

// A mask that somebody has already, as a prompt.

import Models
public import Tensors

extension Session {
  /// The scores (1, 1, S, S) that stand for a mask of the slice, stored row by row and above 0 on the
  /// object, in place of an earlier answer's ``Candidate/coarse``.
  ///
  /// SAM was trained on its own earlier scores. As its users do, the mask is resized to the part of the
  /// network's coarse grid that the image covers, averaging over the pixels that it merges, and the share
  /// p of the object becomes ln(p / (1 − p)), with p from 0.001 to 0.999: ±6.9 inside and outside. What
  /// the image does not cover counts as outside.
  ///
  /// - Throws: ``SegmentationError/unusable(_:)`` when the mask does not fill the slice or is empty.
  public func coarse(of mask: [UInt8]) throws -> CoarseScores {
    guard mask.count == size.height * size.width else {
      throw SegmentationError.unusable(
        "a mask of \(mask.count) pixels does not fill the image of \(size.width) × \(size.height)")
    }
    guard mask.contains(where: { $0 > 0 }) else {
      throw SegmentationError.unusable("the mask is empty; it marks nothing to go on from")
    }
    // The mask prompt is four times as fine as the embedding in all networks of this family.
    let side = 4 * embedding.features.size(2)
    let covered = preparation.fitting.covered(by: size, side: side)
    let share = try Tensor(
      mask.map { $0 > 0 ? Float(1) : 0 }, shape: [1, 1, size.height, size.width]
    )
    .resized(to: [covered.height, covered.width], .linear, antialias: true)
    .padded([(0, side - covered.width), (0, side - covered.height)])
    .clamped(to: 0.001...0.999)
    return CoarseScores(tensor: try (share / (share * -1 + 1)).logarithm())
  }

  /// The prompt with its mask and its strokes as the network reads them.
  func resolved(_ prompt: ObjectPrompt) throws -> ObjectPrompt {
    var prompt = prompt
    prompt.points += prompt.scribbles.flatMap { $0.points() }
    prompt.scribbles = []
    guard let pixels = prompt.pixels else { return prompt }
    guard prompt.mask == nil else {
      throw SegmentationError.unusable(
        "a prompt has one earlier mask, as pixels or as the scores of an answer, not both")
    }
    prompt.mask = try coarse(of: pixels)
    return prompt
  }
}

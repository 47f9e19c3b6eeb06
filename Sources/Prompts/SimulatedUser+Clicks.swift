// Clicks: the first on the object, each later one where the answer is most wrong.

extension SimulatedUser {
  /// The first click, always inside. Nil when the mask is empty.
  public func firstPoint(on truth: SliceMask, of object: ObjectKey) -> PointPrompt? {
    switch firstClick {
    case .centre:
      return first(of: depths(of: truth)) { $0.area > $1.area }
        .map { point(at: $0.pixel, in: truth, inside: true) }
    case .random:
      let pixels = truth.pixels.indices.filter { truth.pixels[$0] == 1 }
      guard !pixels.isEmpty else { return nil }
      var random = random(object, "first point")
      return point(at: pixels[random.index(below: pixels.count)], in: truth, inside: true)
    }
  }

  /// The click that corrects the worst error: inside where the object was missed, beside the object where
  /// too much was found, in both cases at the pixel of that piece farthest from its border.
  ///
  /// Pieces are pixels of one kind of error that touch over edges or corners. Of equal pieces a missed one
  /// goes first, then the first row by row. A pixel is never clicked twice, so that a model that ignores a
  /// click does not stop the user.
  ///
  /// - Parameters:
  ///   - prediction: the model's answer to the clicks so far
  ///   - truth: the object, on the grid of `prediction`
  ///   - clicked: the clicks so far
  /// - Returns: nil when prediction and truth are equal, or every wrong pixel has been clicked
  /// - Throws: ``PromptsError/sizesDiffer(prediction:truth:)``
  public func nextPoint(
    prediction: SliceMask, truth: SliceMask, clicked: [PointPrompt] = []
  ) throws -> PointPrompt? {
    guard prediction.width == truth.width, prediction.height == truth.height else {
      throw PromptsError.sizesDiffer(prediction: prediction.sizeText, truth: truth.sizeText)
    }
    let used = Set(clicked.compactMap { pixel(of: $0, in: truth) })
    let missed = depths(of: truth.subtracting(prediction), avoiding: used)
    let added = depths(of: prediction.subtracting(truth), avoiding: used)
    let isBetter: (Depth, Depth) -> Bool =
      switch errorChoice {
      case .largest: { $0.area > $1.area }
      case .deepest: { $0.value > $1.value }
      }
    let worst = (first(of: missed, by: isBetter), first(of: added, by: isBetter))
    switch worst {
    case (nil, nil): return nil
    case (let missed?, nil): return point(at: missed.pixel, in: truth, inside: true)
    case (nil, let added?): return point(at: added.pixel, in: truth, inside: false)
    case (let missed?, let added?):
      let inside = !isBetter(added, missed)
      return point(at: inside ? missed.pixel : added.pixel, in: truth, inside: inside)
    }
  }

  /// Clicks until there are `count` or nothing is wrong any more, asking the model after each.
  ///
  /// - Parameters:
  ///   - count: the most clicks
  ///   - truth: the object
  ///   - object: what the random choices of the first click depend on
  ///   - predict: the model's answer to all clicks so far, on the grid of `truth`
  /// - Returns: the clicks, and the answer after each of them; both empty when the mask is empty
  /// - Throws: what `predict` throws, and ``PromptsError/sizesDiffer(prediction:truth:)``
  public func clicks(
    _ count: Int, on truth: SliceMask, of object: ObjectKey,
    predict: ([PointPrompt]) throws -> SliceMask
  ) throws -> (points: [PointPrompt], answers: [SliceMask]) {
    var points: [PointPrompt] = []
    var answers: [SliceMask] = []
    while points.count < count {
      let next =
        if let answer = answers.last {
          try nextPoint(prediction: answer, truth: truth, clicked: points)
        } else {
          firstPoint(on: truth, of: object)
        }
      guard let next else { break }
      points.append(next)
      answers.append(try predict(points))
    }
    return (points, answers)
  }

  /// For each piece of the mask the pixel farthest from the border of all that may be clicked; pieces
  /// without such a pixel are left out.
  private func depths(of mask: SliceMask, avoiding used: Set<Int> = []) -> [Depth] {
    let pieces = Components(mask)
    // Pieces never touch, so the distance to the nearest pixel outside of all is that to the nearest
    // outside of their own.
    let distances = mask.depths
    var depths = pieces.areas.map { Depth(pixel: -1, value: 0, area: $0) }
    for (pixel, piece) in pieces.labels.enumerated() where piece >= 0 {
      if distances[pixel] > depths[Int(piece)].value, !used.contains(pixel) {
        depths[Int(piece)].pixel = pixel
        depths[Int(piece)].value = distances[pixel]
      }
    }
    return depths.filter { $0.pixel >= 0 }
  }

  /// The best of all, the first of equal ones.
  private func first(of depths: [Depth], by isBetter: (Depth, Depth) -> Bool) -> Depth? {
    var best: Depth?
    for depth in depths where best.map({ isBetter(depth, $0) }) ?? true { best = depth }
    return best
  }

  private func point(at pixel: Int, in mask: SliceMask, inside: Bool) -> PointPrompt {
    PointPrompt(
      x: Double(pixel % mask.width), y: Double(pixel / mask.width), isInside: inside)
  }

  private func pixel(of point: PointPrompt, in mask: SliceMask) -> Int? {
    let (x, y) = (point.x.rounded(), point.y.rounded())
    guard (0..<Double(mask.width)).contains(x), (0..<Double(mask.height)).contains(y) else {
      return nil
    }
    return Int(y) * mask.width + Int(x)
  }
}

/// The place of a piece that lies farthest from its border.
private struct Depth {
  var pixel: Int
  /// Distance to the nearest pixel outside, in pixels.
  var value: Float
  /// Pixels of the piece.
  let area: Int
}

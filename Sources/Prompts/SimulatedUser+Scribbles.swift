// Strokes: a line along the middle of the object, or along the middle of a band around it.

extension SimulatedUser {
  /// A smooth stroke inside of the largest piece of the object, along its middle.
  ///
  /// Its ends are far apart on the object but not close to its border (nearer than a third of the greatest
  /// depth only where the object is thin); between them it takes the path of least cost, where a step costs
  /// more the nearer it is to the border. Of that path a random part of 60 to 100 % is drawn. No place of the
  /// stroke lies on a pixel outside.
  ///
  /// - Returns: nil when the mask is empty; a dot for a piece of a single pixel
  public func scribble(on truth: SliceMask, of object: ObjectKey) -> ScribblePrompt? {
    guard let piece = truth.largestPiece else { return nil }
    var random = random(object, "scribble")
    return stroke(on: piece, keeping: 0.6...1, &random)
      .map { ScribblePrompt(path: $0, isInside: true) }
  }

  /// A smooth stroke beside the object: along the middle of the largest piece of a band around everything of
  /// the mask.
  ///
  /// The band leaves a gap of 2 pixels, or of a twentieth of the longer side of the object if that is more,
  /// and is that wide again plus 3 pixels. A random part of 40 to 70 % of the path is drawn.
  ///
  /// - Returns: nil when the mask is empty or the image has no such band
  public func backgroundScribble(beside truth: SliceMask, of object: ObjectKey) -> ScribblePrompt? {
    guard let extent = truth.extent else { return nil }
    let side = max(extent.columns.count, extent.rows.count)
    let gap = max(2, Float(side) / 20)
    let band = SliceMask(
      width: truth.width, height: truth.height,
      pixels: truth.distances.map { $0 > gap && $0 <= 2 * gap + 3 ? 1 : 0 })
    guard let piece = band.largestPiece else { return nil }
    var random = random(object, "background scribble")
    return stroke(on: piece, keeping: 0.4...0.7, &random)
      .map { ScribblePrompt(path: $0, isInside: false) }
  }

  private func stroke(
    on piece: SliceMask, keeping share: ClosedRange<Double>, _ random: inout StableRandom
  ) -> [SIMD2<Double>]? {
    guard let middle = MedialPath(piece)?.pixels else { return nil }
    let kept = share.lowerBound + (share.upperBound - share.lowerBound) * random.unit()
    let count = min(middle.count, max(1, Int((Double(middle.count) * kept).rounded())))
    let start = random.index(below: middle.count - count + 1)
    let places = middle[start..<start + count].map {
      SIMD2(Double($0 % piece.width), Double($0 / piece.width))
    }
    return smoothed(places, inside: piece)
  }

  /// Averages each corner with its neighbours; corners whose lines would leave the mask stay on their
  /// pixels.
  private func smoothed(_ path: [SIMD2<Double>], inside mask: SliceMask) -> [SIMD2<Double>] {
    guard path.count > 2 else { return path }
    var smooth = path
    for index in path.indices.dropFirst().dropLast() {
      let reach = min(2, index, path.count - 1 - index)
      let around = path[index - reach...index + reach]
      smooth[index] = around.reduce(.zero, +) / Double(around.count)
    }
    var isMoved = [Bool](repeating: true, count: path.count)
    var changes = true
    while changes {
      changes = false
      for index in 1..<path.count where !isInside(smooth[index - 1], smooth[index], mask) {
        // A line between two neighbouring pixels of the path never leaves it, so this comes to an end.
        for place in [index - 1, index] where isMoved[place] {
          smooth[place] = path[place]
          isMoved[place] = false
          changes = true
        }
      }
    }
    return smooth
  }

  /// Whether every pixel that a line runs through lies on the mask; touching a corner counts for nothing.
  private func isInside(_ start: SIMD2<Double>, _ end: SIMD2<Double>, _ mask: SliceMask) -> Bool {
    let step = end - start
    var crossings = [0.0, 1]
    for axis in 0..<2 where step[axis] != 0 {
      let (low, high) = (min(start[axis], end[axis]), max(start[axis], end[axis]))
      // Pixels meet half-way between whole numbers.
      for edge in stride(from: (low - 0.5).rounded(.up) + 0.5, through: high, by: 1) {
        crossings.append((edge - start[axis]) / step[axis])
      }
    }
    crossings.sort()
    return zip(crossings, crossings.dropFirst()).allSatisfy { before, after in
      let place = start + step * ((before + after) / 2)
      return after - before < 1e-9 || mask.contains(x: place.x, y: place.y)
    }
  }
}

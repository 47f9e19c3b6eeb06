// A late correction changes what it is about: elsewhere the earlier answer stays.
// Source: progressive merge, Chen et al., FocalClick, CVPR 2022, arXiv 2204.02574, section 3.3.

/// An answer joined with the one before it.
struct Correction {
  /// Samples along each side of the view that both were seen in.
  let side: Int

  /// The overlap (intersection over union) of two answers from which a click is a correction of detail. Below it
  /// the whole answer has changed, for the better as a rule.
  static let leastOverlap = 0.9

  /// Where both answers nearly agree, the new scores in the pieces of change near the newest click and the earlier
  /// ones elsewhere; else the new scores.
  ///
  /// - Parameters:
  ///   - new: Scores after the click, row by row.
  ///   - earlier: Scores before it.
  ///   - click: The newest click, as a sample.
  /// - Returns: Scores of the joint answer.
  func scores(_ new: [Float], over earlier: [Float], at click: SIMD2<Double>) -> [Float] {
    var (shared, united) = (0, 0)
    for (a, b) in zip(new, earlier) {
      shared += a > 0 && b > 0 ? 1 : 0
      united += a > 0 || b > 0 ? 1 : 0
    }
    guard Double(shared) >= Self.leastOverlap * Double(max(united, 1)) else { return new }
    func isChanged(_ pixel: Int) -> Bool { (new[pixel] > 0) != (earlier[pixel] > 0) }
    let place = SIMD2(click.x.rounded(), click.y.rounded())
    guard place.min() >= 0, place.max() < Double(side) else { return new }
    let start = Int(place.y) * side + Int(place.x)
    guard isChanged(start) else { return new }
    var merged = earlier
    var isMet = [Bool](repeating: false, count: new.count)
    var open = [start]
    isMet[start] = true
    while let pixel = open.popLast() {
      merged[pixel] = new[pixel]
      let (x, y) = (pixel % side, pixel / side)
      for row in max(y - 1, 0)...min(y + 1, side - 1) {
        for column in max(x - 1, 0)...min(x + 1, side - 1) {
          let place = row * side + column
          if !isMet[place], isChanged(place) {
            isMet[place] = true
            open.append(place)
          }
        }
      }
    }
    return merged
  }
}

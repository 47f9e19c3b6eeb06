// What a training's chart draws, series by series, and which values its axes must hold.

/// The series behind a ``TrainingChart``: x counts finished epochs, values that cannot be drawn are left
/// out, so that lines run on over epochs without validation.
struct TrainingTraces {
  typealias Trace = [(x: Double, y: Double)]

  let loss: Trace
  let validationLoss: Trace
  let rate: Trace
  /// One per class; each point is the mean over ``epochsPerPoint`` epochs.
  let classes: [Trace]
  /// The smoothed mean over classes where there is any, else the mean.
  let overall: Trace
  let overallName: String
  /// Whether the overall line is that of the only class, which then needs no line of its own.
  let isSingle: Bool
  /// 1, or more where single epochs would be a thicket.
  let epochsPerPoint: Int
  /// The worst and the best class at each point.
  let lowest: Trace
  let highest: Trace

  init(_ chart: TrainingChart) {
    let epochs = chart.ordered
    func trace(_ value: (TrainingChart.Epoch) -> Double?) -> Trace {
      epochs.compactMap { epoch in
        guard let y = value(epoch), Scale.isDrawable(y) else { return nil }
        return (epoch.done, y)
      }
    }
    loss = trace(\.loss)
    validationLoss = trace(\.validationLoss)
    rate = trace(\.rate)
    let names = chart.names
    let blocks = Self.blocks(epochs)
    epochsPerPoint = blocks.last?.count ?? 1
    classes = names.indices.map { index in
      blocks.compactMap { block in
        let values = block.compactMap { index < $0.dice.count ? $0.dice[index] : nil }
          .filter(Scale.isDrawable)
        guard let last = block.last, !values.isEmpty else { return nil }
        return (last.done, values.reduce(0, +) / Double(values.count))
      }
    }
    let ends = blocks.compactMap(\.last?.done)
    let columns = Self.columns(classes)
    lowest = ends.compactMap { x in columns[x].flatMap { $0.min() }.map { (x, $0) } }
    highest = ends.compactMap { x in columns[x].flatMap { $0.max() }.map { (x, $0) } }
    let smoothed = trace(\.smoothedDice)
    overall = smoothed.isEmpty ? trace(\.meanDice) : smoothed
    overallName =
      if names.count == 1 { smoothed.isEmpty ? names[0] : "smoothed" } else {
        smoothed.isEmpty ? "mean" : "smoothed mean"
      }
    isSingle = names.count == 1 && smoothed.isEmpty
  }

  /// At most 100 runs of epochs, of one length but for the first.
  private static func blocks(_ epochs: [TrainingChart.Epoch]) -> [ArraySlice<TrainingChart.Epoch>] {
    let length = max(1, (epochs.count + 99) / 100)
    // Up to 199 epochs every one keeps its own point: halving them would hide more than it clears.
    guard epochs.count >= 200 else { return epochs.indices.map { epochs[$0...$0] } }
    let first = epochs.count % length
    return (first > 0 ? [epochs[..<first]] : [])
      + stride(from: first, to: epochs.count, by: length).map { epochs[$0..<($0 + length)] }
  }

  private static func columns(_ classes: [Trace]) -> [Double: [Double]] {
    var columns: [Double: [Double]] = [:]
    for point in classes.joined() { columns[point.x, default: []].append(point.y) }
    return columns
  }

  /// The first of the highest overall values.
  var best: (x: Double, y: Double)? { overall.max { $0.y < $1.y } }

  /// The losses that the axis must hold.
  ///
  /// Before anything is learnt a loss may be so high that all others would lie on one line: the
  /// highest twentieth, at least two, may stand above the axis where they would stretch it 2.5-fold.
  /// A few values are seen from zero, lest chance look like a course.
  var heldLosses: [Double] {
    let sorted = (loss + validationLoss).map(\.y).sorted()
    guard sorted.count >= 6, let low = sorted.first else { return sorted + [0] }
    for dropped in (1...max(2, sorted.count / 20)).reversed() {
      let kept = sorted.count - dropped
      let span = sorted[kept - 1] - low
      if span > 0, sorted[kept] - low > 2.5 * span { return Array(sorted[..<kept]) }
    }
    return sorted
  }

  /// The Dice values that the axis must hold: all from 0 to 1, or the upper part where all lie there.
  var heldDice: [Double] {
    let low = min(lowest.map(\.y).min() ?? 0, overall.map(\.y).min() ?? 0)
    return [low >= 0.5 ? min(low, 0.95) : 0, 1]
  }

  /// As few points as show the same line: the highest and lowest of each three units of width.
  static func thinned(_ points: Trace) -> Trace {
    guard points.count > 400, let first = points.first, let last = points.last else {
      return points
    }
    var kept: Trace = [first]
    var start = 0
    while start < points.count {
      let column = (points[start].x / 3).rounded(.down)
      var (end, low, high) = (start, start, start)
      while end < points.count, (points[end].x / 3).rounded(.down) == column {
        if points[end].y < points[low].y { low = end }
        if points[end].y > points[high].y { high = end }
        end += 1
      }
      kept.append(points[min(low, high)])
      if low != high { kept.append(points[max(low, high)]) }
      start = end
    }
    kept.append(last)
    return kept
  }
}

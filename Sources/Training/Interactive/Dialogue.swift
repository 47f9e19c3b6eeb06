// One object with the prompts that a simulated user gives for it, answer after answer.

internal import Datasets
internal import Prompts
internal import Segmentation

/// A sample under correction.
struct Dialogue: Sendable {
  let sample: ViewSample
  private(set) var prompts: ViewPrompts
  private var random: CounterRandom
  private let key: ObjectKey
  private let side: Int

  /// Opens with a click, a box, a stroke, or an earlier mask that needs a correction.
  init(_ sample: ViewSample, random: CounterRandom, side: Int) throws {
    self.sample = sample
    self.random = random
    self.side = side
    prompts = ViewPrompts()
    let number = Int(truncatingIfNeeded: self.random.next() >> 2)
    key = ObjectKey(caseID: sample.caseID, label: 1, object: number)
    let kind = self.random.uniform()
    switch kind {
    case ..<0.38: click()
    case ..<0.72: frame()
    case ..<0.80:
      frame()
      click()
    case ..<0.87: stroke()
    default:
      try correct(draft())
    }
  }

  /// The channels of the network for what has been given so far.
  func channels() -> [Float] { prompts.channels(on: sample.image, side: side) }

  /// Goes on from an answer: keeps it, and corrects what is most wrong in it.
  mutating func answered(_ scores: [Float]) throws {
    prompts.earlier = scores.map(logistic)
    let mask = try SliceMask(scores.map { $0 > 0 ? 1 : 0 }, width: side, height: side)
    let chance = random.uniform()
    // A second look without a new prompt, as when the view has moved.
    if chance < 0.12 { return }
    let user = user()
    if chance < 0.2, let scribble = missedStroke(mask, user) {
      prompts.scribbles.append(scribble)
    } else if let point = try user.nextPoint(
      prediction: mask, truth: sample.truth, clicked: prompts.points)
    {
      prompts.points.append(moved(point, in: mask))
    }
  }

  private mutating func user() -> SimulatedUser {
    SimulatedUser(
      seed: UInt64(key.object), firstClick: random.happens(0.6) ? .centre : .random,
      errorChoice: random.happens(0.5) ? .largest : .deepest,
      jitter: BoxJitter(.ofSide(random.uniform(in: 0...0.15))))
  }

  private mutating func click() {
    if let point = user().firstPoint(on: sample.truth, of: key) { prompts.points.append(point) }
  }

  private mutating func frame() {
    let user = user()
    prompts.box =
      random.happens(0.4)
      ? user.box(around: sample.truth) : user.jitteredBox(around: sample.truth, of: key)
  }

  private mutating func stroke() {
    let user = user()
    prompts.scribbles += [user.scribble(on: sample.truth, of: key)].compactMap { $0 }
    if random.happens(0.5) {
      prompts.scribbles += [user.backgroundScribble(beside: sample.truth, of: key)].compactMap {
        $0
      }
    }
  }

  /// A stroke through what an answer has missed.
  private func missedStroke(_ answer: SliceMask, _ user: SimulatedUser) -> ScribblePrompt? {
    let missed = zip(sample.truth.pixels, answer.pixels).map { $0 == 1 && $1 == 0 ? UInt8(1) : 0 }
    guard let mask = try? SliceMask(missed, width: side, height: side), mask.area > 20 else {
      return nil
    }
    return user.scribble(on: mask, of: key)
  }

  /// An earlier mask that is wrong: the truth shifted, and grown or shrunk.
  private mutating func draft() throws -> SliceMask {
    let reach = max(2, (Double(sample.truth.area).squareRoot() * 0.25).rounded())
    let shift = (
      Int(random.uniform(in: -reach...reach)), Int(random.uniform(in: -reach...reach))
    )
    let cut = random.happens(0.5) ? random.integer(in: side / 4...side * 3 / 4) : nil
    let isUpright = random.happens(0.5)
    let pixels = (0..<side * side).map { pixel -> UInt8 in
      let (x, y) = (pixel % side, pixel / side)
      if let cut, (isUpright ? x : y) > cut { return 0 }
      let (fromX, fromY) = (x - shift.0, y - shift.1)
      guard (0..<side).contains(fromX), (0..<side).contains(fromY) else { return 0 }
      return sample.truth.pixels[fromY * side + fromX]
    }
    return try SliceMask(pixels, width: side, height: side)
  }

  private mutating func correct(_ draft: SliceMask) throws {
    prompts.earlier = draft.pixels.map { $0 == 1 ? 0.95 : 0.02 }
    if let point = try user().nextPoint(prediction: draft, truth: sample.truth) {
      prompts.points.append(moved(point, in: draft))
    }
  }

  /// The click a little beside where it was aimed at, on the same kind of error.
  private mutating func moved(_ point: PointPrompt, in answer: SliceMask) -> PointPrompt {
    let place = PointPrompt(
      x: point.x + random.uniform(in: -2...2), y: point.y + random.uniform(in: -2...2),
      isInside: point.isInside)
    let isOnTruth = sample.truth.contains(x: place.x, y: place.y)
    let isOnAnswer = answer.contains(x: place.x, y: place.y)
    return isOnTruth == point.isInside && isOnAnswer != point.isInside ? place : point
  }
}

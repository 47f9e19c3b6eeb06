// An image with examples of its task, cut and changed at random: what an in-context network is shown.

internal import Datasets
internal import Foundation
internal import Segmentation

/// An image, what is to be found in it, and examples.
struct ContextSample: Sendable {
  let caseID: String
  /// The image and then each example, side × side values each.
  let images: [[Float]]
  /// 1 on what is looked for, in the same order.
  let masks: [[Float]]
}

/// Draws samples from pools.
///
/// Changes are of two kinds, as in UniverSeg (Butoi et al., ICCV 2023, arXiv 2304.06131, section 3.4): those of the
/// task are the same for the image and all its examples and make new tasks of old ones; those of each image make
/// examples differ from one another.
struct ContextSampler: Sendable {
  private let pools: [(pool: TaskPool, tasks: [ContextTask])]
  private let total: Double
  let side: Int
  let seed: UInt64
  /// Whether anything is changed at random; if not, slices are seen whole and as they are.
  var augments = true

  /// What the scanner may change from one image of a task to the next.
  private static let appearance = Appearance(
    blur: GaussianBlur(probability: 0.12, channelProbability: 1, sigma: 0.5...1.2),
    coarseness: LowResolution(probability: 0.1, channelProbability: 1, resolution: 0.35...1),
    inversion: 0, gamma: Gamma(probability: 0.3, exponent: 0.6...1.6), shading: 0.12, noise: 0.25,
    noiseLevel: 0.02...0.25)

  /// - Throws: ``GeneralistError/noTask(_:)`` for a pool of which no label is shown by two cases.
  init(pools: [TaskPool], side: Int, seed: UInt64) throws {
    self.pools = try pools.map { pool in
      let tasks = ContextTask.all(of: pool)
      if tasks.isEmpty { throw GeneralistError.noTask(pool.name) }
      return (pool, tasks)
    }
    total = pools.reduce(0) { $0 + $1.weight }
    self.side = side
    self.seed = seed
  }

  /// The sample of a number: the same on any thread and after any pause.
  ///
  /// - Parameters:
  ///   - step: Number of the step.
  ///   - slot: Number within the step.
  ///   - supports: How many examples it has.
  /// - Returns: An image with its examples.
  func sample(step: Int, slot: Int, supports: Int) -> ContextSample {
    var random = CounterRandom(seed: seed, step: step, sample: slot)
    while true {
      var mark = random.uniform() * total
      let chosen = pools.first { one in
        mark -= one.pool.weight
        return mark < 0
      }
      let (pool, tasks) = chosen ?? pools[pools.count - 1]
      let task = tasks[random.index(below: tasks.count)]
      // Every task has slices with its label; a crop that loses it is drawn again.
      if let found = sample(of: task, pool, supports, &random) { return found }
    }
  }

  private func sample(
    of task: ContextTask, _ pool: TaskPool, _ supports: Int, _ random: inout CounterRandom
  ) -> ContextSample? {
    let target = random.index(below: task.cases.count)
    let others = task.cases.indices.filter { $0 != target }
    guard let slice = random.choice(of: task.cases[target]) else { return nil }
    let change = TaskChange(
      slice: pool.slices[slice], label: task.label, augments: augments, &random)
    // Now and then what the examples show is not there.
    let absent = augments && random.happens(0.1) ? random.choice(of: task.without) : nil
    guard let query = drawn(pool.slices[absent ?? slice], change, &random),
      query.area >= 12 || absent != nil
    else { return nil }
    var (images, masks) = ([query.image], [query.mask])
    for _ in 0..<supports {
      var best: Drawn?
      // An example that lost its object in the crop teaches little.
      for _ in 0..<4 where (best?.area ?? 0) < 12 {
        guard let other = random.choice(of: others),
          let slice = random.choice(of: task.cases[other])
        else { return nil }
        best = drawn(pool.slices[slice], change, &random) ?? best
      }
      guard let best else { return nil }
      images.append(best.image)
      masks.append(best.mask)
    }
    return ContextSample(caseID: pool.slices[slice].caseID, images: images, masks: masks)
  }

  /// A slice as a view.
  private struct Drawn {
    let image: [Float]
    let mask: [Float]

    var area: Int { mask.count { $0 > 0 } }
  }

  /// `nil` for a view of one grey value.
  private func drawn(
    _ slice: TaskSlice, _ change: TaskChange, _ random: inout CounterRandom
  ) -> Drawn? {
    let view = change.view(of: slice, side: side, augments ? .random(&random) : .none)
    let share = view.share(
      of: slice.numbers, where: slice.membership(of: change.labels), width: slice.width,
      height: slice.height)
    // As masks of examples are reduced to the size of the network.
    let most = min(1, share.max() ?? 0)
    let mask = share.map { $0 > 0 && $0 > most * 0.4999 ? Float(1) : 0 }
    var image = ViewPrompts.standardised(
      view.image(of: slice.values, width: slice.width, height: slice.height))
    guard image.contains(where: { $0 != image[0] }) else { return nil }
    if change.inverts { image = image.map { -$0 } }
    if augments {
      image = Self.appearance.changed(image, side: side, random.stream(random.next()))
    }
    return Drawn(
      image: ViewPrompts.standardised(image),
      mask: change.asksForTheRest ? mask.map { 1 - $0 } : mask)
  }
}

/// What an image and all its examples have in common.
private struct TaskChange {
  /// Labels that are looked for.
  let labels: Set<Int32>
  let inverts: Bool
  let asksForTheRest: Bool
  /// Part of a slice that is seen: its centre and its size as fractions of the slice.
  private let centre: SIMD2<Double>
  private let zoom: Double
  private let isMirrored: Bool
  private let quarterTurns: Int

  init(
    slice: TaskSlice, label: Int32, augments: Bool, _ random: inout CounterRandom
  ) {
    var (labels, centre, zoom) = (Set([label]), SIMD2(0.5, 0.5), 1.0)
    guard augments else {
      (self.labels, self.centre, self.zoom) = (labels, centre, zoom)
      (inverts, asksForTheRest, isMirrored, quarterTurns) = (false, false, false, 0)
      return
    }
    if random.happens(0.15), let other = random.choice(of: slice.labels) { labels.insert(other) }
    if random.happens(0.5) {
      zoom = random.uniform(in: 0.5...1)
      if let object = slice.pieces.joined().first(where: {
        slice.labelOfNumber[Int($0.pieces[0])] == label
      }) {
        let middle = SIMD2(
          Double(object.columns.lowerBound + object.columns.upperBound + 1) / 2
            / Double(slice.width),
          Double(object.rows.lowerBound + object.rows.upperBound + 1) / 2 / Double(slice.height))
        let jitter = SIMD2(random.uniform(in: -0.2...0.2), random.uniform(in: -0.2...0.2)) * zoom
        // The part lies inside the slice.
        let room = 0.5 * zoom
        centre = (middle + jitter).clamped(
          lowerBound: SIMD2(room, room), upperBound: SIMD2(1 - room, 1 - room))
      }
    }
    (self.labels, self.centre, self.zoom) = (labels, centre, zoom)
    inverts = random.happens(0.3)
    asksForTheRest = random.happens(0.04)
    isMirrored = random.happens(0.5)
    quarterTurns = random.happens(0.4) ? random.index(below: 4) : 0
  }

  /// How one image lies differently from the others.
  struct Pose {
    var angle = 0.0
    var scale = 1.0
    var stretch = 1.0
    /// In sides of the view.
    var shift = SIMD2<Double>.zero

    static let none = Pose()

    static func random(_ random: inout CounterRandom) -> Pose {
      // Most images of a task lie alike; some lie anyhow.
      let isStrong = random.happens(0.15)
      let pose = Pose(
        angle: isStrong ? random.uniform(in: -0.8...0.8) : 0.12 * random.normal(),
        scale: exp((isStrong ? 0.25 : 0.08) * random.normal()),
        stretch: exp(0.05 * random.normal()),
        shift: SIMD2(random.normal(), random.normal()) * (isStrong ? 0.1 : 0.04))
      return random.happens(0.25) ? .none : pose
    }
  }

  /// The slice, or the part of it, stretched to a square.
  func view(of slice: TaskSlice, side: Int, _ pose: Pose) -> ImageView {
    let size = SIMD2(Double(slice.width), Double(slice.height))
    let angle = pose.angle + Double(quarterTurns) * .pi / 2
    let (sine, cosine) = (sin(angle), cos(angle))
    let step = zoom * pose.scale / Double(side)
    let mirror: Double = isMirrored ? -1 : 1
    let across = SIMD2(cosine, sine) * step * pose.stretch * mirror * size
    let down = SIMD2(-sine, cosine) * step / pose.stretch * size
    let half = Double(side - 1) / 2
    let middle = (centre + pose.shift * zoom) * size - 0.5
    return ImageView(
      side: side, origin: middle - across * half - down * half, across: across, down: down)
  }
}

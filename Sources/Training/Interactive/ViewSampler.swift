// Views of objects at random zoom, turned, mirrored and changed in brightness: what a generalist is shown.

internal import Datasets
internal import Foundation
internal import Prompts
internal import Segmentation

/// A view with the object that is asked for in it.
struct ViewSample: Sendable {
  let caseID: String
  /// side × side values.
  let image: [Float]
  let truth: SliceMask
}

/// Draws samples from pools.
struct ViewSampler: Sendable {
  let pools: [TaskPool]
  let side: Int
  let seed: UInt64
  /// Whether views are turned and images changed at random.
  var augments = true

  /// The sample of a number: the same on any thread and after any pause.
  func sample(step: Int, slot: Int) -> ViewSample {
    var random = CounterRandom(seed: seed, step: step, sample: slot)
    let total = pools.reduce(0) { $0 + $1.weight }
    for _ in 0..<50 {
      var mark = random.uniform() * total
      let pool = pools.first { pool in
        mark -= pool.weight
        return mark < 0
      }
      guard let slice = random.choice(of: (pool ?? pools[pools.count - 1]).slices),
        let found = sample(of: slice, &random)
      else { continue }
      return found
    }
    // Every pool has an object and most views of it show it: fifty misses in a row do not happen.
    let empty = [Float](repeating: 0, count: side * side)
    return ViewSample(caseID: "", image: empty, truth: SliceMask.empty(side))
  }

  private func sample(of slice: TaskSlice, _ random: inout CounterRandom) -> ViewSample? {
    let asksForAll = random.happens(0.3)
    let chosen =
      asksForAll
      ? random.choice(of: slice.wholes)
      : random.choice(of: slice.pieces).flatMap { random.choice(of: $0) }
    guard let object = chosen ?? random.choice(of: slice.pieces[0]) else { return nil }
    let view = view(of: object, in: slice, &random)
    let share = view.share(
      of: slice.numbers, where: slice.membership(of: object), width: slice.width,
      height: slice.height)
    let inside = share.map { $0 >= 0.5 ? UInt8(1) : 0 }
    guard let truth = try? SliceMask(inside, width: side, height: side), truth.area >= 16,
      truth.area < side * side * 9 / 10
    else { return nil }
    let image = view.image(of: slice.values, width: slice.width, height: slice.height)
    return ViewSample(
      caseID: slice.caseID,
      image: augments ? Appearance().changed(image, side: side, random.stream(7)) : image,
      truth: truth)
  }

  /// A square in which the object takes 8 to 110 % of a side.
  private func view(
    of object: TaskSlice.Object, in slice: TaskSlice, _ random: inout CounterRandom
  ) -> ImageView {
    let share = exp(random.uniform(in: log(0.08)...log(1.1)))
    let longest = Double(max(slice.width, slice.height))
    let extent = min(max(object.extent / share, 20), max(longest * 1.3, object.extent))
    // The object lies anywhere in the view, as far as it fits.
    let room = max(extent - object.extent, extent * 0.2) / 2
    let middle = SIMD2(
      Double(object.columns.lowerBound + object.columns.upperBound) / 2,
      Double(object.rows.lowerBound + object.rows.upperBound) / 2)
    let centre =
      middle + SIMD2(random.uniform(in: -room...room), random.uniform(in: -room...room)) * 0.8
    var across = SIMD2(extent / Double(side), 0)
    var down = SIMD2(0, extent / Double(side))
    if augments {
      let angle =
        random.happens(0.4)
        ? random.uniform(in: -Double.pi...Double.pi) : Double(random.index(below: 4)) * .pi / 2
      let stretch = random.happens(0.4) ? exp(random.uniform(in: -0.25...0.25)) : 1
      let (sine, cosine) = (sin(angle), cos(angle))
      let step = extent / Double(side)
      let mirror: Double = random.happens(0.5) ? -1 : 1
      across = SIMD2(cosine, sine) * step * stretch * mirror
      down = SIMD2(-sine, cosine) * step / stretch
    }
    let half = Double(side - 1) / 2
    return ImageView(
      side: side, origin: centre - across * half - down * half, across: across, down: down)
  }
}

extension SliceMask {
  /// A square mask of nothing.
  static func empty(_ side: Int) -> SliceMask {
    guard
      let mask = try? SliceMask(
        [UInt8](repeating: 0, count: side * side), width: side, height: side)
    else { preconditionFailure("a mask of \(side) × \(side) zeros fits its grid") }
    return mask
  }
}

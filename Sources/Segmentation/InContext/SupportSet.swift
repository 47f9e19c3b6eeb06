// Examples as an in-context network reads them: checked and prepared once, used for every image.

import Imaging
import Models
import Tensors

/// The examples of a task, slice by slice, in the size and range of the network.
struct SupportSet: Sendable {
  /// One slice with the masks of its labels.
  struct Pair: Sendable {
    let image: Tensor  // (C, h, w)
    let masks: [Int32: Tensor]  // each (1, h, w), 0 or 1
    /// Where in its volume the slice lies, from 0 to 1; `nil` for single images.
    let position: Double?
  }

  /// What is looked for, in ascending order.
  let labels: [Int32]
  /// The orientation of examples that are volumes; `nil` when all are single slices.
  let orientation: Orientation?
  /// Slices as a whole, and the part of each around its labels in the same order, where parts are wanted.
  let whole: [Pair]
  let close: [Pair]

  /// - Parameters:
  ///   - examples: At least one.
  ///   - wanted: What to look for; `nil` for all labels of the masks. Others count as background.
  ///   - preparation: What the network wants of an image.
  ///   - hasParts: Whether parts of slices will be asked for; they cost as much again.
  /// - Throws: ``SupportError``, `ImagingError`, `TensorError`.
  init(
    _ examples: [SupportExample], labels wanted: [Int32]?, preparation: SlicePreparation,
    hasParts: Bool
  ) throws {
    guard !examples.isEmpty else { throw SupportError.noExamples }
    labels = try Self.labels(of: examples, wanted)
    orientation =
      examples.first { $0.image.geometry.size.z > 1 }?.image.geometry.orientation
    var (whole, close) = ([Pair](), [Pair]())
    for (index, example) in examples.enumerated() {
      let before = whole.count
      try Self.read(example.oriented(orientation), labels, preparation, hasParts) { pair, part in
        whole.append(pair)
        // Around the labels there may be one grey value only; then the slice stands for its part.
        if hasParts { close.append(part ?? pair) }
      }
      guard whole.count > before else { throw SupportError.constantImage(example: index + 1) }
    }
    (self.whole, self.close) = (whole, close)
    // A label may be lost with the slices of one grey value.
    for label in labels where pairs(of: label).isEmpty { throw SupportError.noExample(of: label) }
  }

  /// Which slices show a label.
  func pairs(of label: Int32) -> [Int] { whole.indices.filter { whole[$0].masks[label] != nil } }

  /// So many of the slices, those that lie nearest to a place in their volumes; in their order.
  func nearest(_ count: Int, of pairs: [Int], to position: Double) -> [Int] {
    func distance(_ pair: Int) -> Double { abs((whole[pair].position ?? position) - position) }
    return pairs.sorted { (distance($0), $0) < (distance($1), $1) }.prefix(count).sorted()
  }

  /// The chosen slices with the masks of one label, as a whole or around their labels.
  func tensors(
    of label: Int32, _ chosen: [Int], isClose: Bool, device: Device
  ) throws -> SupportTensors {
    let pairs = chosen.map { (isClose ? close : whole)[$0] }
    return try SupportTensors(
      images: Tensor.stack(pairs.map(\.image)).unsqueezed(0).to(device),  // (1, S, C, h, w)
      masks: Tensor.stack(pairs.compactMap { $0.masks[label] }).unsqueezed(0).to(device))
  }

  /// Hands out each slice that shows a label and more than one grey value, and its part where wanted.
  private static func read(
    _ example: SupportExample, _ labels: [Int32], _ preparation: SlicePreparation,
    _ hasParts: Bool, _ add: (Pair, Pair?) throws -> Void
  ) throws {
    let slices = try preparation.slices(of: example.image)
    let area = slices.width * slices.height
    for z in 0..<slices.count {
      let position = slices.position(z)
      let values = Array(example.mask.labels[z * area..<(z + 1) * area])
      let shown = Set(values).intersection(labels)
      guard !shown.isEmpty, let image = try slices.whole(z) else { continue }
      func masks(_ values: [Int32], _ width: Int, _ height: Int) throws -> [Int32: Tensor] {
        try Dictionary(
          uniqueKeysWithValues: shown.map { label in
            (label, try preparation.mask(values.map { $0 == label }, width, height))
          })
      }
      let pair = try Pair(
        image: image, masks: masks(values, slices.width, slices.height), position: position)
      guard hasParts,
        let region = SliceRegion(
          around: values.map(shown.contains), width: slices.width, height: slices.height),
        let part = try slices.part(z, region)
      else {
        try add(pair, nil)
        continue
      }
      let cut = region.cut(from: values, width: slices.width)
      try add(
        pair,
        Pair(
          image: part, masks: masks(cut, region.x.count, region.y.count), position: position))
    }
  }

  private static func labels(
    of examples: [SupportExample], _ wanted: [Int32]?
  ) throws -> [Int32] {
    var met: [[Int32]] = []
    for (index, example) in examples.enumerated() {
      let number = index + 1
      let (image, mask) = (example.image.geometry.size, example.mask.geometry.size)
      guard image == mask else {
        throw SupportError.otherGrid(example: number, image: image, mask: mask)
      }
      let broken = example.image.nonFiniteCount
      guard broken == 0 else { throw SupportError.nonFinite(example: number, count: broken) }
      let labels = example.mask.counts.keys.filter { $0 != 0 }.sorted()
      guard !labels.isEmpty else { throw SupportError.emptyMask(example: number) }
      met.append(labels)
    }
    if let wanted {
      let wanted = Set(wanted).sorted()
      guard let first = wanted.first else { throw SupportError.noExamples }
      guard first > 0 else { throw SupportError.notALabel(first) }
      let known = Set(met.joined())
      if let unknown = wanted.first(where: { !known.contains($0) }) {
        throw SupportError.noExample(of: unknown)
      }
      for (index, labels) in met.enumerated() where Set(wanted).isDisjoint(with: labels) {
        throw SupportError.noneOfLabels(example: index + 1, met: labels, expected: wanted)
      }
      return wanted
    }
    for (index, labels) in met.enumerated() {
      if labels[0] < 0 { throw SupportError.notALabel(labels[0]) }
      let others = Set(met.indices.filter { $0 != index }.flatMap { met[$0] })
      if met.count > 1, others.isDisjoint(with: labels) {
        throw SupportError.strangeLabels(
          example: index + 1, met: labels, others: others.sorted())
      }
    }
    return Set(met.joined()).sorted()
  }
}

extension SupportExample {
  /// The same example with its slices where those of the others are; single slices stay as they are.
  fileprivate func oriented(_ orientation: Orientation?) -> SupportExample {
    guard let orientation, image.geometry.size.z > 1 else { return self }
    // The mask lies voxel by voxel on the image, whatever its own header says.
    let mask = LabelMap(geometry: image.geometry, labels: mask.labels)
    return SupportExample(
      image: image.reoriented(to: orientation), mask: mask.reoriented(to: orientation))
  }
}

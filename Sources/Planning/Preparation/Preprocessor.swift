// From an image as it lies in its file to what a planned network reads: turned, cropped, normalised, resampled.

import Foundation

/// Prepares images as a configuration of a plan says.
///
/// Source: nnunetv2 2.8.1, `DefaultPreprocessor.run_case_npy`; label maps are the same voxel for voxel,
/// images up to rounding.
public struct Preprocessor: Sendable {
  public let plans: Plans
  public let configuration: PlannedConfiguration
  /// The result is the same for any number.
  public let threads: Int

  /// - Parameters:
  ///   - plans: The plan, for its transposition and the intensities of the foreground.
  ///   - configuration: One of its configurations.
  ///   - threads: All cores if left out.
  public init(plans: Plans, configuration: PlannedConfiguration, threads: Int? = nil) {
    self.plans = plans
    self.configuration = configuration
    self.threads = threads ?? allCores
  }

  /// - Parameters:
  ///   - image: Channels in the file's axis order; spacing in millimetres.
  ///   - labels: On the same grid.
  ///   - previousStage: A segmentation on the same grid that the configuration reads besides the image.
  ///   - classes: Foreground labels of `previousStage`; each becomes a channel, in this order.
  /// - Returns: Image and labels on the configuration's grid.
  /// - Throws: ``PreparationError``
  public func prepare(
    _ image: ImageArray, labels: LabelArray? = nil, previousStage: LabelArray? = nil,
    classes: [Int16] = []
  ) throws -> PreparedCase {
    try check(image, labels, previousStage)
    let order = plans.transposeForward
    var turned = image
    turned.channels = image.channels.map { transposed($0, shape: image.shape, order: order) }
    turned.shape = order.map { image.shape[$0] }
    turned.spacing = order.map { image.spacing[$0] }
    let crop = Crop(of: turned)
    let spacing = turned.spacing
    let target = targetSpacing(spacing)
    var cropped = crop.cropped(turned)
    turned.channels = []

    let maps = [labels, previousStage].map { map in
      map.map { crop.cropped(turn($0)) }
    }
    try normalise(&cropped, labels: (maps[0] ?? maps[1])?.labels, crop)
    let change = { (rule: ResamplingRule) in
      GridChange(
        shape: crop.size, spacing: spacing, target: target, force: rule.forceSeparateZ)
    }
    try resample(&cropped, change(configuration.dataResampling), target)
    let labelRule = configuration.labelResampling
    let prepared = try maps.map { map in
      try map.map { try resampled($0, change(labelRule), target) }
    }
    if let previous = prepared[1] {
      try cropped.appendIndicators(of: previous, classes: classes)
    }
    let placement = Placement(
      transposeForward: order, transposeBackward: plans.transposeBackward,
      fileShape: image.shape, fileSpacing: image.spacing, shapeBeforeCrop: crop.shapeBefore,
      cropLower: crop.lower, shapeAfterCrop: crop.size, spacing: spacing,
      preparedShape: cropped.shape, preparedSpacing: target)
    return PreparedCase(image: cropped, labels: prepared[0], placement: placement)
  }

  /// Configurations of slices leave the spacing between slices as it is.
  private func targetSpacing(_ spacing: [Double]) -> [Double] {
    let target = configuration.spacing
    return Array(spacing.prefix(max(0, spacing.count - target.count))) + target
  }

  private func turn(_ labels: LabelArray) -> LabelArray {
    let order = plans.transposeForward
    return LabelArray(
      labels: transposed(labels.labels, shape: labels.shape, order: order),
      shape: order.map { labels.shape[$0] }, spacing: order.map { labels.spacing[$0] })
  }

  private func normalise(_ image: inout ImageArray, labels: [Int16]?, _ crop: Crop) throws {
    let masked = configuration.usesMaskForNormalisation
    let mask = masked.contains(true) ? labels ?? crop.regionLabels : nil
    for channel in image.channels.indices {
      let normalisation = Normalisation(
        configuration.normalisation[channel], usesMask: masked[channel],
        intensities: plans.foregroundIntensities[String(channel)])
      try normalisation.apply(to: &image.channels[channel], channel: channel, labels: mask)
    }
  }

  private func resample(
    _ image: inout ImageArray, _ change: GridChange, _ spacing: [Double]
  ) throws {
    let rule = configuration.dataResampling
    try rule.check()
    let resampling = try SplineResampling(
      change, order: rule.order, orderAlongAxis: rule.orderZ, threads: threads)
    for channel in image.channels.indices {
      image.channels[channel] = resampling(image.channels[channel])
    }
    image.shape = change.to
    image.spacing = spacing
  }

  private func resampled(
    _ labels: LabelArray, _ change: GridChange, _ spacing: [Double]
  ) throws -> LabelArray {
    let rule = configuration.labelResampling
    try rule.check()
    let resampling = try LabelResampling(
      change, order: rule.order, orderAlongAxis: rule.orderZ, threads: threads)
    return LabelArray(labels: resampling(labels.labels), shape: change.to, spacing: spacing)
  }

  private func check(_ image: ImageArray, _ maps: LabelArray?...) throws {
    guard image.shape.count == 3, image.spacing.count == 3, image.shape.allSatisfy({ $0 > 0 })
    else {
      throw PreparationError.malformedImage(
        reason: "it has the shape \(image.shape) where three extents of at least 1 are needed")
    }
    guard image.spacing.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw PreparationError.malformedImage(
        reason: "its spacing is \(image.spacing) mm where positive numbers are needed")
    }
    let expected = configuration.normalisation.count
    guard image.channels.count == expected, expected > 0,
      configuration.usesMaskForNormalisation.count == expected
    else { throw PreparationError.channelCount(met: image.channels.count, expected: expected) }
    for channel in image.channels where channel.count != image.count {
      throw PreparationError.malformedImage(
        reason: "a channel has \(channel.count) values where \(image.count) are needed")
    }
    for map in maps.compactMap({ $0 })
    where map.shape != image.shape || map.labels.count != image.count {
      throw PreparationError.gridsDiffer(image: image.shape, labels: map.shape)
    }
    let axes = plans.transposeForward
    guard axes.sorted() == [0, 1, 2], plans.transposeBackward.sorted() == [0, 1, 2],
      plans.transposeBackward.map({ axes[$0] }) == [0, 1, 2],
      [2, 3].contains(configuration.spacing.count)
    else {
      throw PreparationError.malformedImage(
        reason: "the plan transposes by \(axes) and \(plans.transposeBackward) to a spacing of "
          + "\(configuration.spacing) mm, which is no order of three axes and back")
    }
  }
}

extension ResamplingRule {
  /// - Throws: ``PreparationError/unsupportedResampling(function:order:)`` for functions other than nnU-Net's
  ///   default.
  func check() throws {
    guard function == "resample_data_or_seg_to_shape" else {
      throw PreparationError.unsupportedResampling(function: function, order: order)
    }
  }
}

// Every metric, described once.

extension Metric {
  /// All metrics, in the order in which tables show them.
  public static let all: [Metric] = counted + measured + objects + probabilistic

  private static let counted = [
    dice, iou, sensitivity, specificity, precision, volumeDifference, absoluteVolumeDifference,
    relativeVolumeDifference, volumeSimilarity, falsePositiveVolume,
  ]
  private static let measured = [hausdorff, hd95, assd, masd, nsd, boundaryIoU, clDice]
  private static let objects = [
    pq, sq, rq, instanceF1, lesionSensitivity, lesionFalsePositives,
  ]
  private static let probabilistic = [ece, brier, auroc]

  public static let dice = Metric(
    "dice", "Dice coefficient", "Dice", from: .labels, guide: "dice.md", worst: 0)
  public static let iou = Metric(
    "iou", "Intersection over union", "IoU", from: .labels, guide: "iou.md", worst: 0)
  public static let sensitivity = Metric(
    "sensitivity", "Sensitivity", "Sens", from: .labels, guide: "sensitivity.md", worst: 0)
  public static let specificity = Metric(
    "specificity", "Specificity", "Spec", from: .labels, guide: "specificity.md", worst: 0)
  public static let precision = Metric(
    "precision", "Precision", "Prec", from: .labels, guide: "precision.md", worst: 0)
  public static let volumeDifference = Metric(
    "volume-difference", "Volume difference", "VD", unit: .millilitres, .zero,
    in: -Double.infinity...Double.infinity, from: .labels, guide: "volume-difference.md")
  public static let absoluteVolumeDifference = Metric(
    "absolute-volume-difference", "Absolute volume difference", "AVD", unit: .millilitres, .lower,
    in: 0...Double.infinity, from: .labels, guide: "volume-difference.md")
  public static let relativeVolumeDifference = Metric(
    "relative-volume-difference", "Relative volume difference", "RVD", .zero,
    in: -1...Double.infinity, from: .labels, guide: "volume-difference.md")
  public static let volumeSimilarity = Metric(
    "volume-similarity", "Volume similarity", "VS", from: .labels, guide: "volume-similarity.md",
    worst: 0)
  public static let falsePositiveVolume = Metric(
    "false-positive-volume", "False-positive volume where the target is absent", "FPV",
    unit: .millilitres, .lower, in: 0...Double.infinity, from: .labels,
    guide: "false-positive-volume.md")

  public static let hausdorff = Metric(
    "hausdorff", "Hausdorff distance", "HD", unit: .millimetres, .lower, in: 0...Double.infinity,
    from: .surfaces, guide: "hausdorff.md")
  public static let hd95 = Metric(
    "hd95", "95th percentile of the Hausdorff distance", "HD95", unit: .millimetres, .lower,
    in: 0...Double.infinity, from: .surfaces, guide: "hausdorff.md")
  public static let assd = Metric(
    "assd", "Average symmetric surface distance", "ASSD", unit: .millimetres, .lower,
    in: 0...Double.infinity, from: .surfaces, guide: "average-surface-distance.md")
  public static let masd = Metric(
    "masd", "Mean average surface distance", "MASD", unit: .millimetres, .lower,
    in: 0...Double.infinity, from: .surfaces, guide: "average-surface-distance.md")
  public static let nsd = Metric(
    "nsd", "Normalised surface Dice", "NSD", from: .surfaces, guide: "surface-dice.md", worst: 0)
  public static let boundaryIoU = Metric(
    "boundary-iou", "Boundary intersection over union", "BIoU", from: .surfaces,
    guide: "boundary-iou.md", worst: 0)
  public static let clDice = Metric(
    "cldice", "Centreline Dice", "clDice", from: .surfaces, guide: "centreline-dice.md", worst: 0)

  public static let pq = Metric(
    "pq", "Panoptic quality", "PQ", from: .instances, guide: "panoptic-quality.md", worst: 0)
  public static let sq = Metric(
    "sq", "Segmentation quality", "SQ", from: .instances, guide: "panoptic-quality.md", worst: 0)
  public static let rq = Metric(
    "rq", "Recognition quality", "RQ", from: .instances, guide: "panoptic-quality.md", worst: 0)
  public static let instanceF1 = Metric(
    "instance-f1", "F1 of objects", "F1", from: .instances, guide: "instance-f1.md", worst: 0)
  public static let lesionSensitivity = Metric(
    "lesion-sensitivity", "Lesion-wise sensitivity", "LSens", from: .instances,
    guide: "lesion-detection.md", worst: 0)
  public static let lesionFalsePositives = Metric(
    "lesion-false-positives", "False-positive lesions", "LFP", unit: .count, .lower,
    in: 0...Double.infinity, from: .instances, guide: "lesion-detection.md")

  public static let ece = Metric(
    "ece", "Expected calibration error", "ECE", .lower, from: .probabilities,
    guide: "expected-calibration-error.md")
  public static let brier = Metric(
    "brier", "Brier score", "Brier", .lower, in: 0...2, from: .probabilities, guide: "brier.md")
  public static let auroc = Metric(
    "auroc", "Area under the ROC curve", "AUROC", from: .probabilities, guide: "auroc.md")
}

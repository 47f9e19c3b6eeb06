// Whether two names are of one dataset, though one may say more than the other.

extension Contamination {
  /// Whether two names are of one dataset: they have the same words apart from remarks in brackets, or every
  /// word of the shorter is in the longer and one of them tells datasets apart. "DSB2018 (stage1_train)" and
  /// "DSB2018 (61 images)" are; "liver" and "MSD Liver" need not be.
  ///
  /// - Parameters:
  ///   - a: a name, in any order
  ///   - b: another
  ///   - isNamed: false where a name is only that of a folder, which must be equal
  /// - Returns: whether they are
  static func sameDataset(_ a: String, _ b: String, isNamed: Bool = true) -> Bool {
    let (first, second) = (words(a), words(b))
    guard !first.isEmpty, !second.isEmpty else { return false }
    if first == second { return true }
    guard isNamed else { return false }
    // "MSD Liver" and "MSD Liver train" differ in nothing that makes a dataset.
    let (bare, other) = (first.subtracting(parts), second.subtracting(parts))
    if bare == other, !bare.isSubset(of: organs) { return true }
    let (small, large) = first.count <= second.count ? (first, second) : (second, first)
    return small.isSubset(of: large) && small.contains(where: isDistinctive)
  }

  private static func words(_ text: String) -> Set<String> {
    let bare = text.replacing(/\([^)]*\)/, with: " ").lowercased()
    return Set(bare.split { !($0.isLetter || $0.isNumber) }.map(String.init))
  }

  /// Letters with a digit, or four letters: what names a dataset and not what is in it.
  private static func isDistinctive(_ word: String) -> Bool {
    let letters = word.count(where: \.isLetter)
    return !parts.contains(word) && !organs.contains(word)
      && (letters >= 4 || letters > 0 && word.contains(where: \.isNumber))
  }

  /// Words for parts and forms of datasets.
  private static let parts: Set<String> = [
    "annotations", "benchmark", "case", "cases", "challenge", "collection", "data", "database",
    "dataset", "datasets", "files", "fold", "image", "images", "label", "labels", "mask", "masks",
    "medical", "my", "new", "not", "other", "pairs", "patient", "patients", "private", "public",
    "raw", "sample", "samples", "scan", "scans", "segmentation", "set", "slices", "split", "stated",
    "subset", "test", "testing", "train", "training", "unknown", "val", "valid", "validation",
    "volumes",
  ]

  /// Words for what is in datasets: organs, findings and ways of imaging.
  private static let organs: Set<String> = [
    "2d", "3d", "abdomen", "abdominal", "aorta", "artery", "bladder", "bone", "bones", "brain",
    "breast", "cancer", "cardiac", "cell", "cells", "chest", "colon", "cortex", "dermoscopy",
    "disc",
    "disk", "dwi", "echo", "endoscopy", "eye", "fetal", "flair", "fundus", "gland", "glands",
    "head",
    "heart", "hippocampus", "histology", "histopathology", "kidney", "kidneys", "knee", "lesion",
    "lesions", "liver", "lung", "lungs", "mammography", "microscopy", "mr", "mri", "muscle", "neck",
    "nodule", "nodules", "nuclei", "nucleus", "optic", "organ", "organs", "pancreas", "pathology",
    "pelvis", "polyp", "polyps", "prostate", "retina", "retinal", "rib", "ribs", "skin", "skull",
    "spine", "spleen", "stomach", "stroke", "t1", "t1w", "t2", "t2w", "teeth", "thorax", "thyroid",
    "tissue", "tooth", "tumor", "tumors", "tumour", "tumours", "ultrasound", "uterus", "vertebra",
    "vertebrae", "vessel", "vessels", "xray", "ct", "cta", "mra", "oct", "pet", "spect", "us",
  ]
}

// Which of nnU-Net's trainers leave the network as the plan describes it.

/// The trainers of nnunetv2 2.8 and what their names say.
enum KnownTrainer {
  /// Whether a trainer of this name builds the plan's network; its class is never looked at.
  static func keepsNetwork(_ name: String) -> Bool {
    let stem = "nnUNetTrainer"
    guard name.hasPrefix(stem) else { return false }
    return name.dropFirst(stem.count).split(separator: "_").allSatisfy { part in
      parts.contains(String(part)) || part.wholeMatch(of: #/\d+ep(och|ochs)?/#) != nil
        || part.wholeMatch(of: #/(Vanilla)?Ada[mn](\den\d)?(CosAnneal)?/#) != nil
    }
  }

  private static let parts: Set<String> = [
    "Benchmark", "noDataLoading", "DA5", "DA5ord0", "DA5Segord0", "NoDA", "DASegOrd0",
    "NoMirroring", "noDummy2DDA", "onlyMirror01", "warmup", "CosAnneal", "DiceLoss", "DiceCELoss",
    "noSmooth", "Topk10Loss", "Topk10LossLS01", "DiceTopK10Loss", "CELoss", "NoDeepSupervision",
    "probabilisticOversampling", "033", "010",
  ]
}

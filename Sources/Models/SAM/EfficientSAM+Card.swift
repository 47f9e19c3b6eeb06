// What EfficientSAM is, and where its published weights are.

extension EfficientSAM {
  public static let card = Card(
    id: "efficientsam-ti", name: "EfficientSAM-Ti", branch: .sam,
    fusion: "mask decoder: prompt tokens and image features attend to each other",
    backbone: "ViT-Tiny, 16-pixel patches, global attention", dimensions: 2,
    task: "segmentation of what points or a box prompt", modality: "natural images",
    paper: "Xiong et al., CVPR 2024, arXiv 2312.00863",
    implementation: "github.com/yformer/EfficientSAM", codeLicence: "Apache-2.0",
    intendedUse: "Research: SAM's masks where time or memory is short.",
    limits: "At most six points for an object, of which a box takes two; a point beside the object "
      + "has no learned kind; earlier masks are not read. Trained on photographs: weak boundaries "
      + "and small structures in medical images are often missed. Not a medical device.")

  public static let variants = [
    Variant(
      tag: "sa1b", configuration: Configuration.tiny, parameters: 10_223_204,
      checkpoint: Checkpoint(
        file: "efficient_sam_vitt.pt",
        url: "https://raw.githubusercontent.com/yformer/EfficientSAM/"
          + "d525f622e6f640acf5a0fc37c7ca1f243da5bde0/weights/efficient_sam_vitt.pt",
        bytes: 40_982_470,
        sha256: "dff858b19600a46461cbb7de98f796b23a7a888d9f5e34c0b033f7d6eb9e4e6a",
        licence: "Apache-2.0",
        trainedOn: ["ImageNet-1k (encoder, towards features of SAM ViT-H)", "SA-1B"],
        prompting: .efficientSAM, labels: ["background", "object"]),
      manifest: card.id)
  ]
}

extension PromptPreparation {
  /// As EfficientSAM was trained: the mean and deviation of SAM on an image that fills the square.
  static let efficientSAM = PromptPreparation(
    normalisation: PromptPreparation.segmentAnything.normalisation, fitting: .stretched,
    resampling: .sampled, restoration: .cubicScores)
}

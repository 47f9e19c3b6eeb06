// What SAM is, in its sizes, and MedSAM, which is the same network after training on medical images.

extension SegmentAnything {
  public static let card = officialCard(id: "sam-vit-b", size: "ViT-B")

  public static let variants = [
    official(
      .vitB, card: card, parameters: 93_735_472, file: "sam_vit_b_01ec64.pth", bytes: 375_042_383,
      sha256: "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912"),
    official(
      .vitL, card: officialCard(id: "sam-vit-l", size: "ViT-L"), parameters: 312_342_832,
      file: "sam_vit_l_0b3195.pth", bytes: 1_249_524_607,
      sha256: "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622"),
    official(
      .vitH, card: officialCard(id: "sam-vit-h", size: "ViT-H"), parameters: 641_090_608,
      file: "sam_vit_h_4b8939.pth", bytes: 2_564_550_879,
      sha256: "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e"),
    medSAM, mobileSAM, liteMedSAM,
  ]

  private static func officialCard(id: String, size: String) -> Card {
    Card(
      id: id, name: "Segment Anything (\(size))", branch: .sam,
      fusion: "mask decoder: prompt tokens and image features attend to each other",
      backbone: "\(size), 16-pixel patches, windows of 14", dimensions: 2,
      task: "segmentation of what a point, box or mask prompts", modality: "natural images",
      paper: "Kirillov et al., ICCV 2023, arXiv 2304.02643",
      implementation: "github.com/facebookresearch/segment-anything", codeLicence: "Apache-2.0",
      intendedUse: "Research: masks of prompted objects, and a base for medical adaptations.",
      limits: "Trained on photographs: low contrast, small or branching structures and weak "
        + "boundaries in medical images are often missed. Not a medical device.")
  }

  private static func official(
    _ configuration: Configuration, card: Card, parameters: Int, file: String, bytes: Int,
    sha256: String
  ) -> Variant<Configuration> {
    Variant(
      tag: "sa1b", configuration: configuration, parameters: parameters,
      checkpoint: Checkpoint(
        file: file, url: "https://dl.fbaipublicfiles.com/segment_anything/\(file)", bytes: bytes,
        sha256: sha256, licence: "Apache-2.0", trainedOn: ["SA-1B"],
        prompting: .segmentAnything, labels: ["background", "object"]),
      manifest: card.id, card: card)
  }

  private static let medSAM = Variant(
    tag: "medsam", configuration: Configuration.vitB, parameters: 93_735_472,
    checkpoint: Checkpoint(
      file: "medsam_vit_b.pth",
      page: "https://drive.google.com/drive/folders/1ETWmi4AiniJeWOt6HAsYgTjYv_fkgzoN",
      licence: "Apache-2.0",
      trainedOn: ["1,570,263 image-mask pairs of 10 modalities (MedSAM paper, supplement)"],
      prompting: PromptPreparation(
        normalisation: .minMax, fitting: .stretched, resampling: .spline,
        restoration: .probabilities),
      labels: ["background", "object"]),
    manifest: "medsam",
    card: Card(
      id: "medsam", name: "MedSAM", branch: .sam,
      fusion: "mask decoder: prompt tokens and image features attend to each other",
      adaptation: "image encoder and mask decoder trained further, prompt encoder frozen",
      backbone: "ViT-B, 16-pixel patches, windows of 14", dimensions: 2,
      task: "segmentation of what a box prompts",
      modality: "CT, MR, X-ray, ultrasound, endoscopy, microscopy and others",
      paper: "Ma et al., Nature Communications 2024, arXiv 2304.12306",
      implementation: "github.com/bowang-lab/MedSAM", codeLicence: "Apache-2.0",
      intendedUse: "Research: one mask for one tight box on a medical image.",
      limits: "Only boxes were trained; branching vessels and boxes that hold several similar "
        + "objects are ambiguous. Not a medical device."))
}

extension PromptPreparation {
  /// As SAM was trained.
  static let segmentAnything = PromptPreparation(
    normalisation: .standardised(
      mean: [123.675, 116.28, 103.53], deviation: [58.395, 57.12, 57.375]),
    fitting: .padded, resampling: .linear)
}

// The two small relatives of SAM and MedSAM: TinyViT reads the image, the decoder is SAM's.

extension SegmentAnything {
  static let mobileSAM = Variant(
    tag: "mobilesam", configuration: Configuration.vitT, parameters: 10_130_092,
    checkpoint: Checkpoint(
      file: "mobile_sam.pt",
      url: "https://raw.githubusercontent.com/ChaoningZhang/MobileSAM/master/weights/mobile_sam.pt",
      sha256: "6dbb90523a35330fedd7f1d3dfc66f995213d81b29a5ca8108dbcdd4e37d6c2f",
      licence: "Apache-2.0",
      trainedOn: ["1 % of SA-1B (encoder distilled from SAM ViT-H)", "SA-1B (decoder, from SAM)"],
      prompting: .segmentAnything, labels: ["background", "object"]),
    manifest: "sam-vit-t",
    card: Card(
      id: "sam-vit-t", name: "MobileSAM", branch: .sam,
      fusion: "mask decoder: prompt tokens and image features attend to each other",
      backbone: "TinyViT", dimensions: 2,
      task: "segmentation of what a point, box or mask prompts", modality: "natural images",
      paper: "Zhang et al., arXiv 2306.14289",
      implementation: "github.com/ChaoningZhang/MobileSAM", codeLicence: "Apache-2.0",
      intendedUse: "Research: SAM's masks where time or memory is short.",
      limits: "As SAM, with coarser boundaries; trained on photographs. Not a medical device."))

  static let liteMedSAM = Variant(
    tag: "medsam", configuration: Configuration.lite, parameters: 9_791_300,
    checkpoint: Checkpoint(
      file: "lite_medsam.pth",
      page: "https://drive.google.com/drive/folders/1ETWmi4AiniJeWOt6HAsYgTjYv_fkgzoN",
      licence: "Apache-2.0",
      trainedOn: ["MedSAM's image-mask pairs (encoder first distilled from MedSAM)"],
      prompting: PromptPreparation(normalisation: .minMax, fitting: .padded, resampling: .area),
      labels: ["background", "object"]),
    manifest: "lite-medsam",
    card: Card(
      id: "lite-medsam", name: "LiteMedSAM", branch: .sam,
      fusion: "mask decoder: prompt tokens and image features attend to each other",
      adaptation: "encoder distilled from MedSAM, then all parts trained further",
      backbone: "TinyViT on 256 × 256 pixels", dimensions: 2,
      task: "segmentation of what a box prompts",
      modality: "CT, MR, X-ray, ultrasound, endoscopy, microscopy and others",
      paper: "Ma et al., Nature Communications 2024, arXiv 2304.12306",
      implementation: "github.com/bowang-lab/MedSAM, branch LiteMedSAM", codeLicence: "Apache-2.0",
      intendedUse: "Research: one mask for one tight box on a medical image, on a laptop.",
      limits: "Only boxes were trained, on images reduced to 256 pixels: thin structures vanish. "
        + "Not a medical device."))
}

// What the interactive network is.

extension InteractiveUNet {
  public static let card = Card(
    id: "interactive-unet", name: "Interactive U-Net", branch: .imageOnly,
    fusion: "early: prompts are channels beside the image",
    backbone: "nnU-Net's plain 2-D network, 16 to 128 channels in 6 stages", dimensions: 2,
    task: "segmentation of what clicks, strokes, boxes and earlier masks point at",
    modality: "any, in grey",
    paper:
      "Wong et al., ScribblePrompt, ECCV 2024, arXiv 2312.07381 (prompts as channels); Luo et al., "
      + "MIDeepSeg, Medical Image Analysis 2021, arXiv 2104.12166 (geodesic distances)",
    implementation: "this one", codeLicence: "Apache-2.0",
    intendedUse: "Research: drawing masks of any object in any slice with a few clicks.",
    limits:
      "Sees one slice, in grey, in views of 128 × 128 samples. One click may mean a part or the whole: "
      + "give a box, or another click. Not a medical device.")

  public static let variants = [
    Variant(
      tag: "v1", configuration: Configuration.shipped, parameters: 2_093_333,
      checkpoint: Checkpoint(
        file: "interactive-unet-v1.safetensors", isShipped: true, bytes: 4_200_026,
        sha256: "72c2396b30e86895509c6f1d436ef58ee11ebf61a5308dcc8678461b8bc08389",
        licence: "Apache-2.0",
        trainedOn: [
          "MSD Hippocampus (87 cases)", "DSB2018 (61 images)", "StarDist examples",
          "Chest X-ray lungs (4)", "CHASE_DB1", "SynthSeg label maps (3), images synthesised",
          "phantoms and shapes of vesalius synthesize",
        ], labels: ["background", "what is pointed at"]))
  ]
}

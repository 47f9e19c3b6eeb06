// What UniverSeg is, and where its published weights are.

extension UniverSeg {
  public static let card = Card(
    id: "universeg", name: "UniverSeg", branch: .imageOnly,
    fusion: "cross convolutions: features of the image meet those of each example at every level",
    backbone: "U-Net of cross blocks, 64 channels at 4 levels", dimensions: 2,
    task: "segmentation of what the masks of example images show", modality: "any, in grey",
    paper: "Butoi et al., ICCV 2023, arXiv 2304.06131",
    implementation: "github.com/JJGO/UniverSeg", codeLicence: "Apache-2.0",
    intendedUse:
      "Research: a first segmentation of a task for which some images have masks and no network "
      + "is trained.",
    limits:
      "Reads 128 × 128 grey pixels, so that thin structures vanish; one label at a time; a slice knows "
      + "nothing of its neighbours. More examples help, up to 64. Of MegaMedical some tasks were held out "
      + "(ACDC, SCD and SpineWeb among them). Not a medical device.")

  public static let variants = [
    Variant(
      tag: "small", configuration: Configuration.small, parameters: 973_985,
      checkpoint: Checkpoint(
        file: "universeg-small-v1.safetensors", isShipped: true, bytes: 1_955_914,
        sha256: "d15fc944b442f231b28d831c54df839963acd034a71e30aa2bb444d728cdfb4b",
        licence: "Apache-2.0",
        trainedOn: [
          "phantoms and shapes of vesalius synthesize",
          "SynthSeg label maps (3), images synthesised",
        ],
        preparation: Preparation(
          normalisation: .standardised(limit: 5), sizing: .fixed(height: 128, width: 128),
          decision: .threshold(0.5)),
        labels: ["background", "what the examples show"]), card: smallCard),
    Variant(
      tag: "v1", configuration: Configuration.v1, parameters: 1_182_785,
      checkpoint: Checkpoint(
        file: "universeg_v1_nf64_ss64_STA.pt",
        // Its hash was never stated, so that it is fetched by hand.
        page: "https://github.com/JJGO/UniverSeg/releases/download/weights/"
          + "universeg_v1_nf64_ss64_STA.pt",
        licence: "OpenRAIL++-M, research use only", trainedOn: ["MegaMedical (53 datasets)"],
        preparation: Preparation(
          normalisation: .minMax, sizing: .fixed(height: 128, width: 128),
          decision: .threshold(0.5)),
        labels: ["background", "what the examples show"]),
      manifest: card.id),
  ]

  private static let smallCard = Card(
    id: card.id, name: "UniverSeg, small", branch: card.branch, fusion: card.fusion,
    backbone: "U-Net of cross blocks, 16 to 64 channels at 5 levels", dimensions: 2,
    task: card.task, modality: "any, in grey", paper: card.paper,
    implementation: "this one", codeLicence: "Apache-2.0", intendedUse: card.intendedUse,
    limits:
      "Reads 128 × 128 grey pixels, so that thin structures vanish; one label at a time; a slice knows "
      + "nothing of its neighbours. Trained on synthesised images. Not a medical device.")
}

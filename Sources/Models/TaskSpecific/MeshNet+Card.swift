// What MeshNet is and where its four published weights come from.

extension MeshNet {
  public static let card = Card(
    id: "meshnet", name: "MeshNet (brainchop)", branch: .taskSpecific,
    backbone: "dilated 3-D convolutions", dimensions: 3, task: "brain parcellation",
    modality: "T1-weighted MR",
    paper: "Fedorov et al., arXiv 1612.00940; Masoud et al., JOSS 2023",
    implementation: "github.com/neuroneural/brainchop", codeLicence: "MIT",
    intendedUse: "Research on T1-weighted brain volumes of adults.",
    limits: "Labels follow FreeSurfer's on healthy adults; lesions, contrast agent and other "
      + "sequences were not trained. Not a medical device.")

  public static let variants = [
    variant(
      "tissue3", .tissue3, parameters: 5_598, folder: "model5_gw_ae", bytes: 23_928,
      sha256: "8b83b35b971305b9baeef9f927a5f0d4432c7beea60743f54e8d960031298ba3",
      trainedOn: ["not stated (the sibling model11_gw_ae: FreeSurfer-labelled MRN and HCP T1)"],
      normalisation: .minMax,
      crop: .init(threshold: 0, margin: 18), labels: Labels.tissue3),
    variant(
      "subcortical18", .subcortical18, parameters: 96_408, folder: "model18cls", bytes: 387_240,
      sha256: "0798b61d58626010708284cab719f2674c817c789acb84e8eec5265a46e8fbbc",
      trainedOn: ["not stated"], normalisation: .minMax,
      crop: .init(threshold: 0.2, margin: 0), labels: Labels.subcortical18, manifest: "meshnet"),
    variant(
      "parcellation50", .parcellation50, parameters: 197_030, folder: "model30chan50cls",
      bytes: 789_736, sha256: "4e411f33ad72148bda65e75ba5780bf95039dd29a8227165078e8f84fc407085",
      trainedOn: ["not stated"], normalisation: .quantiles(0.05, 0.95),
      crop: .init(threshold: 0, margin: 0), labels: Labels.parcellation50,
      manifest: "meshnet-50cls"),
    variant(
      "parcellation104", .parcellation104, parameters: 86_372, folder: "model21_104class",
      bytes: 346_936, sha256: "09e80b88aac5069cf536114c9082a30e574c2ef12fbd396cd7c02e8ccb025622",
      trainedOn: ["not stated"], normalisation: .minMax, crop: .init(threshold: 0, margin: 0),
      labels: Labels.parcellation104),
  ]

  private static func variant(
    _ tag: String, _ configuration: Configuration, parameters: Int, folder: String, bytes: Int,
    sha256: String, trainedOn: [String], normalisation: Preparation.Normalisation,
    crop: Preparation.Crop, labels: [String], manifest: String? = nil
  ) -> Variant<Configuration> {
    Variant(
      tag: tag, configuration: configuration, parameters: parameters,
      checkpoint: Checkpoint(
        file: "model.pth",
        url: "https://raw.githubusercontent.com/neuroneural/brainchop-models/"
          + "3d81b598b4c3d09e61d8a3664247fc939ccd384c/meshnet/\(folder)/model.pth",
        bytes: bytes, sha256: sha256, licence: "MIT (through brainchop's same values)",
        trainedOn: trainedOn,
        preparation: Preparation(
          normalisation: normalisation, orientation: "AIL", spacing: 1, crop: crop,
          decision: .argmax),
        labels: labels),
      manifest: manifest)
  }
}

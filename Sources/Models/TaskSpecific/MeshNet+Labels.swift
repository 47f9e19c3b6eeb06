// The names of MeshNet's classes, in the order of its output channels.

extension MeshNet {
  enum Labels {
    static let tissue3 = ["background", "White-Matter", "Grey-Matter"]

    static let subcortical18 = [
      "background", "Cerebral-White-Matter", "Cerebral-Cortex", "Lateral-Ventricle",
      "Inferior-Lateral-Ventricle", "Cerebellum-White-Matter", "Cerebellum-Cortex", "Thalamus",
      "Caudate", "Putamen", "Pallidum", "3rd-Ventricle", "4th-Ventricle", "Brain-Stem",
      "Hippocampus", "Amygdala", "Accumbens-area", "VentralDC",
    ]

    static let parcellation50 =
      [
        "background", "Cerebral-White-Matter", "Ventricle", "Cerebellum-White-Matter",
        "Cerebellum", "Thalamus-Proper", "Caudate", "Putamen", "Pallidum", "Brain-Stem",
        "Hippocampus", "Amygdala", "CSF", "Accumbens-area", "VentralDC", "Corpus callosum",
      ] + cortex.map { "ctx-" + $0 }

    static let parcellation104 =
      ["background"] + cortex.map { "ctx-lh-" + $0 } + cortex.map { "ctx-rh-" + $0 }
      + [
        "Left-Thalamus-Proper", "Right-Thalamus-Proper", "Left-Caudate", "Right-Caudate",
        "Left-Putamen", "Right-Putamen", "Left-Pallidum", "Right-Pallidum", "Left-Hippocampus",
        "Right-Hippocampus", "Left-Amygdala", "Right-Amygdala", "Left-Accumbens-area",
        "Right-Accumbens-area", "Left-VentralDC", "Right-VentralDC", "Left-Cerebral-White-Matter",
        "Right-Cerebral-White-Matter", "Left-Lateral-Ventricle", "Left-Inf-Lat-Vent",
        "Right-Lateral-Ventricle", "Right-Inf-Lat-Vent", "3rd-Ventricle", "4th-Ventricle", "CSF",
        "Brain-Stem", "Left-Cerebellum-White-Matter", "Right-Cerebellum-White-Matter",
        "Left-Cerebellum-Cortex", "Right-Cerebellum-Cortex", "CC_Posterior", "CC_Mid_Posterior",
        "CC_Central", "CC_Mid_Anterior", "CC_Anterior",
      ]

    /// Regions of the Desikan-Killiany atlas.
    private static let cortex = [
      "bankssts", "caudalanteriorcingulate", "caudalmiddlefrontal", "cuneus", "entorhinal",
      "fusiform", "inferiorparietal", "inferiortemporal", "isthmuscingulate", "lateraloccipital",
      "lateralorbitofrontal", "lingual", "medialorbitofrontal", "middletemporal",
      "parahippocampal", "paracentral", "parsopercularis", "parsorbitalis", "parstriangularis",
      "pericalcarine", "postcentral", "posteriorcingulate", "precentral", "precuneus",
      "rostralanteriorcingulate", "rostralmiddlefrontal", "superiorfrontal", "superiorparietal",
      "superiortemporal", "supramarginal", "frontalpole", "temporalpole", "transversetemporal",
      "insula",
    ]
  }
}

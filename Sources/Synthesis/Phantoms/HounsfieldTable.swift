// How dense tissues are in computed tomography.

internal import Datasets

/// Tissues of a CT scene with the range of their Hounsfield numbers (HU; water 0, air −1000).
///
/// Ranges after Kalender, Computed Tomography, 3rd edition, Publicis 2011, chapter 1, table of CT values;
/// vessels and organs with contrast medium as in portal-venous routine scans.
enum CTTissue: Int, CaseIterable {
  case air, table, fat, muscle, visceralFat, bowel, gas, fluid, liver, spleen, kidney, pelvis,
    blood, spongyBone, compactBone, canal, lesion

  /// Without contrast medium, HU.
  var range: ClosedRange<Double> {
    switch self {
    case .air: -1000...(-1000)
    case .table: -350...(-150)
    case .fat: -115...(-90)
    case .muscle: 40...58
    case .visceralFat: -110...(-85)
    case .bowel: 20...50
    case .gas: -990...(-850)
    case .fluid: 0...20
    case .liver: 50...68
    case .spleen: 42...55
    case .kidney: 25...38
    case .pelvis: 0...12
    case .blood: 40...55
    case .spongyBone: 120...250
    case .compactBone: 450...1100
    case .canal: 15...35
    case .lesion: 15...40
    }
  }

  /// What contrast medium adds at its full effect, HU.
  var enhancement: ClosedRange<Double> {
    switch self {
    case .liver: 35...60
    case .spleen: 55...80
    case .kidney: 100...150
    case .pelvis: 0...250
    case .blood: 90...160
    case .muscle, .bowel: 8...20
    case .lesion: 5...35
    default: 0...0
    }
  }

  /// Draws a value for a patient.
  ///
  /// - Parameters:
  ///   - contrast: 0 for a native scan to 1 for the full effect of contrast medium
  ///   - random: where the numbers come from
  /// - Returns: HU
  func draw(contrast: Double, random: inout CounterRandom) -> Double {
    random.uniform(in: range) + contrast * random.uniform(in: enhancement)
  }
}

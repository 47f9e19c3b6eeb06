// What magnetic resonance sees of tissues, and how a sequence turns it into brightness.

internal import Datasets
internal import Foundation

/// Tissues of a head with relaxation times in ms at 1.5 T and their density of protons.
///
/// Source: the table of BrainWeb, Kwan, Evans and Pike, IEEE Transactions on Medical Imaging 18 (1999), 1085.
enum MRTissue: Int, CaseIterable {
  case air, fat, muscle, skull, fluid, grey, white, lesion

  var t1: Double { [1, 350, 900, 1, 2569, 833, 500, 752][rawValue] }
  var t2: Double { [1, 70, 47, 1, 329, 83, 70, 237][rawValue] }
  var density: Double { [0, 1, 1, 0.03, 1, 0.86, 0.77, 0.76][rawValue] }
}

/// A spin-echo sequence with its times in ms.
struct MRSequence: Sendable {
  enum Weighting: String, Sendable, CaseIterable {
    case t1, t2, flair
  }

  let weighting: Weighting
  let repetition: Double
  let echo: Double
  /// Of the inversion; 0 for none.
  let inversion: Double

  /// Draws times from the ranges of routine protocols.
  init(_ weighting: Weighting, random: inout CounterRandom) {
    self.weighting = weighting
    switch weighting {
    case .t1:
      repetition = random.uniform(in: 400...650)
      echo = random.uniform(in: 8...15)
      inversion = 0
    case .t2:
      repetition = random.uniform(in: 3500...6000)
      echo = random.uniform(in: 80...110)
      inversion = 0
    case .flair:
      repetition = random.uniform(in: 8000...10000)
      echo = random.uniform(in: 90...130)
      // Fluid has no signal when it passes zero: TI = T1 ln(2 / (1 + exp(−TR / T1))).
      let fluid = MRTissue.fluid.t1
      inversion =
        fluid * log(2 / (1 + exp(-repetition / fluid))) * random.uniform(in: 0.97...1.03)
    }
  }

  /// The magnitude of a tissue's signal, 1 for full magnetisation.
  ///
  /// S = ρ |1 − 2 e^(−TI/T1) + e^(−TR/T1)| e^(−TE/T2), and ρ (1 − e^(−TR/T1)) e^(−TE/T2) without inversion.
  ///
  /// - Parameters:
  ///   - tissue: the tissue
  ///   - variation: a factor on its relaxation times for this patient
  /// - Returns: the signal
  func signal(_ tissue: MRTissue, variation: Double = 1) -> Double {
    let t1 = tissue.t1 * variation
    let recovered = exp(-repetition / t1)
    let along = inversion > 0 ? abs(1 - 2 * exp(-inversion / t1) + recovered) : 1 - recovered
    return tissue.density * along * exp(-echo / (tissue.t2 * variation))
  }
}

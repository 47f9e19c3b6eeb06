// What can be wrong with a self-configured model, its plan, or the images that it is given.

/// Why a self-configured model cannot be loaded or cannot predict; each description is one line.
public enum SelfConfiguredError: Error, Equatable, CustomStringConvertible {
  /// Sizes that contradict each other.
  case badWindow(String)
  /// The network's output has another shape than the plan promises.
  case wrongScores(met: [Int], expected: [Int])
  /// Neither memory nor the temporary folder holds the intermediate scores.
  case noScratch(bytes: Int, reason: String)
  /// The folder or file holds no trained model.
  case noModel(path: String, expected: String)
  /// A file of the model cannot be understood.
  case malformed(path: String, reason: String)
  /// A trainer that may have changed the network.
  case unknownTrainer(path: String, name: String)
  /// The checkpoints of an ensemble belong to different configurations.
  case mixedFolds(path: String, met: String, expected: String)
  /// An image with another number of channels than the model reads.
  case wrongChannels(met: Int, expected: [String])
  /// A file that should hold one channel of a case.
  case missingChannel(case: String, name: String, file: String)
  /// Channels of one case on different grids.
  case differentGrids(case: String)
  /// A cascade's second stage without the first stage's segmentation.
  case missingStage(String)
  /// Resampling of scores that is not linear or nearest.
  case unsupportedResampling(order: Int)
  /// No images where images were expected.
  case noImages(path: String, ending: String)
  /// Predictions and references that do not lie on one grid.
  case unequalGrids(case: String)

  public var description: String {
    switch self {
    case .badWindow(let text): text
    case .wrongScores(let met, let expected):
      "the network gave scores of shape \(met) where the plan expects \(expected); "
        + "the weights belong to another plan or dataset.json"
    case .noScratch(let bytes, let reason):
      "no room for \(bytes >> 20) MiB of scores (\(reason)); free memory or space in the temporary "
        + "folder"
    case .noModel(let path, let expected): "\(path) is no trained model: expected \(expected)"
    case .malformed(let path, let reason): "\(path) cannot be read: \(reason)"
    case .unknownTrainer(let path, let name):
      "\(path) was trained by '\(name)', which may have changed the network; known are nnUNetTrainer "
        + "and those of its variants that keep the network"
    case .mixedFolds(let path, let met, let expected):
      "\(path) is of configuration \(met), the other folds of \(expected); use folds of one training"
    case .wrongChannels(let met, let expected):
      "the case has \(met) channel\(met == 1 ? "" : "s") and the model reads \(expected.count): "
        + expected.joined(separator: ", ")
    case .missingChannel(let item, let name, let file):
      "\(item): its channel '\(name)' is missing; expected \(file)"
    case .differentGrids(let name):
      "\(name): its channels lie on different grids; resample them onto one"
    case .missingStage(let name):
      "this configuration refines the segmentation of '\(name)'; give the folder of its predictions"
    case .unsupportedResampling(let order):
      "the plan resamples scores with splines of order \(order); only 0 and 1 are supported"
    case .noImages(let path, let ending):
      "\(path) has no images that end in \(ending)"
    case .unequalGrids(let name):
      "\(name): prediction and reference have different sizes"
    }
  }
}

// nnU-Net as a trainer sees it.

internal import Models
internal import Weights

enum TrainableNNUNet {
  /// A network of this architecture on the fastest path that computes its gradients here.
  ///
  /// - Parameters:
  ///   - architecture: Channels, kernels, strides.
  ///   - source: Where its values start.
  ///   - deepSupervision: Whether it gives scores at every resolution.
  static func make(
    _ architecture: NNUNet.Configuration, from source: any TensorSource, deepSupervision: Bool
  ) throws -> any TrainableNetwork {
    let (network, parameters) = try Parameters.building(from: source, recordsGradients: true) {
      try NNUNet($0, architecture)
    }
    return AutogradNetwork(parameters) { image in
      deepSupervision ? try network.logitsAtAllScales(image) : [try network.logits(image)]
    }
  }
}

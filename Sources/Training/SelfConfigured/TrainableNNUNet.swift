// nnU-Net as a trainer sees it, on the fastest path that computes its gradients here.

internal import Models
internal import Tensors
internal import Weights

/// An nnU-Net whose parameters a trainer changes.
enum TrainableNNUNet {
  /// - Parameters:
  ///   - architecture: Channels, kernels, strides.
  ///   - source: Where its values start.
  ///   - deepSupervision: Whether it gives scores at every resolution.
  /// - Returns: Kernels of our own where they know all its layers, else libtorch's autograd.
  /// - Throws: `TensorError`, or `WeightsMismatch` for a file of another network.
  static func make(
    _ architecture: NNUNet.Configuration, from source: any TensorSource, deepSupervision: Bool
  ) throws -> any TrainableNetwork {
    if let unit = MapUnit.fastest {
      do {
        return try PackedTrainableNNUNet(
          architecture, NNUNetGradients(architecture, unit: unit), from: source,
          outputs: deepSupervision ? nil : 1)
      } catch TensorError.mismatch {
        // A plan may ask for kernels of another width; libtorch has all of them.
      }
    }
    let (network, parameters) = try Parameters.building(from: source, recordsGradients: true) {
      try NNUNet($0, architecture)
    }
    return AutogradNetwork(parameters) { image in
      deepSupervision ? try network.logitsAtAllScales(image) : [try network.logits(image)]
    }
  }
}

/// An nnU-Net on our own kernels, forwards and backwards.
struct PackedTrainableNNUNet: TrainableNetwork {
  let parameters: Parameters
  private let architecture: NNUNet.Configuration
  private let packed: NNUNetGradients
  /// Outputs that the loss sees, the finest first; all where `nil`.
  private let outputs: Int?

  init(
    _ architecture: NNUNet.Configuration, _ packed: NNUNetGradients,
    from source: any TensorSource, outputs: Int?
  ) throws {
    self.architecture = architecture
    self.packed = packed
    self.outputs = outputs
    parameters = try Parameters.building(from: source, recordsGradients: false) {
      try NNUNet($0, architecture)
    }.parameters
  }

  func scorer() throws -> (Tensor) throws -> Tensor {
    let network = try NNUNet(Weights(parameters), architecture)
    let (model, _) = try network.inPrecision(.automatic, device: .cpu)
    guard let dense = model as? any DenseModel else { return network.logits }
    return dense.logits
  }

  func gradients(
    _ image: Tensor, loss: ([Tensor]) throws -> Tensor
  ) throws -> (loss: Double, gradients: [Tensor]) {
    let (value, gradients) = try packed.gradients(image: image, parameters: parameters.table) {
      scores in try loss(Array(scores.prefix(outputs ?? scores.count)))
    }
    let ordered = try zip(parameters.names, parameters.tensors).map { name, tensor in
      try gradients[name] ?? tensor * 0
    }
    return (try value.item(), ordered)
  }
}

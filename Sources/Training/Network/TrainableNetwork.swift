// What a trainer needs of a network: its parameters, their gradients, and scores to validate with.

public import Tensors

/// A network whose parameters change while it is trained.
public protocol TrainableNetwork {
  var parameters: Parameters { get }

  /// A function that gives the finest scores (B, classes, spatial…) of an image (B, C, spatial…) with the
  /// parameters as they are now.
  func scorer() throws -> (Tensor) throws -> Tensor

  /// The loss of an image and the gradients of all parameters.
  ///
  /// - Parameters:
  ///   - image: (B, C, spatial…).
  ///   - loss: Makes one value of the scores (B, classes, spatial…) of every output, the finest first.
  /// - Returns: The loss and a gradient per parameter; zeros where the loss does not depend on one.
  /// - Throws: `TensorError`, or what `loss` throws.
  func gradients(
    _ image: Tensor, loss: ([Tensor]) throws -> Tensor
  ) throws -> (loss: Double, gradients: [Tensor])
}

/// Any network on libtorch's autograd: the reference.
public struct AutogradNetwork: TrainableNetwork {
  public let parameters: Parameters
  private let forward: (Tensor) throws -> [Tensor]

  /// - Parameters:
  ///   - parameters: Tensors that require gradients.
  ///   - forward: Scores of every output, the finest first.
  public init(_ parameters: Parameters, forward: @escaping (Tensor) throws -> [Tensor]) {
    self.parameters = parameters
    self.forward = forward
  }

  public func scorer() throws -> (Tensor) throws -> Tensor {
    { image in try inference { try forward(image)[0] } }
  }

  public func gradients(
    _ image: Tensor, loss: ([Tensor]) throws -> Tensor
  ) throws -> (loss: Double, gradients: [Tensor]) {
    try training {
      let value = try loss(forward(image))
      let number = try value.item()
      // A loss that is no number has gradients that are none; the trainer stops at the loss.
      if number.isFinite { try value.backward() }
      return (number, try parameters.tensors.map { try $0.takeGradient() })
    }
  }
}

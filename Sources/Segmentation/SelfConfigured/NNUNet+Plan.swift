// The network that a plan describes.

public import Models
public import Planning

extension NNUNet.Configuration {
  /// - Parameters:
  ///   - architecture: As the plan has it; its decoder begins at the coarsest stage.
  ///   - channels: Channels that the network reads, a previous stage's included.
  ///   - classes: Channels of scores.
  public init(_ architecture: PlannedArchitecture, channels: Int, classes: Int) {
    self.init(
      encoder: architecture.kind == .plain ? .plain : .residual, inputChannels: channels,
      classes: classes, features: architecture.features, kernels: architecture.kernels,
      strides: architecture.strides, encoderBlocks: architecture.encoderBlocks,
      decoderConvolutions: architecture.decoderConvolutions.reversed())
  }
}

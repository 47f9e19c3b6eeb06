// Gradients, and the two scopes in which a model is called.

import CTorch

extension Tensor {
  /// Whether operations on this tensor are recorded for `backward`.
  public var requiresGrad: Bool {
    get throws {
      var needed = false
      try Engine.check(
        try Engine.api().pointee.requires_gradient(raw, &needed), "requires_gradient")
      return needed
    }
  }

  /// A copy of the values that collects gradients.
  public func requiringGrad() throws -> Tensor {
    try Tensor.make { $0.pointee.with_gradient(raw, $1) }
  }

  /// The same values, cut off from the recorded operations.
  public func detached() throws -> Tensor { try Tensor.make { $0.pointee.detach(raw, $1) } }

  /// Computes the gradient of this single value in every tensor that requires one.
  public func backward() throws {
    try Engine.check(try Engine.api().pointee.backward(raw), "backward")
  }

  /// The gradient that `backward` left here.
  public var grad: Tensor {
    get throws { try Tensor.make("grad") { $0.pointee.gradient(raw, $1) } }
  }

  /// The gradient, which is no longer here afterwards, so that the next `backward` starts anew; zeros where
  /// none was computed.
  public func takeGradient() throws -> Tensor {
    try Tensor.make { $0.pointee.take_gradient(raw, $1) }
  }
}

/// How the code that runs now is meant; layers such as dropout ask it.
public enum Mode {
  @TaskLocal public static var isTraining = false
}

/// Runs `body` without recording gradients and with layers in evaluation mode.
public func inference<Result>(_ body: () throws -> Result) throws -> Result {
  let api = try Engine.api()
  var scope: OpaquePointer?
  try Engine.check(api.pointee.inference_begin(&scope), "inference_begin")
  defer { if let scope { api.pointee.inference_end(scope) } }
  return try Mode.$isTraining.withValue(false) { try body() }
}

/// Runs `body` with gradients recorded and layers in training mode.
public func training<Result>(_ body: () throws -> Result) throws -> Result {
  let api = try Engine.api()
  var previous = false
  try Engine.check(api.pointee.set_gradients_enabled(true, &previous), "set_gradients_enabled")
  defer { _ = api.pointee.set_gradients_enabled(previous, &previous) }
  return try Mode.$isTraining.withValue(true) { try body() }
}

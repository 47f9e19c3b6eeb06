// What is trained, as the loop sees it: numbers for steps, whatever the network and the data are.

public import Tensors

/// A network with its data and its loss.
///
/// All that is random must follow from the numbers of steps and epochs, so that a resumed training goes on as
/// if it had never stopped.
public protocol TrainingProblem {
  var parameters: Parameters { get }

  /// Told once, before anything else, which step and epoch come first.
  func begin(step: Int, epoch: Int) throws

  /// The loss and the gradients of a step with the parameters as they are; steps are asked for in order.
  func gradients(step: Int) throws -> StepOutcome

  /// How good the parameters are now; called once after each epoch.
  func validate(epoch: Int) throws -> ValidationOutcome
}

/// What a step found.
public struct StepOutcome {
  public var loss: Double
  /// One per parameter.
  public var gradients: [Tensor]
  /// The cases that it saw.
  public var cases: [String]

  public init(loss: Double, gradients: [Tensor], cases: [String]) {
    self.loss = loss
    self.gradients = gradients
    self.cases = cases
  }
}

/// What a validation found.
public struct ValidationOutcome: Sendable, Equatable {
  /// `nil` without validation data.
  public var loss: Double?
  /// By class of the foreground; `nil` for one that no patch holds.
  public var dice: [Double?]

  public init(loss: Double?, dice: [Double?]) {
    self.loss = loss
    self.dice = dice
  }

  public static let none = ValidationOutcome(loss: nil, dice: [])
}

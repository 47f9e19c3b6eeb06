// Models that can compute with kernels of our own, in reduced precision or in float32, and how one is chosen.

public import Tensors

/// A network that a matrix unit can make faster.
public protocol AcceleratedModel: Model {
  /// The same network with its costly parts in the precision of `unit`.
  func accelerated(by unit: MatrixUnit) throws -> Self

  /// The relative error (L2) that `unit` makes in the costly parts, against float32, with these weights
  /// on a small built-in picture.
  func deviation(by unit: MatrixUnit) throws -> Double
}

/// A network that kernels of our own compute in float32, to rounding the same as libtorch.
public protocol PackableModel: Model {
  /// The same network with its weights as they are now, packed for `unit`; `nil` where a layer has no
  /// kernel.
  func packed(for unit: MapUnit) throws -> (any Model)?
}

/// What a user asks for.
public enum PrecisionChoice: Sendable, Hashable {
  /// The fastest precision whose error on the built-in test stays below `mostDeviation`.
  ///
  /// A network that is packed for the processor's vectors is float32 as well.
  case automatic
  /// float32 is computed by libtorch: the reference.
  case exactly(Precision)

  /// Half of the 10⁻² that results may deviate from float32: errors grow with the image.
  public static let mostDeviation = 5e-3
}

extension Model {
  /// This network in the precision asked for, and which one it became.
  ///
  /// - Throws: ``PrecisionError`` when this model, device or processor cannot compute in it.
  public func inPrecision(
    _ choice: PrecisionChoice, device: Device
  ) throws -> (model: any Model, precision: Precision) {
    if choice == .automatic, device == .cpu, let unit = MapUnit.fastest,
      let packed = try (self as? any PackableModel)?.packed(for: unit)
    {
      return (packed, .fp32)
    }
    guard let model = self as? any AcceleratedModel, device == .cpu else {
      if case .exactly(let precision) = choice, precision != .fp32 {
        throw device == .cpu
          ? PrecisionError.onlyFloat(Self.card.id, precision)
          : PrecisionError.onlyOnProcessor(device, precision)
      }
      return (self, .fp32)
    }
    switch choice {
    case .exactly(.fp32): return (self, .fp32)
    case .exactly(let precision):
      guard let unit = precision.unit else { throw PrecisionError.noUnit(precision) }
      return (try model.accelerated(by: unit), precision)
    case .automatic:
      for precision in Precision.fastestFirst {
        guard let unit = precision.unit else { break }
        if try model.deviation(by: unit) <= PrecisionChoice.mostDeviation {
          return (try model.accelerated(by: unit), precision)
        }
      }
      return (self, .fp32)
    }
  }
}

/// Why a model cannot compute in a precision.
public enum PrecisionError: Error, Equatable, CustomStringConvertible {
  case onlyFloat(String, Precision)
  case onlyOnProcessor(Device, Precision)
  case noUnit(Precision)

  public var description: String {
    switch self {
    case .onlyFloat(let id, let precision):
      "\(id) computes in fp32 alone, not in \(precision.rawValue); leave --precision out"
    case .onlyOnProcessor(let device, let precision):
      "\(precision.rawValue) is computed on the processor, not on \(device); leave --precision out"
    case .noUnit(let precision):
      "this processor has no unit for \(precision.rawValue); use --precision fp32 or auto"
    }
  }
}

extension Tensor {
  /// ‖self − reference‖ / ‖reference‖.
  func relativeError(to reference: Tensor) throws -> Double {
    let difference = try (self - reference).to(.float64)
    let square = try reference.to(.float64)
    return (try (difference * difference).sum().item() / (square * square).sum().item())
      .squareRoot()
  }
}

// Slices with objects for interactive networks, and a network whose answers are known.

import Imaging
import Models
import Prompts
import Tensors
import Weights

@testable import Segmentation

/// A network that finds what is as bright as the marks and can be reached from them.
struct NearnessModel: InteractiveModel {
  static let card = InteractiveUNet.card
  static let variants: [Variant<Int>] = []
  let viewSize: Int

  init(_ w: Weights, _ configuration: Int) { viewSize = configuration }
  init(viewSize: Int = 64) { self.viewSize = viewSize }

  func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] { [:] }

  func scores(_ views: Tensor) throws -> Tensor {
    func channel(_ channel: InteractiveChannel) throws -> Tensor {
      try views.slice(channel.rawValue..<channel.rawValue + 1, axis: 1)
    }
    // Inside a box, what is not near to its surroundings.
    let boxed = try channel(.box) * (channel(.nearOutside) * -1 + 1)
    let found = try channel(.nearInside).maximum(boxed) - channel(.outside) * 2
    return try (found - 0.4) * 20
  }
}

/// A slice with discs.
struct DiscScene {
  struct Disc {
    let x: Int
    let y: Int
    let radius: Int
  }

  let side: Int
  let discs: [Disc]

  /// Discs of the given radius on a grid, every second one darker than the ground.
  init(side: Int, radius: Int, every step: Int) {
    self.side = side
    discs = stride(from: step / 2, to: side - radius, by: step).flatMap { y in
      stride(from: step / 2, to: side - radius, by: step).map { Disc(x: $0, y: y, radius: radius) }
    }
  }

  func mask(of disc: Disc) -> [UInt8] {
    (0..<side * side).map { pixel in
      let (x, y) = (pixel % side - disc.x, pixel / side - disc.y)
      return x * x + y * y <= disc.radius * disc.radius ? 1 : 0
    }
  }

  var image: Volume {
    var values = [UInt8](repeating: 100, count: side * side)
    for (number, disc) in discs.enumerated() {
      for (pixel, value) in mask(of: disc).enumerated() where value > 0 {
        values[pixel] = number % 2 == 0 ? 200 : 20
      }
    }
    // A pattern stands for noise.
    for pixel in values.indices { values[pixel] += UInt8((pixel * 7919 + pixel / side * 31) % 13) }
    return Volume(geometry: Geometry(size: SIMD3(side, side, 1)), voxels: .uint8(values))
  }

  static func dice(_ first: [UInt8], _ second: [UInt8]) -> Double {
    var (shared, all) = (0, 0)
    for (a, b) in zip(first, second) {
      shared += a > 0 && b > 0 ? 1 : 0
      all += (a > 0 ? 1 : 0) + (b > 0 ? 1 : 0)
    }
    return all == 0 ? 1 : 2 * Double(shared) / Double(all)
  }
}

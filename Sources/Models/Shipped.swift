// Weights that are part of the product.

public import Foundation

extension Checkpoint {
  /// The file of shipped weights; `nil` for weights that are published elsewhere.
  public var shippedFile: URL? {
    isShipped ? Bundle.module.bundleURL.appendingPathComponent("Shipped/\(file)") : nil
  }
}

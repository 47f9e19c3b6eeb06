// What goes together on the command line of `vesalius segment`, once the model is known.

import ArgumentParser
import Models
import Segmentation
import Tensors

extension SegmentCommand {
  /// Whether the model is given what it works from, and nothing else.
  func checkPrompts(_ entry: RegisteredModel) throws {
    if entry.takesExamples { return try checkExamples(entry) }
    if let option = supports.firstGiven {
      throw ValidationError(
        "\(option) goes with a model that learns from examples, such as universeg; \(entry.id) does not"
      )
    }
    let takesPrompts = entry.takesPrompts
    if takesPrompts, prompts.isEmpty {
      throw ValidationError(
        "\(entry.id) segments what one points at: give --point X,Y or --box"
          + (entry.findsEverything ? ", or --automatic" : ""))
    }
    if !takesPrompts, !prompts.isEmpty {
      throw ValidationError("\(entry.id) segments the whole image and takes no prompts")
    }
  }

  func checkDevice() throws {
    guard case .cuda(let number) = device else { return }
    let count = try Engine.cudaDeviceCount
    guard number < count else {
      throw ValidationError(
        "there is no \(device): this libtorch sees \(count) CUDA devices; see `vesalius doctor`")
    }
  }

  private func checkExamples(_ entry: RegisteredModel) throws {
    if !prompts.isEmpty {
      throw ValidationError(
        "\(entry.id) learns from images with masks and takes no prompts; leave them out")
    }
    if supports.support.isEmpty {
      throw ValidationError(
        "\(entry.id) learns from images with masks: add --support IMAGE=MASK, or --support DATASET")
    }
  }
}

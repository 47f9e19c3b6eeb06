import ArgumentParser

@main
struct Vesalius: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vesalius", abstract: "Segment, adapt and compare on medical images.")
}

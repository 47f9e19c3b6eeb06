// How the numbers came about, in enough detail to make them again.

extension ReportContent {
  /// Definitions of metrics stand in ``Metric/definition``; this is the rest.
  public struct Methods: Sendable, Equatable, Codable {
    /// E.g. "Confidence intervals", "Simulated prompts".
    public var paragraphs: [Paragraph]
    public var software: [Fact]
    /// The protocol file, word by word.
    public var protocolYAML: String?

    public init(
      paragraphs: [Paragraph] = [], software: [Fact] = [], protocolYAML: String? = nil
    ) {
      self.paragraphs = paragraphs
      self.software = software
      self.protocolYAML = protocolYAML
    }
  }

  public struct Paragraph: Sendable, Equatable, Codable {
    public var title: String
    public var text: String
    /// What it rests on; numbered once over the whole report.
    public var references: [Reference]

    public init(_ title: String, _ text: String, references: [Reference] = []) {
      self.title = title
      self.text = text
      self.references = references
    }
  }

  /// How to make the same report again, and how to cite it.
  public struct Reproduction: Sendable, Equatable, Codable {
    /// Lines for a shell.
    public var commands: [String]
    public var note: String?
    /// What to cite: the software, the dataset, the models.
    public var citations: [Reference]

    public init(commands: [String], note: String? = nil, citations: [Reference] = []) {
      self.commands = commands
      self.note = note
      self.citations = citations
    }
  }
}

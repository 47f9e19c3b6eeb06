// What an in-context network was shown, for the report of a run.

extension RunReport {
  /// Examples and how they were used.
  public struct InContext: Codable, Sendable {
    /// One example as it lay on disk.
    public struct Example: Codable, Sendable {
      public var image: File
      public var mask: File

      public init(image: File, mask: File) {
        self.image = image
        self.mask = mask
      }
    }

    /// How many images with masks were given.
    public var count: Int
    public var examples: [Example]
    /// Values of the labels that were looked for.
    public var labels: [Int32]
    /// Slices of the examples that show one of them.
    public var slices: Int
    public var settings: InContextSegmenter.Settings

    /// Describes what `segmenter` was made from.
    public init(_ examples: [Example], _ segmenter: InContextSegmenter) {
      count = examples.count
      self.examples = examples
      labels = segmenter.labels
      slices = segmenter.slices
      settings = segmenter.settings
    }
  }
}

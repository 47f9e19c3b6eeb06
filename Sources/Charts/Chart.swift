// What every chart offers: a picture that follows the page's colours, and its data as text.

/// A figure drawn as SVG from plain values; the same values give the same bytes.
public protocol Chart: Sendable {
  /// What it shows, in a few words; the accessible name of the picture.
  var title: String { get }
  /// What a reader who cannot see it should know.
  var summary: String { get }
  /// An SVG element for a page that holds ``ChartStyle/css``.
  ///
  /// - Parameter id: unique in the page; letters, digits and hyphens. Ids inside begin with it.
  /// - Returns: `<svg>…</svg>`, well-formed as XML.
  func svg(id: String) -> String
  /// The numbers behind the picture, with a header line (RFC 4180, lines end with `\n`).
  func csv() -> String
}

extension Chart {
  /// A file of its own, which carries its style.
  public func standaloneSVG() -> String {
    let picture = svg(id: "chart")
    guard let end = picture.firstIndex(of: ">") else { return picture }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + picture[...end]
      + "<style>\(ChartStyle.standalone)</style>" + picture[picture.index(after: end)...] + "\n"
  }
}

/// Who a row or line of a chart is about.
public struct Subject: Sendable, Equatable {
  public let name: String
  public let style: SeriesStyle
  /// Why its values need caution, e.g. "seen in training"; marked with † and a hollow marker.
  public let flag: String?

  public init(_ name: String, style: SeriesStyle, flag: String? = nil) {
    self.name = name
    self.style = style
    self.flag = flag
  }

  /// The name as it stands in charts.
  var label: String { flag == nil ? name : "† \(name)" }
}

/// A value with the ends of its confidence interval.
public struct Estimate: Sendable, Equatable {
  public let value: Double?
  public let low: Double?
  public let high: Double?

  public init(_ value: Double?, low: Double? = nil, high: Double? = nil) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// Without what cannot be drawn.
  var drawable: (value: Double, low: Double?, high: Double?)? {
    guard let value, Scale.isDrawable(value) else { return nil }
    guard let low, let high, Scale.isDrawable(low), Scale.isDrawable(high), low <= high else {
      return (value, nil, nil)
    }
    return (value, low, high)
  }

  var drawableValues: [Double] {
    guard let drawable else { return [] }
    return [drawable.value, drawable.low, drawable.high].compactMap { $0 }
  }
}

/// What an axis measures.
public struct Quantity: Sendable, Equatable {
  /// With its unit, e.g. "HD95 (mm)".
  public let name: String
  /// The ends of its range; nil where there is none.
  public let lowest: Double?
  public let highest: Double?
  /// Digits after the point in printed values.
  public let decimals: Int
  public let higherIsBetter: Bool

  public init(
    _ name: String, lowest: Double? = nil, highest: Double? = nil, decimals: Int = 3,
    higherIsBetter: Bool = true
  ) {
    self.name = name
    self.lowest = lowest
    self.highest = highest
    self.decimals = decimals
    self.higherIsBetter = higherIsBetter
  }

  /// The name with the direction in which values improve.
  var axisTitle: String { name + (higherIsBetter ? " (more is better →)" : " (← less is better)") }

  func text(_ estimate: Estimate) -> String {
    guard let (value, low, high) = estimate.drawable else { return "no score" }
    let text = NumberText.fixed(value, decimals)
    guard let low, let high else { return text }
    return "\(text) [\(NumberText.fixed(low, decimals)), \(NumberText.fixed(high, decimals))]"
  }
}

// The tables and figures of a report as files of their own, for spreadsheets and slides.

import Charts

/// What stands in the report, taken apart.
public struct ReportFiles: Sendable {
  /// A name without folders, made of letters, digits, hyphens and an extension, and what is in the file.
  public struct File: Sendable, Equatable {
    public let name: String
    public let text: String
  }

  private let content: ReportContent

  public init(_ content: ReportContent) { self.content = content }

  /// Every table as CSV with exact values, those of every case included.
  public func tables() -> [File] {
    leaves().compactMap { block in
      guard case .table(let table) = block else { return nil }
      return File(name: "\(table.id).csv", text: table.csv)
    }
  }

  /// Every figure as SVG that carries its style, and its data as CSV beside it.
  public func figures() -> [File] {
    leaves().flatMap { block -> [File] in
      let figures: [Figure]
      switch block {
      case .figure(let figure): figures = [figure]
      case .figures(let several, _): figures = several
      default: figures = []
      }
      return figures.flatMap { figure in
        [
          File(name: "figure-\(figure.id).svg", text: figure.chart.standaloneSVG()),
          File(name: "figure-\(figure.id).csv", text: figure.chart.csv()),
        ]
      }
    }
  }

  private func leaves() -> [Block] {
    OutlineBuilder(content).sections().flatMap { Self.leaves(of: $0.blocks) }
  }

  private static func leaves(of blocks: [Block]) -> [Block] {
    blocks.flatMap { block -> [Block] in
      switch block {
      case .section(let section): leaves(of: section.blocks)
      case .metric(_, let inner), .folded(_, let inner): leaves(of: inner)
      default: [block]
      }
    }
  }
}

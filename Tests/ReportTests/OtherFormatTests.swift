// Markdown, files of tables and figures, and colours.

import Charts
import Foundation
import Testing

@testable import Report

@Suite struct MarkdownTests {
  @Test(arguments: Sample.allCases)
  func tablesKeepTheirColumns(_ sample: Sample) {
    let lines = MarkdownReport(sample.content).markdown().split(
      separator: "\n", omittingEmptySubsequences: false)
    var columns: Int?
    for line in lines {
      guard line.hasPrefix("|") else {
        columns = nil
        continue
      }
      let count = bars(line)
      #expect(columns == nil || columns == count, "\(line)")
      columns = count
      #expect(line.hasSuffix("|"))
    }
  }

  /// Bars that no backslash precedes, or an even number of them.
  private func bars(_ line: Substring) -> Int {
    var (count, isEscaped) = (0, false)
    for character in line {
      if character == "|", !isEscaped { count += 1 }
      isEscaped = character == "\\" && !isEscaped
    }
    return count
  }

  @Test func textsCannotBecomeMarkup() {
    var generator = SeededGenerator(seed: 41)
    for text in Hostile.texts + (0..<200).map({ _ in Hostile.random(using: &generator) }) {
      let escaped = MarkdownWriter.escape(text)
      #expect(!escaped.contains("<") && !escaped.contains(">") && !escaped.contains("\n"))
      var isEscaped = false
      for character in escaped.unicodeScalars {
        if !isEscaped { #expect(!"`*_[]|~#$@".unicodeScalars.contains(character), "\(escaped)") }
        isEscaped = character == "\\" && !isEscaped
      }
      #expect(!isEscaped)
    }
  }

  @Test func wholeProtocolStandsInAFence() throws {
    var content = Sample.usual.content
    content.methods.protocolYAML = "a: ```\n````\nb: 1"
    let markdown = MarkdownReport(content).markdown()
    #expect(markdown.contains("`````\na: ```\n````\nb: 1\n`````"))
  }

  @Test func saysWhatTheFiguresShow() {
    let markdown = MarkdownReport(Sample.usual.content).markdown()
    #expect(markdown.contains("**Figure 1.**"))
    #expect(markdown.contains("| lwnet |") || markdown.contains("| lwnet<br>"))
    #expect(markdown.contains("u-net † *contaminated*"))
    #expect(markdown.contains("## Read this before trusting a number"))
  }
}

@Suite struct FileTests {
  @Test(arguments: Sample.allCases)
  func filesHaveSafeNamesAndGoodContents(_ sample: Sample) throws {
    let files = ReportFiles(sample.content)
    let all = files.tables() + files.figures()
    #expect(Set(all.map(\.name)).count == all.count)
    for file in all {
      #expect(file.name.wholeMatch(of: /[a-z0-9-]+\.(csv|svg)/) != nil, "\(file.name)")
      if file.name.hasSuffix("csv") {
        let rows = parseCSV(file.text)
        #expect(Set(rows.map(\.count)).count == 1, "\(file.name)")
      } else {
        _ = try parse(file.text)
      }
    }
    #expect(sample == .empty || all.count > 20)
  }

  @Test func tablesHoldExactValuesAndIntervals() throws {
    let content = Sample.usual.content
    let file = try #require(
      ReportFiles(content).tables().first { $0.name == "group-1-metric-1-summary.csv" })
    let rows = parseCSV(file.text)
    let mean = try #require(rows[0].firstIndex(of: "Mean"))
    let low = try #require(rows[0].firstIndex(of: "Mean low"))
    let note = try #require(rows[0].firstIndex(of: "Contender note"))
    let summary = try #require(
      content.groups[0].results[0].summaries.first { $0.contender == "automatic/u-net" })
    let row = try #require(rows.first { $0[0] == "u-net" })
    #expect(Double(row[mean]) == summary.summary.mean)
    #expect(Double(row[low]) == summary.summary.meanInterval?.low)
    #expect(row[note] == "contaminated")
    let pairs = try #require(
      ReportFiles(content).tables().first { $0.name == "group-1-metric-1-pairs.csv" })
    let first = try #require(parseCSV(pairs.text).dropFirst().first)
    let raw = try #require(content.groups[0].results[0].comparisons.first?.permutation)
    #expect(first.contains("\(raw)"))
  }
}

@Suite struct ContrastTests {
  /// WCAG 2.2: 4.5 to 1 for text, 3 to 1 for what a picture is made of.
  @Test(arguments: [0, 1])
  func coloursStandOut(_ scheme: Int) throws {
    let page = try #require(colours("page", in: ReportStyle.css)[safe: scheme])
    for name in ["text", "soft", "accent", "link", "alarm"] {
      let colour = try #require(colours(name, in: ReportStyle.css)[safe: scheme])
      #expect(contrast(colour, page) >= 4.5, "\(name) \(colour)")
    }
    let wash = try #require(colours("alarm-wash", in: ReportStyle.css)[safe: scheme])
    for name in ["text", "soft", "alarm"] {
      let colour = try #require(colours(name, in: ReportStyle.css)[safe: scheme])
      #expect(contrast(colour, wash) >= 4.5, "\(name) on \(wash)")
    }
    for name in (0..<7).map({ "k\($0)" }) + ["for", "against", "quiet", "ink"] {
      let colour = try #require(
        colours(name, in: ChartStyle.css + ChartStyle.schemes)[safe: scheme])
      #expect(contrast(colour, page) >= 3, "\(name) \(colour)")
    }
  }

  /// Values of a variable in the order of light, dark and print.
  private func colours(_ name: String, in css: String) -> [String] {
    css.split(separator: "--\(name):").dropFirst().map {
      String($0.prefix { $0 != ";" && $0 != "}" })
    }
    .filter { $0.hasPrefix("#") }
  }

  private func contrast(_ one: String, _ other: String) -> Double {
    let (a, b) = (luminance(one), luminance(other))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  private func luminance(_ colour: String) -> Double {
    var digits = colour.dropFirst().compactMap(\.hexDigitValue)
    if digits.count == 3 { digits = digits.flatMap { [$0, $0] } }
    guard digits.count == 6 else { return .nan }
    let parts = [0, 2, 4].map { place -> Double in
      let value = Double(digits[place] * 16 + digits[place + 1]) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }
}

extension Array {
  fileprivate subscript(safe place: Int) -> Element? {
    indices.contains(place) ? self[place] : nil
  }
}

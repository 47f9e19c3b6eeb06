// Texts of users survive unchanged, and never become markup, formulas or columns.

import Charts
import Foundation
import Testing

@testable import Report

@Suite struct MarkupTests {
  @Test func escapedTextIsReadBackByAnXMLParser() throws {
    var generator = SeededGenerator(seed: 11)
    for text in Hostile.texts + (0..<300).map({ _ in Hostile.random(using: &generator) }) {
      let escaped = Markup.escape(text)
      #expect(!escaped.contains { "<>\"'".contains($0) })
      let node = try parse("<a b=\"\(escaped)\">\(escaped)</a>")
      let allowed = String(
        String.UnicodeScalarView(text.unicodeScalars.map { isAllowed($0) ? $0 : "\u{FFFD}" }))
      #expect(node.text == allowed)
      // In attributes a parser turns each white character into a space.
      let spaced = allowed.replacing("\n", with: " ").replacing("\t", with: " ")
      #expect(node.attributes["b"] == spaced)
    }
  }

  private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "\n" || scalar == "\t" { return true }
    let value = scalar.value
    return value >= 0x20 && !(0x7F...0x9F).contains(value) && !(0x202A...0x202E).contains(value)
      && !(0x2066...0x2069).contains(value) && !(0xFDD0...0xFDEF).contains(value)
      && value % 0x10000 < 0xFFFE
  }

  @Test func tablesOfSeparatedValuesAreReadBack() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<200 {
      let row = (0..<4).map { _ in Hostile.random(using: &generator) }
      var table = CSVText(header: ["a", "b", "c", "d"])
      table.append(row.map { .text($0) })
      let read = parseCSV(table.text)
      #expect(read.count == 2)
      #expect(
        read.last
          == row.map {
            "=+-@\t\r".unicodeScalars.contains($0.unicodeScalars.first ?? " ") ? "'" + $0 : $0
          })
    }
  }

  @Test func numbersInTablesKeepEveryDigit() {
    var table = CSVText(header: ["a", "b", "c"])
    table.append([.number(0.1 + 0.2), .number(.nan), .count(3)])
    #expect(table.text == "a,b,c\n0.30000000000000004,,3\n")
  }

  @Test func dataAddressesAreReadBack() throws {
    for text in Hostile.texts {
      let address = Address.data(text, type: "text/csv")
      let body = try #require(address.split(separator: ",", maxSplits: 1).dropFirst().first ?? "")
      #expect(String(body).removingPercentEncoding == text)
      #expect(address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
    }
  }

  @Test(arguments: [
    "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd",
    "//example.org", "https://exa mple.org", "https://example.org/\u{202E}", "", " https://a.org",
  ])
  func onlyAddressesOfTheWebAreFollowed(_ address: String) {
    #expect(Address.web(address) == nil)
  }

  @Test func addressesOfTheWebAreFollowed() {
    #expect(Address.web("https://doi.org/10.1/2") == "https://doi.org/10.1/2")
    #expect(Address.web("HTTP://example.org") == "HTTP://example.org")
    #expect(Address.web(nil) == nil)
  }
}

@Suite struct NumberTextTests {
  /// The C library prints the same digits, except where the last one is a tie.
  @Test func fixedAgreesWithTheLibrary() {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<2000 {
      let decimals = Int(generator.next() % 5)
      let value = (generator.uniform() - 0.5) * pow(10, Double(generator.next() % 7))
      let power = pow(10, Double(decimals))
      guard abs((abs(value) * power).truncatingRemainder(dividingBy: 1) - 0.5) > 1e-6 else {
        continue
      }
      let expected = String(format: "%.\(decimals)f", value)
      let isZero = !expected.contains { ("1"..."9").contains($0) }
      let minus = expected.hasPrefix("-") && !isZero ? "−" : ""
      #expect(
        NumberText.fixed(value, decimals) == minus + expected.replacing("-", with: ""))
    }
  }

  @Test func extremesDoNotTrap() {
    for value in [Double.nan, .infinity, -.infinity, 1e300, -1e300, 5e-324, 0, -0.0, 1e15] {
      for print in [NumberText.significant, NumberText.plain, NumberText.prefixed] {
        #expect(!print(value).isEmpty)
      }
      #expect(!NumberText.fixed(value, 3).isEmpty)
      #expect(!NumberText.signed(value, 3).isEmpty)
    }
    #expect(NumberText.fixed(.nan, 2) == "–")
    #expect(NumberText.fixed(1e20, 2) == "1.0e+20")
    #expect(NumberText.fixed(-0.0001, 2) == "0.00")
  }

  @Test func formsForReaders() {
    #expect(NumberText.signed(0.0123, 3) == "+0.012")
    #expect(NumberText.signed(-0.0123, 3) == "−0.012")
    #expect(NumberText.signed(0.0001, 3) == "0.000")
    #expect(NumberText.plain(0.05) == "0.05")
    #expect(NumberText.plain(95) == "95")
    #expect(NumberText.plain(100) == "100")
    #expect(NumberText.plain(97.5) == "97.5")
    #expect(NumberText.significant(0.012345) == "0.0123")
    #expect(NumberText.prefixed(91_000_000) == "91.0 M")
    #expect(NumberText.prefixed(2.74e9) == "2.74 G")
    #expect(NumberText.probability(0.00099) == "< 0.001")
    #expect(NumberText.probability(0.0123) == "0.012")
  }
}

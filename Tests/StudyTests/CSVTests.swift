// RFC 4180 as people's tools write it.

import Tables
import Testing

@Suite struct CSVTests {
  @Test(arguments: ["a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4", "\u{FEFF}a, b\n\n1,2\n3,4\n\n"])
  func readsLineEndingsAlike(text: String) throws {
    let table = try CSV(parsing: text)
    #expect(table.header == ["a", "b"])
    #expect(table.rows.map(\.fields) == [["1", "2"], ["3", "4"]])
  }

  @Test func readsQuotes() throws {
    let table = try CSV(parsing: "a,b\r\n\"1,\"\"x\"\"\",\"two\nlines\"\r\n,\"\"\r\nlast,é\n")
    #expect(table.rows.map(\.fields) == [["1,\"x\"", "two\nlines"], ["", ""], ["last", "é"]])
    #expect(table.rows.map(\.line) == [2, 4, 5])
  }

  @Test func writesWhatItReads() throws {
    let fields = ["plain", "with,comma", "with \"quote\"", "two\nlines", "", "é"]
    let header = fields.indices.map { "column\($0)" }
    let table = try CSV(parsing: CSV.line(header) + "\n" + CSV.line(fields))
    #expect(table.rows.map(\.fields) == [fields])
    #expect(CSV.line(["a", "b c"]) == "a,b c")
  }

  @Test(arguments: [
    ("", CSV.Fault.noHeader),
    ("\n\n", .noHeader),
    ("a,b\n1\n", .wrongFieldCount(line: 2, found: 1, expected: 2)),
    ("a,b\n1,2\n\n1,2,3\n", .wrongFieldCount(line: 4, found: 3, expected: 2)),
    ("a\n\"open\n", .unterminatedQuote(line: 2)),
    ("a\n\"x\"y\n", .textAfterQuote(line: 2)),
  ])
  func refuses(text: String, fault: CSV.Fault) {
    #expect(throws: fault) { try CSV(parsing: text) }
  }
}

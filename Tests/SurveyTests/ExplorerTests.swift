// The explorer: its files, and in a headless Chromium what a reader does with it from disk.

import Foundation
import TestSupport
import Testing

@testable import Survey

/// A browser, where the machine has one.
private enum Browser {
  static let program: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.flatMap { folder in
      ["chromium", "chromium-browser", "google-chrome"].map { "\(folder)/\($0)" }
    }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// The page at a path, after its scripts have run.
  static func page(_ path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program ?? "")
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000",
      "--virtual-time-budget=900000", "--user-data-dir=\(path).profile", "--dump-dom",
      "file://\(path)",
    ]
    try Data().write(to: URL(fileURLWithPath: path + ".dom"))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: path + ".dom"))
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return try String(contentsOfFile: path + ".dom", encoding: .utf8)
  }
}

@Suite struct ExplorerTests {
  private struct Check: Decodable {
    let name: String
    let passed: Bool
    let met: String
  }

  private func site(in folder: String) throws -> String {
    let site = SurveySite(
      try Published.content.get(), prices: try .assumed(),
      implementations: [
        "medsam": [SurveySite.Implementation(id: "medsam/v1", weightsLicence: "x", parity: "y")]
      ])
    try site.write(to: folder + "/site")
    return folder + "/site"
  }

  @Test func everyFileThatThePageNamesIsThere() throws {
    try Temporary.withFolder { folder in
      let site = try site(in: folder)
      let page = try String(contentsOfFile: site + "/index.html", encoding: .utf8)
      let names = page.matches(of: #/(?:src|href)="([^"#]+)"/#).map { String($0.1) }
      #expect(names.count == 12)
      for name in names { #expect(FileManager.default.fileExists(atPath: "\(site)/\(name)")) }
      #expect(!page.contains("://"), "the page fetches nothing")
    }
  }

  @Test func dataCannotEndItsScript() throws {
    var content = SurveyContent()
    var model = SurveyModel()
    (model.id, model.name) = ("m", "</script><script>alert(1)</script>\u{2028}")
    content.models = [model]
    let script = try SurveySite(content, prices: .assumed()).script()
    #expect(!script.contains("</script") && !script.contains("\u{2028}"))
    #expect(script.contains("\"title\":null"))
  }

  @Test(.enabled(if: Browser.program != nil, "skipped: no Chromium"))
  func readersFindTheirWay() throws {
    try Temporary.withFolder { folder in
      let site = try site(in: folder)
      let script = Repository.path("Tests/SurveyTests/Resources/check.js")
      try FileManager.default.copyItem(atPath: script, toPath: site + "/check.js")
      let tag = "<script defer src=\"explorer.js\"></script>"
      let page = try String(contentsOfFile: site + "/index.html", encoding: .utf8)
      #expect(page.contains(tag))
      try page.replacing(tag, with: tag + "<script defer src=\"check.js\"></script>")
        .write(toFile: site + "/check.html", atomically: true, encoding: .utf8)
      let shown = try Browser.page(site + "/check.html")
      let report = try #require(
        shown.firstMatch(of: #/<pre id="report">([^<]*)</pre>/#), "the checks did not end")
      let text = report.1.replacing("&quot;", with: "\"").replacing("&lt;", with: "<")
        .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
      let checks = try JSONDecoder().decode([Check].self, from: Data(text.utf8))
      #expect(checks.count == 50)
      for check in checks { #expect(check.passed, "\(check.name): \(check.met)") }
    }
  }
}

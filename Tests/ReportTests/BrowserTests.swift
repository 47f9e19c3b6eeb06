// What a real browser makes of the page: skipped where no Chromium is installed.

import Foundation
import Testing

@testable import Report

@Suite(
  .enabled(if: Browser.path != nil, "No Chromium or Chrome in PATH: the page was not rendered."),
  .serialized)
struct BrowserTests {
  /// Looks into the page once every panel is open: are texts of charts inside and apart, did the script
  /// work, does anything but tables and figures make the page wider than the window?
  private static let probe = """
    <script>//<![CDATA[
    window.addEventListener('load', () => {
      const found = [];
      document.querySelectorAll('details').forEach((fold) => { fold.open = true; });
      const choice = document.querySelector('#metric-choice input[value=""]');
      if (choice) choice.click();
      document.querySelectorAll('svg.chart').forEach((chart) => {
        const view = chart.viewBox.baseVal;
        const boxes = Array.from(chart.querySelectorAll('text')).map((text) => {
          const box = text.getBBox();
          return {x: box.x, y: box.y, w: box.width, h: box.height, t: text.firstChild.data};
        });
        boxes.forEach((a, place) => {
          const inside = a.x > -1 ? view.width + 1 > a.x + a.w : false;
          if (!inside || a.w === 0) found.push(chart.closest('[id]').id + ' outside: ' + a.t);
          boxes.slice(0, place).forEach((b) => {
            const across = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
            const down = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
            if (across > 1) { if (down > 4) found.push('overlap: ' + a.t + ' / ' + b.t); }
          });
        });
      });
      if (document.documentElement.scrollWidth > window.innerWidth + 1) found.push('page too wide');
      const table = document.querySelector('#group-1 table.sortable');
      const names = () => Array.from(table.tBodies[0].rows).map((row) => row.cells[0].textContent);
      const before = names().join();
      table.querySelectorAll('thead [role=button]')[1].click();
      table.querySelectorAll('thead [role=button]')[1].click();
      if (names().join() !== before) found.push('sorting by falling means changed the order');
      table.querySelectorAll('thead [role=button]')[1].click();
      if (names().join() === before) found.push('sorting does nothing');
      const result = document.createElement('p');
      result.id = 'probe';
      result.textContent = 'charts ' + document.querySelectorAll('svg.chart').length + '; '
        + 'dialogs ' + document.querySelectorAll('.enlarge').length + '; ' + found.join(' | ');
      document.body.append(result);
    });
    //]]></script></body>
    """

  @Test(arguments: [1280, 500])
  func textsOfChartsStayApartAndTheScriptWorks(_ width: Int) throws {
    let content = SampleContent(cases: 9, contenders: width == 500 ? 2 : 8).content()
    let html = HTMLReport(content).html().replacing("</body>", with: Self.probe)
    let run = try Browser.open(html, width: width, ["--dump-dom"])
    let dom = String(decoding: run.output, as: UTF8.self)
    let result = try #require(dom.firstMatch(of: /<p id="probe">([^<]*)<\/p>/)).1
    #expect(
      result.firstMatch(of: /^charts [1-9][0-9]*; dialogs [1-9][0-9]*; $/) != nil, "\(result)")
    #expect(run.console.isEmpty, "\(run.console)")
  }

  @Test(arguments: [false, true])
  func pageIsNotBlank(_ isDark: Bool) throws {
    let html = Sample.usual.page
    let blank = "<!DOCTYPE html><title>x</title>"
    let scheme = isDark ? ["--blink-settings=preferredColorScheme=0"] : []
    let page = try Browser.picture(html, scheme)
    let empty = try Browser.picture(blank, scheme)
    #expect(page.console.isEmpty, "\(page.console)")
    #expect(page.bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(page.bytes.count > 5 * empty.bytes.count, "\(page.bytes.count)")
  }
}

/// A headless Chromium.
enum Browser {
  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
    return folders.lazy.flatMap { folder in names.map { "\(folder)/\($0)" } }
      .first(where: FileManager.default.isExecutableFile)
  }()

  struct Run {
    let output: Data
    /// Lines that the page or the policy of its head wrote to the console.
    let console: [String]
  }

  static func picture(
    _ html: String, _ options: [String]
  ) throws -> (bytes: Data, console: [String]) {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try open(html, width: 1000, options + ["--screenshot=\(file.path)"])
    return (try Data(contentsOf: file), run.console)
  }

  static func open(_ html: String, width: Int, _ options: [String]) throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appending(path: "report.html")
    try Data(html.utf8).write(to: page)
    // Files take any amount of output; a pipe would have to be emptied meanwhile.
    let (output, log) = (folder.appending(path: "output"), folder.appending(path: "log"))
    for file in [output, log] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "chromium")
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-extensions", "--hide-scrollbars", "--enable-logging=stderr",
        "--user-data-dir=\(folder.appending(path: "profile").path)",
        "--window-size=\(width),1400",
      ] + options + [page.absoluteString]
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    process.waitUntilExit()
    let lines = String(decoding: try Data(contentsOf: log), as: UTF8.self).split(separator: "\n")
    return Run(
      output: try Data(contentsOf: output),
      console: lines.filter { $0.contains(":CONSOLE") }.map(String.init))
  }
}

// The report as one HTML file that needs nothing else: no network, no other file, no script to be read.

import Charts

/// Writes ``ReportContent`` as a page.
///
/// The page is HTML and well-formed XML, and the same content gives the same bytes. A policy in its head
/// forbids it to load anything from outside.
public struct HTMLReport: Sendable {
  let content: ReportContent

  public init(_ content: ReportContent) { self.content = content }

  /// The whole file, in UTF-8 when written.
  public func html() -> String {
    var renderer = HTMLRenderer(ReportIndex(content))
    let sections = OutlineBuilder(content).sections()
    var page = HTMLWriter()
    page.raw("<!DOCTYPE html>\n")
    page.open("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"])
    head(&page)
    page.open("body")
    page.element("a", ["class": "skip", "href": "#content"], "Skip to the content")
    page.newline()
    renderer.header(on: &page)
    page.open("div", ["class": "frame"])
    renderer.navigation(sections, on: &page)
    page.open("main", ["id": "content", "tabindex": "-1"])
    renderer.opening(on: &page)
    for section in sections { renderer.section(section, level: 2, on: &page) }
    page.close("main")
    page.close("div")
    footer(&page)
    page.raw("<script>//<![CDATA[\n\(ReportScript.javaScript)//]]></script>")
    page.close("body")
    page.raw("</html>\n")
    return page.text
  }

  private func head(_ page: inout HTMLWriter) {
    page.open("head")
    page.void("meta", ["charset": "utf-8"])
    page.void(
      "meta",
      [
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
          + "img-src data:; base-uri 'none'; form-action 'none'",
      ])
    page.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    page.void("meta", ["name": "color-scheme", "content": "light dark"])
    page.void("meta", ["name": "generator", "content": "Vesalius \(content.header.version)"])
    page.void("link", ["rel": "icon", "href": "data:,"])
    page.element("title", [:], content.header.title)
    page.raw("<style id=\"chart-style\">\n\(ChartStyle.css)</style>")
    page.raw("<style>\n\(ChartStyle.schemes)\(ReportStyle.css)</style>")
    page.close("head")
    page.newline()
  }

  private func footer(_ page: inout HTMLWriter) {
    page.open("footer")
    page.element(
      "p", [:],
      "Written by Vesalius \(content.header.version). Vesalius is for research; it is not a medical "
        + "device and must not guide the treatment of a patient.")
    page.close("footer")
  }
}

// The page that a training leaves open in a browser: one file without scripts, rewritten after epochs.

/// A page that shows itself anew while the training goes on.
public struct TrainingPage: Sendable {
  /// Seconds until the browser reads the file again.
  static let pause = 30

  public let title: String
  public let chart: TrainingChart
  /// What is trained on what, one row each.
  public let facts: [(name: String, value: String)]
  /// Where the training stands, e.g. "epoch 12 of 50, 8 min left".
  public let status: String
  /// Whether the training goes on, so that the browser should read the file again.
  public let refreshes: Bool

  public init(
    title: String, chart: TrainingChart, facts: [(name: String, value: String)], status: String,
    refreshes: Bool
  ) {
    self.title = title
    self.chart = chart
    self.facts = facts
    self.status = status
    self.refreshes = refreshes
  }

  /// The whole file, HTML and well-formed XML; a policy in its head forbids it to load anything.
  public func html() -> String {
    """
    <!DOCTYPE html>
    <html xmlns="http://www.w3.org/1999/xhtml" lang="en">\(head)<body><main>
    <h1>\(Markup.escape(title))</h1>
    <p class="status" role="status">\(Markup.escape(status))</p>
    <div class="done" aria-hidden="true"><div style="width:\(doneText)%"></div></div>
    <figure>
    <div class="wide">\(chart.svg(id: "curve"))</div>
    <div class="narrow">\(chart.svg(id: "curve-narrow", frame: .narrow))</div>
    <figcaption>\(Markup.escape(caption))</figcaption>
    </figure>
    \(table)\(footer)</main></body></html>

    """
  }

  private var head: String {
    let refresh =
      refreshes ? "<meta http-equiv=\"refresh\" content=\"\(Self.pause)\"/>\n" : ""
    return """
      <head><meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      \(refresh)<link rel="icon" href="data:,"/>
      <title>\(Markup.escape("\(status) – \(title)"))</title>
      <style>
      \(ChartStyle.css)\(ChartStyle.schemes)\(Self.css)</style></head>
      """
  }

  /// How much of the plan is done, in per cent.
  private var doneText: String {
    let done = chart.ordered.last?.done ?? 0
    let share = chart.plannedEpochs > 0 ? done / Double(chart.plannedEpochs) : 0
    return NumberText.coordinate(min(max(share, 0), 1) * 100)
  }

  private var caption: String {
    let lines =
      chart.names.count > TrainingChart.mostLines
      ? "the band reaches from the worst to the best class"
      : chart.names.count > 1 ? "thin lines are single classes" : "the thin line is epoch by epoch"
    return "Pseudo-Dice is taken over the patches of the validation, not over whole images: "
      + "\(lines), the bold line is over all, the diamond marks its best."
  }

  private var table: String {
    guard !facts.isEmpty else { return "" }
    let rows = facts.map {
      "<tr><th scope=\"row\">\(Markup.escape($0.name))</th><td>\(Markup.escape($0.value))</td></tr>"
    }
    return "<table><tbody>\n\(rows.joined(separator: "\n"))\n</tbody></table>\n"
  }

  private var footer: String {
    refreshes
      ? "<p class=\"soft\">This page reads itself again every \(Self.pause) seconds.</p>\n" : ""
  }

  private static let css = """
    :root{color-scheme:light dark;--page:#fdfcf9;--text:#1f1e1b;--soft:#66645d;--rule:#d9d5ca;\
    --accent:#7d2a22}
    @media (prefers-color-scheme:dark){:root{--page:#191b1e;--text:#ecebe6;--soft:#a3a199;\
    --rule:#3a3d42;--accent:#e39a8d}}
    .chart{--ground:var(--page)}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--text);\
    font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
    -webkit-text-size-adjust:100%}
    main{max-width:54rem;margin:0 auto;padding:2.2rem 1.5rem 3rem}
    h1{font:600 clamp(1.5rem,1.2rem + 1.6vw,2.2rem)/1.2 "Iowan Old Style","Palatino Linotype",\
    Palatino,"Source Serif 4",Charter,"Noto Serif",Georgia,serif;letter-spacing:-.01em;\
    margin:0 0 .5rem;text-wrap:balance;overflow-wrap:anywhere}
    .status{font-size:1.1rem;color:var(--accent);font-variant-numeric:tabular-nums;\
    margin:0 0 .6rem;overflow-wrap:anywhere}
    .done{height:4px;border-radius:2px;background:var(--rule);overflow:hidden}
    .done div{height:100%;background:var(--accent);print-color-adjust:exact}
    figure{margin:1.8rem 0}
    figcaption,.soft{font-size:.84rem;color:var(--soft);margin:.8rem 0 0}
    .narrow{display:none}
    table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums;\
    border-top:2px solid var(--text);border-bottom:2px solid var(--text)}
    th,td{text-align:left;vertical-align:baseline;padding:.38rem 0;overflow-wrap:anywhere}
    th{font-weight:400;color:var(--soft);width:34%;padding-right:1rem}
    tr+tr>*{border-top:1px solid var(--rule)}
    @media (max-width:40rem){main{padding:1.4rem 1rem 2rem}.wide{display:none}\
    .narrow{display:block}}
    @media print{:root{color-scheme:light;--page:#fff;--text:#000;--soft:#444;--rule:#bbb;\
    --accent:#7d2a22}main{max-width:none;padding:0}.chart{print-color-adjust:exact}}

    """
}

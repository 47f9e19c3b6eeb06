// The style of all charts, as CSS that a page takes once and a stand-alone picture carries itself.

/// Colours, lines and type of charts.
public enum ChartStyle {
  /// Colours that models take in turn.
  static let colours = 7

  /// Okabe and Ito's colours (2008), which people with any colour vision tell apart, without yellow;
  /// darkened on white and lightened on black until each stands out three to one.
  public static let css = light + rules

  /// The same on dark grounds and on paper; comes after ``css``.
  public static let schemes = dark + print

  /// For files of their own, which stand on white wherever they are shown.
  static let standalone = css + ".chart{background:#fff}\n"

  private static let light = """
    .chart,.key{--ink:#1f1e1b;--quiet:#66645d;--grid:#e4e1d8;--ground:#fff;\
    --k0:#0072b2;--k1:#d55e00;--k2:#009e73;--k3:#c26a9a;--k4:#bf8000;--k5:#2f96d0;--k6:#45433d;\
    --for:#0072b2;--against:#d55e00}

    """

  private static let dark = """
    @media (prefers-color-scheme:dark){.chart,.key{--ink:#ecebe6;--quiet:#a3a199;--grid:#34363a;\
    --ground:#191b1e;--k0:#4aa3df;--k1:#f0803c;--k2:#2bbf95;--k3:#dc93bd;--k4:#e9ad33;\
    --k5:#93d3f8;--k6:#c9c7bf;--for:#4aa3df;--against:#f0803c}}

    """

  private static let print = """
    @media print{.chart,.key{--ink:#000;--quiet:#555;--grid:#ddd;--ground:#fff;--k0:#0072b2;\
    --k1:#d55e00;--k2:#009e73;--k3:#c26a9a;--k4:#bf8000;--k5:#2f96d0;--k6:#45433d;\
    --for:#0072b2;--against:#d55e00}}

    """

  private static let rules = """
    .chart{font:13px/1.3 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
    font-variant-numeric:tabular-nums;fill:var(--ink);display:block;width:100%;height:auto}
    .chart .q{fill:var(--quiet)}
    .chart .b{font-weight:600}
    .chart .grid{stroke:var(--grid);fill:none}
    .chart .axis{stroke:var(--quiet);fill:none}
    .chart .guide{stroke:var(--quiet);fill:none;stroke-dasharray:2 3}
    .s0{--c:var(--k0)}.s1{--c:var(--k1)}.s2{--c:var(--k2)}.s3{--c:var(--k3)}
    .s4{--c:var(--k4)}.s5{--c:var(--k5)}.s6{--c:var(--k6)}
    .chart .area{fill:var(--c);fill-opacity:.2;stroke:var(--c);stroke-width:1}
    .chart .band{fill:var(--c);fill-opacity:.13}
    .chart .box{fill:var(--ground);stroke:var(--c);stroke-width:1.4}
    .chart .thin{stroke:var(--c);stroke-width:1.4;fill:none}
    .chart .bold{stroke:var(--c);stroke-width:2.6;fill:none}
    .chart .run{stroke:var(--c);stroke-width:1.8;fill:none;stroke-linejoin:round}
    .chart .d1{stroke-dasharray:7 3}.chart .d2{stroke-dasharray:2 3}
    .chart .d3{stroke-dasharray:8 3 2 3}
    .chart .dots{stroke:var(--c);stroke-width:3.4;stroke-linecap:round;stroke-opacity:.6;fill:none}
    .chart .mark{fill:var(--c);stroke:var(--ground);stroke-width:1}
    .chart .out{fill:none;stroke:var(--c);stroke-width:1.2}
    .chart .mean{fill:var(--ground);stroke:var(--ink);stroke-width:1.5}
    .chart .span{stroke:var(--ink);stroke-width:2.2;fill:none}
    .chart .seen .mark,.chart .seen.mark{fill:var(--ground);stroke:var(--c);stroke-width:1.8}
    .chart .seen .area{fill:none;stroke-dasharray:3 2}
    .chart .blob{fill:var(--c);fill-opacity:.75}
    .chart .seen .blob{fill:var(--ground);stroke:var(--c);stroke-width:2}
    .chart .bar{fill:var(--c);fill-opacity:.45}
    .chart .head{fill:var(--grid);fill-opacity:.55}
    .chart .diagonal{fill:var(--grid);opacity:.6}
    .chart .cell{fill:var(--ground);stroke:var(--grid)}
    .chart .for{fill:var(--for);fill-opacity:.3;stroke:var(--for)}
    .chart .against{fill:var(--against);fill-opacity:.3;stroke:var(--against);\
    stroke-dasharray:4 2}
    .key{width:1em;height:1em;vertical-align:-.1em;margin-right:.35em}
    .key .full{fill:var(--c)}.key .hollow{fill:none;stroke:var(--c);stroke-width:2.2}
    .chart .touch{fill:transparent}.chart .touch:hover{fill:var(--grid);fill-opacity:.7}
    .chart .front{stroke:var(--ink);stroke-width:1.2;fill:none;stroke-dasharray:5 3}

    """
}

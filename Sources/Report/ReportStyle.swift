// The look of the page: a quiet sheet of paper, tables without cages, one accent.

enum ReportStyle {
  static let css = colours + text + opening + tables + figures + paper

  private static let colours = """
    :root{color-scheme:light dark;--page:#fdfcf9;--text:#1f1e1b;--soft:#66645d;--rule:#d9d5ca;\
    --wash:#f4f1e9;--accent:#7d2a22;--link:#1d4f7c;--alarm:#8a5a00;--alarm-wash:#fdf3da}
    @media (prefers-color-scheme:dark){:root{--page:#191b1e;--text:#ecebe6;--soft:#a3a199;\
    --rule:#3a3d42;--wash:#22252a;--accent:#e39a8d;--link:#8fc4f0;--alarm:#f0c36a;\
    --alarm-wash:#2e2817}}
    .chart,.key{--ground:var(--page)}

    """

  private static let text = """
    *{box-sizing:border-box}
    html{scroll-behavior:smooth;scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
    @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    body{margin:0;background:var(--page);color:var(--text);\
    font:1.0625rem/1.6 "Iowan Old Style","Palatino Linotype",Palatino,"Source Serif 4",Charter,\
    "Noto Serif",Georgia,serif}
    header.top,.frame,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
    h1{font-size:clamp(1.7rem,1.2rem + 2.2vw,2.6rem);line-height:1.15;font-weight:600;\
    letter-spacing:-.01em;margin:.2rem 0 1.2rem;text-wrap:balance;overflow-wrap:anywhere}
    h2{font-size:1.55rem;line-height:1.25;font-weight:600;margin:3.2rem 0 .8rem;\
    padding-top:.7rem;border-top:2px solid var(--text);overflow-wrap:anywhere}
    h3{font-size:1.2rem;font-weight:600;margin:2rem 0 .5rem;overflow-wrap:anywhere}
    h4{font-size:1.05rem;font-weight:600;margin:1.4rem 0 .4rem;overflow-wrap:anywhere}
    p,ul,ol,dl{margin:.5rem 0 .9rem}
    p,li,dd{max-width:44rem;overflow-wrap:anywhere}
    a{color:var(--link);text-underline-offset:.15em}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
    main:focus{outline:none}
    small{display:block;font-size:.82em;color:var(--soft);font-weight:400}
    .note,.kicker,figcaption,table,dl,nav,footer,summary,.legend,button,small,pre,fieldset{\
    font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    .note,figcaption{font-size:.84rem;line-height:1.5;color:var(--soft);max-width:none}
    figcaption strong,caption strong{color:var(--text)}
    .kicker{font-size:.75rem;letter-spacing:.08em;text-transform:uppercase;color:var(--soft);\
    margin:0 0 .4rem}
    .flag{white-space:nowrap;font-size:.78em;font-weight:600;color:var(--alarm);\
    border:1px solid;border-radius:3px;padding:0 .3em}
    .skip{position:absolute;left:-99rem}
    .skip:focus{left:1rem;top:1rem;background:var(--page);padding:.5rem 1rem;z-index:9}
    pre{background:var(--wash);border-radius:4px;padding:1rem;overflow:auto;font-size:.84rem;\
    line-height:1.5}
    code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    details{margin:1rem 0;border:1px solid var(--rule);border-radius:4px;padding:0 1rem}
    details[open]{padding-bottom:.6rem}
    summary{cursor:pointer;padding:.55rem 0;font-size:.92rem;font-weight:600}
    [hidden]{display:none!important}

    """

  private static let opening = """
    header.top{padding-top:3rem}
    header .kicker{color:var(--accent)}
    .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.8rem 1.5rem;\
    border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);padding:1rem 0;\
    font-size:.9rem;line-height:1.4}
    dl>div{break-inside:avoid}
    dt{font-size:.78rem;color:var(--soft)}
    dd{margin:0;font-variant-numeric:tabular-nums}
    main dl{font-size:.92rem}
    main dl>div{display:grid;grid-template-columns:11rem 1fr;gap:.2rem 1rem;padding:.45rem 0;\
    border-bottom:1px solid var(--rule)}
    main dt{font-size:inherit;font-weight:600;color:var(--text)}
    #findings{margin-top:1.6rem}
    #findings h2{border-top:0;padding-top:0;margin-top:0}
    #findings p{font-size:1.12rem}
    #findings p:first-of-type{font-size:1.4rem;line-height:1.42}
    #warnings{border-left:4px solid var(--alarm);background:var(--alarm-wash);\
    padding:.9rem 1.2rem;margin:1.6rem 0}
    #warnings h2{border:0;padding:0;margin:0 0 .4rem;font-size:1.15rem}
    #warnings ul{margin:0;padding-left:1.1rem}
    #warnings li{margin:.4rem 0;max-width:none}
    #warnings details{border:0;padding:0;margin:0}
    nav{font-size:.86rem;line-height:1.4;border-bottom:1px solid var(--rule);padding:1rem 0}
    nav ol{list-style:none;margin:0;padding:0;columns:2 12rem}
    nav li{padding:.16rem 0;break-inside:avoid}
    nav a{color:var(--text);text-decoration:none}
    nav a:hover{text-decoration:underline}
    fieldset{border:0;padding:0;margin:1.2rem 0 0}
    fieldset label{display:block;padding:.16rem 0;cursor:pointer}
    fieldset input{accent-color:var(--accent)}
    footer{border-top:1px solid var(--rule);margin-top:4rem;padding:1.2rem 1.5rem 3rem;\
    font-size:.84rem;color:var(--soft)}
    main{min-width:0}
    @media (min-width:64rem){.frame{display:grid;grid-template-columns:11.5rem minmax(0,1fr);\
    gap:3rem;padding-top:1.6rem}
    nav{position:sticky;top:1.2rem;align-self:start;max-height:calc(100vh - 2.4rem);overflow:auto;\
    border:0;padding:0}
    nav ol{columns:1}
    main>section:first-child{margin-top:0}}

    """

  private static let tables = """
    .table{margin:1.4rem 0 1.8rem}
    .scroll{overflow-x:auto;position:relative}
    table{border-collapse:separate;border-spacing:0;font-size:.86rem;line-height:1.4;min-width:100%;\
    border-top:2px solid var(--text);border-bottom:2px solid var(--text);\
    font-variant-numeric:tabular-nums lining-nums}
    caption{text-align:left;font-size:.9rem;padding-bottom:.5rem;color:var(--text)}
    caption>span{display:block;position:sticky;left:0;width:fit-content;\
    max-width:min(100%,calc(100vw - 2rem))}
    th,td{text-align:left;vertical-align:baseline;padding:.38rem .8rem .38rem 0;font-weight:400}
    th:last-child,td:last-child{padding-right:.2rem}
    tbody tr+tr>*{border-top:1px solid var(--rule)}
    tbody th{font-weight:600;min-width:5rem;max-width:24rem;overflow-wrap:break-word}
    .who{min-width:8.6rem}
    .long{min-width:14rem}
    tbody td{overflow-wrap:break-word;max-width:24rem}
    thead th{border-bottom:1px solid var(--text);font-weight:600;vertical-align:bottom}
    tbody .n{text-align:right;overflow-wrap:normal}
    thead .n{text-align:right}
    td.n{white-space:nowrap}
    td.n small{white-space:normal}
    tbody tr:hover>*{background:var(--wash)}
    thead [role=button]{cursor:pointer;display:block}
    thead span span::after{content:"\\00a0↕";color:var(--soft);font-weight:400}
    thead small{white-space:nowrap}
    thead [aria-sort=ascending] span span::after{content:"\\00a0↑";color:var(--text)}
    thead [aria-sort=descending] span span::after{content:"\\00a0↓";color:var(--text)}
    .wide tbody th,.wide thead th:first-child{position:sticky;left:0;background:var(--page);\
    z-index:1}
    .wide tbody td{white-space:nowrap}.wide small,.wide thead small{white-space:normal}
    .wide{max-height:80vh;overflow:auto}
    .wide thead th{position:sticky;top:0;background:var(--page);z-index:2}
    .wide thead th:first-child{z-index:3}
    .wide tbody tr:hover th{background:var(--wash)}
    .table>.note{margin:.4rem 0 0}
    .downloads{white-space:nowrap}
    .downloads a,.downloads button{font:inherit;color:var(--link);margin-right:.8rem}
    .downloads button{background:none;border:0;padding:0;cursor:pointer;text-decoration:underline;\
    text-underline-offset:.15em}

    """

  private static let figures = """
    figure{margin:1.8rem 0}
    figure .chart{min-width:36rem;max-width:50rem}
    figcaption{margin-top:.6rem}
    .multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:1rem 1.5rem}
    .multiples .chart{min-width:0}
    .legend{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;list-style:none;padding:0;\
    font-size:.88rem}
    .legend .line{width:2.2rem;height:.9rem;vertical-align:-.1rem;margin-right:.5rem}
    .pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:1rem}
    .pictures figure{margin:0}
    .pictures figcaption{margin-top:.3rem}
    .pictures img{display:block;width:100%;height:auto;background:#000;border-radius:3px}
    .enlarge{display:block;width:100%;padding:0;border:0;background:none;cursor:zoom-in}
    .strip{break-inside:avoid}
    .viewer{border:0;border-radius:6px;padding:1rem;background:var(--page);color:var(--text);\
    max-width:96vw;max-height:96vh}
    .viewer::backdrop{background:rgba(0,0,0,.75)}
    .viewer img{display:block;width:min(88vw,80vh);height:auto;image-rendering:auto}
    .references li{margin:.3rem 0}
    @media (max-width:40rem){header.top,.frame,footer{padding-left:1rem;padding-right:1rem}\
    main dl>div{grid-template-columns:1fr}#findings p:first-of-type{font-size:1.2rem}\
    .wide tbody th{max-width:9rem}}

    """

  private static let paper = """
    @page{size:A4;margin:16mm 14mm}
    @media print{:root{color-scheme:light;--page:#fff;--text:#000;--soft:#444;--rule:#bbb;\
    --wash:#f4f4f4;--accent:#7d2a22;--link:#000;--alarm:#6b4600;--alarm-wash:#fff}
    html{font-size:9.5pt}body{font-size:1.05rem}nav,.downloads,.skip,thead span span::after,.viewer{display:none!important}
    header.top,.frame,footer{max-width:none;padding:0;display:block}
    h2,h3,h4,caption{break-after:avoid}figure,.table tr,pre,#warnings li{break-inside:avoid}
    h2{margin-top:2rem}table{font-size:.84rem}th,td{padding-right:.5rem}
    .scroll,.wide{overflow:visible;max-height:none}.wide *{position:static!important}
    figure .chart{min-width:0;max-width:17cm}.chart{print-color-adjust:exact}
    .key,.legend,.pictures img{print-color-adjust:exact;-webkit-print-color-adjust:exact}
    thead{display:table-header-group}a{text-decoration:none}}

    """
}

/** Of the report’s page, in light and dark. Colours tell lines apart for the colour-blind, too (Okabe and Ito). */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --faint: #6b7280; --grid: #d6dae0; --page: #fff; --bad: #c2410c; --good: #15803d;
  --c1: #0072b2; --c2: #e69f00; --c3: #d55e00; --c4: #009e73; --c5: #8a8f98; --c6: #cc79a7 }
@media (prefers-color-scheme: dark) { :root { --text: #e5e7eb; --faint: #9ca3af; --grid: #374151; --page: #111418; --bad: #fb923c;
  --good: #4ade80; --c1: #56b4e9 } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; color: var(--text); background: var(--page) }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem }
figure { margin: 1.5rem 0 } svg { width: 100%; height: auto; display: block }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } td, th { text-align: left; padding: .15rem 1.2rem .15rem 0; border-bottom: 1px solid var(--grid) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; color: var(--faint) }
.ok td:last-child, span.ok { color: var(--good) } .broken td, span.broken { color: var(--bad); font-weight: 600 }
.grid { stroke: var(--grid) } .tick { fill: var(--faint); font-size: 12px } .line { fill: none; stroke-width: 1.8 }
.key { margin-left: .8rem; white-space: nowrap } .key::before { content: ''; display: inline-block; width: 1.1em; height: 3px; margin-right: .35em; vertical-align: middle; background: currentColor }
polyline.c1 { stroke: var(--c1) } polyline.c2 { stroke: var(--c2) } polyline.c3 { stroke: var(--c3) }
polyline.c4 { stroke: var(--c4) } polyline.c5 { stroke: var(--c5) } polyline.c6 { stroke: var(--c6) }
.key.c1::before { background: var(--c1) } .key.c2::before { background: var(--c2) } .key.c3::before { background: var(--c3) }
.key.c4::before { background: var(--c4) } .key.c5::before { background: var(--c5) } .key.c6::before { background: var(--c6) }
`;

// The style of a report: colours and type, on screen in light and dark, and in print.

/** Lines of series, in order (Okabe and Ito 2008, darkened to 3:1 on white). */
export const SERIES = 8;

const variables = (entries: Record<string, string>) =>
  Object.entries(entries)
    .map(([name, value]) => `--${name}:${value}`)
    .join(';');

const LIGHT = variables({
  page: '#f6f7f9',
  surface: '#ffffff',
  line: '#e1e5ea',
  axis: '#9aa3b0',
  text: '#14181f',
  second: '#3b4452',
  muted: '#5b6573',
  accent: '#4550c8',
  s1: '#0072b2',
  s2: '#c78500',
  s3: '#009e73',
  s4: '#c0699a',
  s5: '#d55e00',
  s6: '#3a8fbf',
  s7: '#8c7a00',
  s8: '#6f6f6f',
});
const DARK = variables({
  page: '#0e1116',
  surface: '#161a21',
  line: '#2a313c',
  axis: '#5f6a7a',
  text: '#e9ecf1',
  second: '#bfc7d2',
  muted: '#98a2b1',
  accent: '#9aa5ff',
  s1: '#3d9be0',
  s2: '#e69f00',
  s3: '#1fb58a',
  s4: '#d98bb6',
  s5: '#e0621a',
  s6: '#56b4e9',
  s7: '#f0e442',
  s8: '#a5a5a5',
});

const series = Array.from(
  { length: SERIES },
  (_, i) => `.s${i + 1}{stroke:var(--s${i + 1});fill:var(--s${i + 1})}`,
).join('\n');

export const STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:13px/1.5 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1180px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:22px;line-height:1.3;margin:0 0 4px}
h2{font-size:16px;margin:0 0 8px}
h3{font-size:13px;margin:16px 0 4px}
p{max-width:75ch;margin:4px 0 8px;color:var(--second)}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
section,figure{background:var(--surface);border:1px solid var(--line);border-radius:8px;padding:14px;margin:12px 0}
figcaption{color:var(--second);margin-bottom:8px;max-width:90ch}
.panels{display:flex;flex-wrap:wrap;gap:12px}
.panels svg{width:360px;max-width:100%;height:auto}
.panels.of4 svg{flex:0 1 calc(50% - 6px);min-width:min(100%,320px);max-width:440px}
svg text{fill:var(--muted);font-size:11px}
svg .title{fill:var(--text);font-weight:600}
svg .cell{font-size:12px}
.grid{stroke:var(--line);fill:none}.zero{stroke:var(--axis);fill:none}
.curve{fill:none;stroke-width:2}.whisker{stroke-width:1.5;fill:none}
.none{fill:var(--page);stroke:var(--line)}
${series}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:4px 0 8px;padding:0;list-style:none}
.legend svg{width:26px;height:12px;vertical-align:-1px;margin-right:4px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:12px}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{font-weight:500;color:var(--second)}td.n,th.n{text-align:right;white-space:nowrap}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:11px/1.5 "JetBrains Mono",ui-monospace,monospace}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:480px){dl{grid-template-columns:1fr}dd{margin-bottom:6px}}
@media print{:root{${LIGHT}}body{background:#fff}main{max-width:none;padding:0}section,figure{break-inside:avoid;border-color:#bbb}.scroll{overflow:visible}
details{display:block}summary{list-style:none}.screen{display:none}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

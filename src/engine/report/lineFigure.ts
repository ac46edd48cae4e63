// Small multiples of lines: a measure against a setting, a line per series, with the interval of each mean and the single
// seeds.
import { html, type Markup } from './html.ts';
import { extentOf, numberText, ticksOf } from './scale.ts';
import { SERIES } from './style.ts';

export interface LinePoint {
  /** Its value on a numeric axis, else its position. */
  x: number;
  label: string;
  mean: number;
  low: number;
  high: number;
  perSeed: readonly number[];
}

export interface LinePanel {
  title: string;
  series: LineSeries[];
}

export interface LineSeries {
  label: string;
  /** Which colour and dashes, from 0 on. */
  style: number;
  points: readonly LinePoint[];
}

export interface LineFigure {
  xLabel: string;
  yLabel: string;
  /** Whether the axis is numeric; places of a non-numeric axis are not joined by lines. */
  isNumeric: boolean;
  isLog: boolean;
  panels: readonly LinePanel[];
}

const WIDTH = 360;
/** Height down to the labels of the x-axis. */
const PLOT = 200;
const [LEFT, RIGHT, TOP] = [46, 10, 26];
/** Space under the plot for labels side by side and the name of the axis. */
const BOTTOM = 40;
/** Width of a character of a label, on average. */
const CHARACTER = 6;
/** Labels that are wider than their places are turned by this angle, in degrees. */
const TILT = 35;
/** Maximum number of labels side by side under a panel. */
const MOST_LABELS = 6;
const DASHES = ['', '7 3', '2 3', '9 3 2 3'];

/** All panels share their axes. Intervals may be clipped to a margin around the seeds and means, which is then stated. */
export function lineFigure(figure: LineFigure): Markup {
  const points = figure.panels.flatMap((panel) => panel.series.flatMap((series) => series.points));
  const seen = points.flatMap((p) => [p.mean, ...p.perSeed]);
  const [least, most] = extentOf(seen);
  // Intervals of few seeds can be far wider than the data; they are drawn up to half the range beyond it on each side.
  const room = (most - least) / 2;
  const [low, high] = extentOf([
    ...seen,
    ...points.flatMap((p) => [Math.max(p.low, least - room), Math.min(p.high, most + room)]),
  ]);
  const isClipped = points.some((p) => p.low < low || p.high > high);
  const xs = [...new Set(points.map((p) => p.x))].sort((a, b) => a - b);
  const place = figure.isLog ? Math.log : (x: number) => x;
  const [x0, x1] = figure.isNumeric ? [place(xs[0] ?? 0), place(xs.at(-1) ?? 1)] : [-0.5, xs.length - 0.5];
  const xOf = (x: number) => LEFT + ((place(x) - x0) / (x1 - x0 || 1)) * (WIDTH - LEFT - RIGHT - 16) + 8;
  const yOf = (y: number) => PLOT - ((y - low) / (high - low)) * (PLOT - TOP);
  const every = Math.ceil(xs.length / MOST_LABELS);
  const labels = new Map(points.map((p) => [p.x, p.label]));
  const marked = xs.filter((_, i) => i % every === 0).map((x) => ({ x, text: short(labels.get(x) ?? '') }));
  const longest = CHARACTER * Math.max(0, ...marked.map(({ text }) => text.length));
  const between =
    ((WIDTH - LEFT - RIGHT) / Math.max(1, figure.isNumeric ? marked.length - 1 : xs.length)) * every;
  const isTilted = longest > between;
  const height = PLOT + BOTTOM + (isTilted ? Math.ceil(longest * Math.sin((TILT * Math.PI) / 180)) : 0);

  const panel = ({ title, series }: LinePanel) => html`
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${`${title === '' ? '' : `${title}: `}${figure.yLabel} against ${figure.xLabel}; the numbers stand in the table.`}">
<text class="title" x="${LEFT}" y="14">${title}</text>
${ticksOf(low, high, 5).map((tick) => html`<path class="${tick === 0 ? 'zero' : 'grid'}" d="M${LEFT} ${round(yOf(tick))}H${WIDTH - RIGHT}"/><text x="${LEFT - 5}" y="${round(yOf(tick) + 4)}" text-anchor="end">${numberText(tick)}</text>`)}
${marked.map(({ x, text }) => (isTilted ? tilted(round(xOf(x)), text) : html`<text x="${round(xOf(x))}" y="${PLOT + 16}" text-anchor="middle">${text}</text>`))}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 6}" text-anchor="middle">${figure.xLabel}</text>
${series.map((own, s) => line(own, s, series.length))}
</svg>`;

  const line = ({ points: own, style }: LineSeries, s: number, count: number) => {
    const defined = own.filter((p) => !Number.isNaN(p.mean));
    // On a non-numeric axis series are side by side; on a numeric one they are shifted a little, so that whiskers do not cover
    // each other.
    const shift = (s - (count - 1) / 2) * Math.min(5, 24 / count);
    const at = (p: LinePoint) => round(xOf(p.x) + shift);
    const path = defined.map((p, i) => `${i === 0 ? 'M' : 'L'}${at(p)} ${round(yOf(p.mean))}`).join('');
    const clip = (y: number) => Math.min(high, Math.max(low, y));
    return html`<g class="s${(style % SERIES) + 1}">
${figure.isNumeric && defined.length > 1 ? html`<path class="curve" stroke-dasharray="${dashesOf(style)}" d="${path}"/>` : null}
${defined.map(
  (
    p,
  ) => html`${Number.isNaN(p.low) ? null : html`<path class="whisker" d="M${at(p)} ${round(yOf(clip(p.low)))}V${round(yOf(clip(p.high)))}"/>`}
${p.perSeed.filter((v) => !Number.isNaN(v)).map((v) => html`<circle cx="${at(p)}" cy="${round(yOf(v))}" r="1.6" opacity="0.45"/>`)}<circle cx="${at(p)}" cy="${round(yOf(p.mean))}" r="3.4"><title>${`${p.label}: ${numberText(p.mean)}${Number.isNaN(p.low) ? '' : `, interval ${numberText(p.low)} to ${numberText(p.high)}`}`}</title></circle>`,
)}
</g>`;
  };

  const series = figure.panels[0]?.series ?? [];
  // Three in a row would leave the fourth alone.
  const row = figure.panels.length === 4 ? 'panels of4' : 'panels';
  return html`${series.length > 1 ? legend(series) : null}<div class="${row}">${figure.panels.map(panel)}</div>
${isClipped ? html`<p>Intervals that are cut off at the edge are wider than is drawn; the table has their ends.</p>` : null}`;
}

const tilted = (x: number, text: string) =>
  html`<text x="${x + 4}" y="${PLOT + 14}" text-anchor="end" transform="rotate(-${TILT} ${x + 4} ${PLOT + 14})">${text}</text>`;

const dashesOf = (style: number): string => DASHES[Math.floor(style / SERIES) % DASHES.length] ?? '';

const legend = (series: readonly LineSeries[]) =>
  html`<ul class="legend">${series.map(
    ({ label, style }) =>
      html`<li><svg viewBox="0 0 26 12" aria-hidden="true"><g class="s${(style % SERIES) + 1}"><path class="curve" stroke-dasharray="${dashesOf(style)}" d="M0 6H26"/><circle cx="13" cy="6" r="3.4"/></g></svg>${label}</li>`,
  )}</ul>`;

const round = (value: number) => Math.round(value * 10) / 10;
const short = (text: string) => (text.length > 14 ? `${text.slice(0, 13)}…` : text);

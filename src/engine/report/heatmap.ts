// A figure over two settings as coloured cells with their numbers, and a colour bar.
import { DIVERGING, tableColor, textOn, toCss, VIRIDIS } from '../core/colorMaps.ts';
import { html, type Markup } from './html.ts';
import { extentOf, numberText, signedText } from './scale.ts';

export interface HeatPanel {
  title: string;
  /** Row by row; NaN where missing. */
  values: readonly (readonly number[])[];
}

export interface Heatmap {
  rowLabel: string;
  columnLabel: string;
  rows: readonly string[];
  columns: readonly string[];
  /** Signed values are coloured around 0. */
  isSigned: boolean;
  unit: string;
  panels: readonly HeatPanel[];
}

const CELL_HEIGHT = 30;
const BAR_STEPS = 32;

export function heatmap({ isSigned, unit, rows, columns, panels, ...labels }: Heatmap): Markup {
  const values = panels.flatMap((panel) => panel.values.flat());
  const [least, most] = extentOf(values);
  const bound = Math.max(Math.abs(least), Math.abs(most));
  const [low, high] = isSigned ? [-bound, bound] : [least, most];
  const table = isSigned ? DIVERGING.light : VIRIDIS;
  const colorAt = (share: number) => tableColor(table, Math.round(255 * Math.min(1, Math.max(0, share))));
  const text = (value: number) => (isSigned ? signedText(value) : numberText(value));
  const left = 12 + 7 * Math.min(16, Math.max(...rows.map((row) => row.length), 4));
  const cellWidth = Math.max(46, Math.min(90, 380 / columns.length));
  const longest = Math.max(...panels.map((panel) => panel.title.length));
  const width = Math.max(left + columns.length * cellWidth + 8, Math.ceil(6.8 * longest));
  const height = 48 + rows.length * CELL_HEIGHT + 20;

  const cell = (value: number, row: number, column: number) => {
    const [x, y] = [left + column * cellWidth, 44 + row * CELL_HEIGHT];
    const [w, h] = [cellWidth - 1, CELL_HEIGHT - 1];
    if (Number.isNaN(value))
      return html`<rect class="none" x="${x}" y="${y}" width="${w}" height="${h}"/><text x="${x + w / 2}" y="${y + 19}" text-anchor="middle">–</text>`;
    const color = colorAt((value - low) / (high - low));
    return html`<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${toCss(color)}"/><text class="cell" style="fill:${textOn(color)}" x="${x + w / 2}" y="${y + 19}" text-anchor="middle">${text(value)}</text>`;
  };
  const panel = ({ title, values: own }: HeatPanel) => html`
<svg viewBox="0 0 ${width} ${height}" style="width:${width}px" role="img" aria-label="${`${title === '' ? '' : `${title}: `}${labels.rowLabel} down, ${labels.columnLabel} across; the numbers stand in the table.`}">
<text class="title" x="0" y="13">${title}</text>
<text x="0" y="38">${labels.rowLabel} ↓</text><text x="${width - 8}" y="26" text-anchor="end">${labels.columnLabel} →</text>
${columns.map((column, c) => html`<text x="${left + (c + 0.5) * cellWidth}" y="40" text-anchor="middle">${short(column, cellWidth / 6.5)}</text>`)}
${rows.map((row, r) => html`<text x="${left - 6}" y="${63 + r * CELL_HEIGHT}" text-anchor="end">${short(row, 16)}</text>`)}
${own.map((line, r) => line.map((value, c) => cell(value, r, c)))}
</svg>`;
  return html`<div class="panels">${panels.map(panel)}</div>${colorBar(low, high, unit, text, (share) => toCss(colorAt(share)))}`;
}

const colorBar = (
  low: number,
  high: number,
  unit: string,
  text: (value: number) => string,
  color: (share: number) => string,
) => html`
<svg viewBox="0 0 300 34" style="width:300px;max-width:100%" role="img" aria-label="${`Colours from ${text(low)} to ${text(high)} ${unit}`}">
${Array.from({ length: BAR_STEPS }, (_, i) => html`<rect x="${(i * 300) / BAR_STEPS}" y="4" width="${300 / BAR_STEPS + 0.5}" height="10" fill="${color(i / (BAR_STEPS - 1))}"/>`)}
<text x="0" y="28">${text(low)} ${unit}</text><text x="150" y="28" text-anchor="middle">${text((low + high) / 2)}</text><text x="300" y="28" text-anchor="end">${text(high)} ${unit}</text>
</svg>`;

const short = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, Math.max(3, Math.floor(most) - 1))}…` : text;

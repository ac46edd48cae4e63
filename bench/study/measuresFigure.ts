// The figure of `npm run study:measures`: per measure its rank correlation with the gain, a dot per seed and a bar at the mean, over
// pairs and over tables. Colours carry no meaning that place and shape do not, and stand out on light and on dark pages.
import { escapeText } from '../../src/engine/report/html.ts';

export interface MeasureRanks {
  label: string;
  /** One value per seed. */
  pairs: readonly number[];
  tables: readonly number[];
}

const LABELS = 300;
const PANEL = 230;
const GAP = 44;
const ROW = 26;
const TOP = 44;
const WIDTH = LABELS + 2 * PANEL + GAP + 10;
const TICKS = [-1, -0.5, 0, 0.5, 1];

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const signed = (value: number) => (value < 0 ? `−${-value}` : String(value));

/** @param rows - from the best measure down */
export function measuresFigure(rows: readonly MeasureRanks[], summary: string): string {
  const height = TOP + rows.length * ROW + 52;
  const panels = [
    { title: 'over pairs', left: LABELS, of: (r: MeasureRanks) => r.pairs },
    { title: 'over tables', left: LABELS + PANEL + GAP, of: (r: MeasureRanks) => r.tables },
  ];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${escapeText(summary)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
  ];
  for (const { title, left, of } of panels) {
    const x = (value: number) => (left + ((value + 1) / 2) * PANEL).toFixed(1);
    const bottom = TOP + rows.length * ROW;
    parts.push(`<text x="${left + PANEL / 2}" y="16" text-anchor="middle" font-weight="600">${title}</text>`);
    for (const tick of TICKS)
      parts.push(
        `<path d="M${x(tick)} ${TOP - 12}V${bottom}" stroke="${tick === 0 ? '#555' : '#ccc'}"/>`,
        `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle" fill="#333">${signed(tick)}</text>`,
      );
    rows.forEach((row, i) => {
      const y = TOP + i * ROW + 4;
      const values = of(row);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const at = x(mean(values));
      parts.push(
        `<path d="M${x(low)} ${y}H${x(high)}" stroke="#0072b2" stroke-width="2"/>`,
        ...values.map((v) => `<circle cx="${x(v)}" cy="${y}" r="3.5" fill="#0072b2"/>`),
        `<path d="M${at} ${y - 9}V${y + 9}" stroke="#000" stroke-width="2.5"/>`,
      );
    });
  }
  parts.push(
    `<text x="${WIDTH / 2}" y="${height - 10}" text-anchor="middle" fill="#333">Spearman’s rank correlation with the gain of training as a pair: a dot per seed, and their mean</text>`,
  );
  rows.forEach(({ label }, i) => {
    parts.push(
      `<text x="${LABELS - 16}" y="${TOP + i * ROW + 8}" text-anchor="end">${escapeText(label)}</text>`,
    );
  });
  return `${[...parts, '</svg>'].join('\n')}\n`;
}

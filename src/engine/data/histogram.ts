// The distribution of a column's values, small enough for a table cell.
import type { Column } from './columns.ts';

/** Numbers in bins of equal width, or the most frequent categories. */
export type Histogram =
  | { kind: 'bins'; min: number; max: number; counts: number[] }
  | { kind: 'categories'; names: string[]; counts: number[]; others: { categories: number; rows: number } };

const BINS = 16;
const CATEGORIES = 8;

/** Null if no value is finite. */
export function histogramOf(column: Column): Histogram | null {
  return column.kind === 'categorical' ? ofCategories(column) : ofNumbers(column.numbers);
}

function ofNumbers(numbers: Float64Array): Histogram | null {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return null;
  const counts = new Array<number>(BINS).fill(0);
  // Halved, because the range of float64 values may exceed float64.
  const width = max / 2 - min / 2;
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    const share = width === 0 ? 0 : (value / 2 - min / 2) / width;
    const bin = Math.min(BINS - 1, Math.floor(share * BINS));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { kind: 'bins', min, max, counts };
}

function ofCategories({ codes, values }: Column): Histogram | null {
  const counts = new Array<number>(values.length).fill(0);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  const order = [...counts.keys()]
    .filter((code) => (counts[code] as number) > 0)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  if (order.length === 0) return null;
  const [shown, rest] = [order.slice(0, CATEGORIES), order.slice(CATEGORIES)];
  return {
    kind: 'categories',
    names: shown.map((code) => values[code] as string),
    counts: shown.map((code) => counts[code] as number),
    others: {
      categories: rest.length,
      rows: rest.reduce((sum, code) => sum + (counts[code] as number), 0),
    },
  };
}

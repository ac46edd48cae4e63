// Prepares long series for drawing: smoothed, thinned to the width of a chart, and merged into the rows that recharts needs. No
// points are invented: a value that is not finite stays a gap.

/**
 * Exponential moving average over steps with bias correction, so that the first value is the first loss. Values that are not
 * finite interrupt the line.
 * @param halfWay - steps after which the weight of a value has fallen to 1/e
 */
export function smooth(steps: readonly number[], values: readonly number[], halfWay: number): number[] {
  let sum = 0;
  let weight = 0;
  return values.map((value, i) => {
    const gap = i === 0 ? 1 : Math.max(1, (steps[i] as number) - (steps[i - 1] as number));
    const keep = Math.exp(-gap / Math.max(1e-9, halfWay));
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}

/**
 * Positions to keep so that about `limit` remain: first, last, and the smallest and largest of each slice, so that a spike is
 * never thinned away. Values that are not finite are kept.
 */
export function thin(values: readonly number[], limit: number): number[] {
  const count = values.length;
  if (count <= limit) return values.map((_, i) => i);
  const slice = (2 * count) / limit;
  const kept = new Set([0, count - 1]);
  for (let start = 0; start < count; start += slice) {
    let low = -1;
    let high = -1;
    for (let i = Math.floor(start); i < Math.min(count, Math.floor(start + slice)); i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) {
        kept.add(i);
        break;
      }
      if (low < 0 || value < (values[low] as number)) low = i;
      if (high < 0 || value > (values[high] as number)) high = i;
    }
    if (low >= 0) kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b);
}

/** One point of a merged chart; null is a gap. */
export type Row = { step: number } & Record<string, number | null>;

export interface Series {
  key: string;
  steps: readonly number[];
  values: readonly number[];
}

/** Puts series with different steps on one axis: one row per step, sorted. */
export function mergeSeries(series: readonly Series[]): Row[] {
  const rows = new Map<number, Row>();
  for (const { key, steps, values } of series) {
    steps.forEach((step, i) => {
      const value = values[i];
      const row: Row = rows.get(step) ?? { step };
      row[key] = value !== undefined && Number.isFinite(value) ? value : null;
      rows.set(step, row);
    });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** True if exactly one row has a value of this key, so that no line can be drawn. */
export function isLone(rows: readonly Row[], key: string): boolean {
  let found = 0;
  for (const row of rows) if (typeof row[key] === 'number' && ++found > 1) return false;
  return found === 1;
}

/** Smallest and largest finite value, or null if there is none. */
export function extent(values: Iterable<number>): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** The q-quantile of the finite values, by nearest rank; NaN if there is none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

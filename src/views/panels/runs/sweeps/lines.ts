// Lines over one axis of a sweep, one per value of another: positions of their points. Pure.
import type { Grid } from '../../../../store/sweeps/figures.ts';

export interface LinePoint {
  x: number;
  y: number;
  low: number;
  high: number;
  /** Column of the grid. */
  column: number;
}

export interface SweepLine {
  name: string;
  points: LinePoint[];
}

/** Values as numbers if all of them are, so that distances on the axis are meaningful; else equally spaced. */
export function positionsOf(places: readonly string[]): number[] {
  const numbers = places.map((place) => Number(place.replaceAll(',', '').replace('−', '-')));
  return numbers.every(Number.isFinite) && places.every((p) => p.trim() !== '')
    ? numbers
    : places.map((_, i) => i);
}

/** Cells without a value do not interrupt a line: it continues to the next cell that has one. */
export function linesOf({ rows, columns, cells }: Grid): SweepLine[] {
  const xs = positionsOf(columns);
  return rows.map((name, row) => ({
    name,
    points: columns.flatMap((_, column) => {
      const cell = cells[row * columns.length + column];
      if (!cell || Number.isNaN(cell.mean)) return [];
      const { mean, low, high } = cell;
      const hasInterval = !Number.isNaN(low) && !Number.isNaN(high);
      return [
        {
          x: xs[column] as number,
          y: mean,
          low: hasInterval ? low : mean,
          high: hasInterval ? high : mean,
          column,
        },
      ];
    }),
  }));
}

/** Range of the drawn values, with a margin; includes 0 if the figure is signed. */
export function extentOf(values: readonly number[], withZero: boolean): [number, number] {
  const all = withZero ? [...values, 0] : values;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (!Number.isFinite(low)) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

/** About `count` round numbers within an extent. */
export function ticksIn([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

// The colour scales of heatmaps as plain data: how values become colours, and the ends as text for the bar and the saved
// picture.
import { DIVERGING, type Scheme, VIRIDIS } from '../../theme/palette.ts';
import { formatCompact, formatFixed } from '../format.ts';
import { type CellRange, linearIndices, sqrtIndices } from './cells.ts';
import type { Cells } from './drawCells.ts';
import type { FigureScale } from './figure.ts';

export interface ColorScale {
  kind: 'linear' | 'square-root' | 'diverging';
  /** Value of the first colour; larger than `high` if small values are bright. */
  low: number;
  /** Value of the last colour. */
  high: number;
  /** Labels of the ends; null if no bar is drawn. */
  ends: FigureScale | null;
}

type Show = (value: number) => string;

const twoDecimals: Show = (value) => formatFixed(value, 2);

/** From 0 to `high`; small values stay distinguishable. */
export const squareRootScale = (high: number, show: Show = twoDecimals): ColorScale => ({
  kind: 'square-root',
  low: 0,
  high,
  ends: { low: '0', high: show(high), note: 'square-root scale' },
});

export const linearScale = (low: number, high: number, show: Show = twoDecimals): ColorScale => ({
  kind: 'linear',
  low,
  high,
  ends: { low: low === 0 ? '0' : show(low), high: show(high), note: 'linear scale' },
});

/** From -limit to limit around a neutral zero; if the limit is 0, all cells are neutral and there is no bar. */
export const divergingScale = (limit: number, note?: string, show: Show = formatCompact): ColorScale => ({
  kind: 'diverging',
  low: -(limit || 1),
  high: limit || 1,
  ends: limit > 0 ? { low: `−${show(limit)}`, high: `+${show(limit)}`, ...(note ? { note } : {}) } : null,
});

/** The same scale, with a word in its legend on what else has it. */
export const sharedBy = (scale: ColorScale, who: string): ColorScale =>
  scale.ends
    ? {
        ...scale,
        ends: { ...scale.ends, note: [scale.ends.note, who].filter((part) => part).join(', ') },
      }
    : scale;

/** What is said of a scale that the run in the other column has too. */
export const BOTH_RUNS = 'same for both runs';

/** The colour table of a scale in the current theme. */
export const tableOfScale = ({ kind }: Pick<ColorScale, 'kind'>, scheme: Scheme): Uint8ClampedArray =>
  kind === 'diverging' ? DIVERGING[scheme] : VIRIDIS;

export interface ColoredValues {
  /** Row-major. */
  values: ArrayLike<number>;
  scale: ColorScale;
  /** 1 = hatched. */
  blocked?: Uint8Array | null | undefined;
  /** 1 = neutral, without a colour of the map. */
  blank?: Uint8Array | null | undefined;
}

/** Converts values to coloured cells: all, or those of a range. */
export function colorCells(
  { values, scale, blocked, blank }: ColoredValues,
  scheme: Scheme,
  range?: CellRange,
): Cells {
  const { kind, low, high } = scale;
  const cut = (all: Uint8Array) => (range ? all.subarray(range.from, range.to) : all);
  return {
    indices:
      kind === 'square-root' ? sqrtIndices(values, high, range) : linearIndices(values, low, high, range),
    table: tableOfScale(scale, scheme),
    blocked: blocked ? cut(blocked) : null,
    ...(blank ? { blank: cut(blank) } : {}),
  };
}

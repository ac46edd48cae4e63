// A cell of a map: its position, its description, and the keys that move to the next one.
import type { TooltipPair } from '../parts/ChartTooltip.tsx';

export interface CellPosition {
  row: number;
  column: number;
}

export interface CellDescription {
  title: string;
  pairs: TooltipPair[];
}

/** For screen readers. */
export const inWords = ({ title, pairs }: CellDescription): string =>
  `${title}: ${pairs.map((pair) => `${pair.label} ${pair.value}`).join(', ')}`;

export const CELL_KEYS: Record<string, (at: CellPosition, last: CellPosition) => CellPosition> = {
  ArrowUp: (at) => ({ ...at, row: at.row - 1 }),
  ArrowDown: (at) => ({ ...at, row: at.row + 1 }),
  ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
  ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
  PageUp: (at) => ({ ...at, row: at.row - 10 }),
  PageDown: (at) => ({ ...at, row: at.row + 10 }),
  Home: (at) => ({ ...at, column: 0 }),
  End: (at, last) => ({ ...at, column: last.column }),
};

const clampTo = (value: number, last: number): number => Math.min(Math.max(0, value), last);

/** The nearest cell within the map. */
export const insideMap = (at: CellPosition, last: CellPosition): CellPosition => ({
  row: clampTo(at.row, last.row),
  column: clampTo(at.column, last.column),
});

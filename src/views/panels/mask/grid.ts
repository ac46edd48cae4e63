// A mask of one place in the editor: cells, and changes of rectangles. 1 = blocked; rows are queries, columns are keys.
import type { CellPosition } from '../../charts/heatmap/cellKeys.ts';

export interface MaskGrid {
  size: number;
  /** [size * size] */
  blocked: Uint8Array;
}

/** Parses lines of dots and crosses; null if they are not a square of this size. */
export function readGrid(text: string, size: number): MaskGrid | null {
  const lines = text
    .trim()
    .split(/[/\r\n]+/)
    .map((line) => line.replaceAll(/[\s|]/g, ''));
  if (lines.length !== size || lines.some((line) => line.length !== size || /[^.x]/i.test(line))) return null;
  return { size, blocked: Uint8Array.from(lines.join(''), (c) => (c === '.' ? 0 : 1)) };
}

/** The text for a link: lines of dots and crosses, separated by slashes. */
export const writeGrid = ({ size, blocked }: MaskGrid): string =>
  Array.from({ length: size }, (_, row) =>
    Array.from(blocked.subarray(row * size, (row + 1) * size), (b) => (b ? 'x' : '.')).join(''),
  ).join('/');

export interface Rectangle {
  from: CellPosition;
  to: CellPosition;
}

/** Every cell of a rectangle between two corners. */
export function cellsOf({ from, to }: Rectangle, size: number): CellPosition[] {
  const [top, bottom] = [Math.min(from.row, to.row), Math.min(size - 1, Math.max(from.row, to.row))];
  const [left, right] = [
    Math.min(from.column, to.column),
    Math.min(size - 1, Math.max(from.column, to.column)),
  ];
  const cells: CellPosition[] = [];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) cells.push({ row, column });
  return cells;
}

/** Blocks or opens cells; `symmetric` does the same to their mirror images. */
export function paint(
  grid: MaskGrid,
  cells: readonly CellPosition[],
  blocked: boolean,
  symmetric: boolean,
): MaskGrid {
  const next = grid.blocked.slice();
  for (const { row, column } of cells) {
    next[row * grid.size + column] = Number(blocked);
    if (symmetric) next[column * grid.size + row] = Number(blocked);
  }
  return { size: grid.size, blocked: next };
}

/** Queries without an open key. */
export function closedQueries({ size, blocked }: MaskGrid): number[] {
  return Array.from({ length: size }, (_, row) => row).filter((row) =>
    blocked.subarray(row * size, (row + 1) * size).every((b) => b === 1),
  );
}

// Parallel coordinates: positions of the cells of a sweep on axes side by side, and their colours. Pure.
import type { CellFigures } from '../../../../store/sweeps/figures.ts';
import { placesOf } from '../../../../store/sweeps/figures.ts';
import { extentOf, positionsOf } from './lines.ts';

/** A mark beside an axis; `share` is its height, 0 at the bottom. */
export interface AxisMark {
  label: string;
  share: number;
}

/** Cells of one colour: `share` chooses it, 0 to 1, and `lines` has the heights of each cell, one per axis, the figure last. */
export interface Strand {
  share: number;
  lines: number[][];
}

export interface Parallel {
  /** Range of the last axis. */
  values: [number, number];
  /** One per setting. */
  marks: AxisMark[][];
  /** In drawing order: the largest come last, on top. */
  strands: Strand[];
}

/** Entries of a colour table. */
const COLOURS = 256;

/** @param isSigned - the middle of the colours is 0 */
export function parallelOf(cells: readonly CellFigures[], axes: number, isSigned: boolean): Parallel {
  const known = cells.filter(({ mean }) => !Number.isNaN(mean));
  const values = extentOf(
    known.map(({ mean }) => mean),
    isSigned,
  );
  const [least, most] = values;
  const limit = Math.max(Math.abs(least), Math.abs(most));
  const marks = Array.from({ length: axes }, (_, axis) => {
    const names = placesOf(
      cells.map(({ cell }) => cell),
      axis,
    );
    const at = positionsOf(names);
    const [low, high] = [Math.min(...at), Math.max(...at)];
    return names.map((label, i) => ({
      label,
      share: high === low ? 0.5 : ((at[i] as number) - low) / (high - low),
    }));
  });
  const heightsOf = marks.map((own) => new Map(own.map(({ label, share }) => [label, share])));
  const shareOf = (mean: number) => (mean - least) / (most - least);
  // One strand per colour, so that thousands of cells are at most as many shapes as there are colours.
  const strands = new Map<number, Strand>();
  for (const { cell, mean } of [...known].sort((a, b) => a.mean - b.mean)) {
    const share = isSigned ? 0.5 + mean / (2 * limit) : shareOf(mean);
    const colour = Math.round(share * (COLOURS - 1));
    const strand = strands.get(colour) ?? { share: colour / (COLOURS - 1), lines: [] };
    strands.set(colour, strand);
    const heights = heightsOf.map((own, i) => own.get(cell.labels[i] ?? '') ?? 0.5);
    strand.lines.push([...heights, shareOf(mean)]);
  }
  return { values, marks, strands: [...strands.values()] };
}

/**
 * Positions of names above their axes, in as many lines as keep them apart.
 * @param centres - of the axes, from left to right
 * @param widths - of the names
 * @returns left edge and line of each
 */
export function namesApart(
  centres: readonly number[],
  widths: readonly number[],
  { width, gap, lines }: { width: number; gap: number; lines: number },
): { left: number; line: number }[] {
  const ends = Array.from({ length: lines }, () => Number.NEGATIVE_INFINITY);
  return centres.map((centre, i) => {
    const long = widths[i] ?? 0;
    const left = Math.max(2, Math.min(width - 2 - long, centre - long / 2));
    const free = ends.findIndex((end) => left > end + gap);
    const line = free < 0 ? i % lines : free;
    ends[line] = left + long;
    return { left, line };
  });
}

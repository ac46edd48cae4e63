// The images that a large map is drawn from, made a strip of rows at a time so that the page never waits for millions of cells.
import { useEffect, useState } from 'react';
import type { CellRange } from './cells.ts';
import { type CellColors, type Cells, cellPixels } from './drawCells.ts';

/** A large map whose cells are coloured a strip at a time. */
export interface StripMap {
  rows: number;
  columns: number;
  color(range: CellRange): Cells;
}

/** Levels are halved until they are no larger than this. */
const SMALLEST_LEVEL = 512;
/** Rows of a strip, and milliseconds of work before the next frame. */
const STRIP = 64;
const SLICE_MS = 8;

/** The map at one pixel per cell, and repeatedly halved: a frame draws the level nearest to its scale. */
export type Levels = readonly OffscreenCanvas[];

/** Works strip by strip; every `yield` lets the page do other work. */
function* makeLevels({ rows, columns, color }: StripMap, colors: CellColors): Generator<void, Levels> {
  const whole = new OffscreenCanvas(columns, rows);
  const context = whole.getContext('2d');
  for (let from = 0; from < rows; from += STRIP) {
    const to = Math.min(rows, from + STRIP);
    const strip = color({ from: from * columns, to: to * columns });
    context?.putImageData(cellPixels(strip, columns, colors, 'all', 0, to - from), 0, from);
    yield;
  }
  const levels = [whole];
  for (;;) {
    const last = levels.at(-1) as OffscreenCanvas;
    if (Math.max(last.width, last.height) <= SMALLEST_LEVEL) return levels;
    const half = new OffscreenCanvas(Math.ceil(last.width / 2), Math.ceil(last.height / 2));
    half.getContext('2d')?.drawImage(last, 0, 0, last.width / 2, last.height / 2);
    levels.push(half);
    yield;
  }
}

/** The levels of the previous map stay until the new ones are ready; none at first. */
export function useLevels(map: StripMap, colors: CellColors | null): Levels {
  const [levels, setLevels] = useState<Levels>([]);
  useEffect(() => {
    if (!colors) return;
    const making = makeLevels(map, colors);
    // Not at once: the task that brought the map has its own work.
    let timer = setTimeout(() => goOn(), 0);
    const goOn = () => {
      const started = performance.now();
      while (performance.now() - started < SLICE_MS) {
        const { done, value } = making.next();
        if (done) return setLevels(value);
      }
      timer = setTimeout(goOn, 0);
    };
    return () => clearTimeout(timer);
  }, [map, colors]);
  return levels;
}

// The images a large map is drawn from, made a strip of rows at a time so that the page never waits for millions of cells.
import { useEffect, useState } from 'react';
import { type CellColors, type Cells, cellPixels } from './drawCells.ts';

/** Levels are halved until they are no larger. */
const SMALLEST_LEVEL = 512;
/** Rows of a strip, and how long strips may follow each other before a frame is let through. */
const STRIP = 64;
const SLICE_MS = 8;

/** The map at one pixel per cell, and halved again and again: a frame takes the level that is nearest to its scale. */
export type Levels = readonly OffscreenCanvas[];

/** Strip by strip; every `yield` is a place to let others in. */
function* makeLevels(cells: Cells, columns: number, colors: CellColors): Generator<void, Levels> {
  const rows = cells.indices.length / columns;
  const whole = new OffscreenCanvas(columns, rows);
  const context = whole.getContext('2d');
  for (let from = 0; from < rows; from += STRIP) {
    const to = Math.min(rows, from + STRIP);
    context?.putImageData(cellPixels(cells, columns, colors, 'all', from, to), 0, from);
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

/** Those of the cells before stay until the new ones are there; none at first. */
export function useLevels(cells: Cells, columns: number, colors: CellColors | null): Levels {
  const [levels, setLevels] = useState<Levels>([]);
  useEffect(() => {
    if (!colors) return;
    const making = makeLevels(cells, columns, colors);
    let timer: ReturnType<typeof setTimeout>;
    const goOn = () => {
      const started = performance.now();
      while (performance.now() - started < SLICE_MS) {
        const { done, value } = making.next();
        if (done) return setLevels(value);
      }
      timer = setTimeout(goOn, 0);
    };
    goOn();
    return () => clearTimeout(timer);
  }, [cells, columns, colors]);
  return levels;
}
